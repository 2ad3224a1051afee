// Proves that problems are declared once, carry their details and survive a trip over HTTP.
import assert from 'node:assert/strict'
import test from 'node:test'
import { declaredProblems, isProblem, problem, problemBody, problemFromBody } from './index.ts'

const KettleNotFound = problem('kettle-not-found', 404, 'There is no such kettle', (id: string) => `No kettle ${id}.`)
const KettleIsFull = problem('kettle-is-full', 409, 'The kettle is full')
const WrongWater = problem('wrong-water', 422, 'The water is wrong', () => ({
  detail: 'Too hot.',
  errors: [{ pointer: '/water', code: 'max', message: 'At most 100.' }],
  headers: { 'retry-after': '5' },
}))

test('a problem is thrown with its detail and told as RFC 9457', () => {
  const thrown = KettleNotFound('k1')

  const body = problemBody(thrown, { baseUrl: 'https://a.test', instance: '/kettles/k1', traceId: 't' })

  assert.ok(isProblem(thrown) && thrown instanceof Error)
  assert.deepEqual(body, {
    type: 'https://a.test/problems/kettle-not-found',
    title: 'There is no such kettle',
    status: 404,
    code: 'kettle-not-found',
    detail: 'No kettle k1.',
    instance: '/kettles/k1',
    traceId: 't',
  })
})

test('a problem without detail has only its title', () => {
  assert.equal(problemBody(KettleIsFull(), { baseUrl: '' }).detail, undefined)
})

test('field errors and headers travel with the problem, and back from HTTP', () => {
  const body = problemBody(WrongWater(), { baseUrl: '' })

  const back = problemFromBody(JSON.parse(JSON.stringify(body)))

  assert.equal(back?.code, 'wrong-water')
  assert.deepEqual(back?.errors, [{ pointer: '/water', code: 'max', message: 'At most 100.' }])
  assert.equal(WrongWater().headers?.['retry-after'], '5')
  assert.equal(problemFromBody('<html>'), undefined)
})

test('a code is declared once and appears in the list', () => {
  assert.throws(() => problem('kettle-is-full', 409, 'Again'), /declared twice/)
  assert.ok(declaredProblems().some((kind) => kind.code === 'kettle-is-full'))
})
