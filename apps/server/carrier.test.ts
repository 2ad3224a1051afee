// Tokens travel in a cookie as strict as browsers know it, or in a bearer header; nothing else is one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SignedIn } from '@ashlar/identity'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { createCarrier } from './carrier.ts'

const asked = (authorization: string | undefined, cookies: Record<string, string> = {}) =>
  ({ headers: { authorization }, cookies }) as unknown as FastifyRequest

/** What a browser is told of its cookies. */
function told(baseUrl: string) {
  const cookies: [string, string | undefined, object][] = []
  const reply = {
    setCookie: (name: string, value: string, options: object) => cookies.push([name, value, options]),
    clearCookie: (name: string, options: object) => cookies.push([name, undefined, options]),
  } as unknown as FastifyReply
  const carrier = createCarrier(baseUrl)
  carrier.keep(reply, { token: 'token' } as SignedIn)
  carrier.drop(reply)
  return cookies
}

test('over https the cookie belongs to this host alone, and is taken away as it was set', () => {
  const options = { path: '/', httpOnly: true, sameSite: 'lax', secure: true }

  assert.deepEqual(told('https://state.example'), [
    ['__Host-ashlar_session', 'token', options],
    ['__Host-ashlar_session', undefined, options],
  ])
})

test('on this computer, without https, browsers would refuse such a name', () => {
  const [[name, , options]] = told('http://localhost:8080') as [[string, string, { secure: boolean }]]

  assert.deepEqual([name, options.secure], ['ashlar_session', false])
})

test('a header that is no bearer token leaves the cookie in force, and its forms under guard', () => {
  const carrier = createCarrier('http://localhost')
  const cookie = { ashlar_session: 'cookie' }

  const requests = [
    asked(undefined, cookie),
    asked('Basic Zm9v', cookie),
    asked('Bearer program', cookie),
    asked('Basic Zm9v'),
  ]

  assert.deepEqual(
    requests.map((request) => [carrier.tokenOf(request), carrier.isByCookie(request)]),
    [
      ['cookie', true],
      ['cookie', true],
      ['program', false],
      [undefined, true],
    ],
  )
})
