// Pours a canary into every input of the log and finds none in its output.
import assert from 'node:assert/strict'
import test from 'node:test'
import { createLog, redactText } from './index.ts'

function collect() {
  const lines: string[] = []
  const log = createLog({ level: 'trace', destination: { write: (line: string) => void lines.push(line) } })
  return { log, lines, last: () => JSON.parse(lines.at(-1)!) as Record<string, unknown> }
}

const canaries = {
  email: 'canary.bird@example.org',
  arabicEmail: 'طائر@مثال.مصر',
  phone: '+212 600 123 456',
  spacedPhone: '٠٦٠٠١٢٣٤٥٦٧',
  number: '19800101123456',
  bearer: 'Bearer c4n4ryc4n4ry',
  jwt: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl',
  url: 'postgres://user:canaryword@host/db',
  query: '/find?plate=CANARY-1&name=Canary',
}

test('a line is JSON with time, level, msg, traceId and service', () => {
  const { log, last } = collect()

  log.info({ traceId: 'abc', count: 3, ms: 1.5, route: '/cases/:id' }, 'cases listed')

  const { time, ...line } = last()
  assert.match(String(time), /^\d{4}-\d\d-\d\dT/)
  assert.deepEqual(line, {
    level: 'info',
    service: 'ashlar',
    traceId: 'abc',
    count: 3,
    ms: 1.5,
    route: '/cases/:id',
    msg: 'cases listed',
  })
})

test('no canary comes through any input: fields, messages, arguments, children, errors and their causes', () => {
  for (const [kind, canary] of Object.entries(canaries)) {
    const { log, lines } = collect()
    const failed = new Error(`failed for ${canary}`, { cause: new Error(canary) })

    log.info(canary)
    log.info(`about ${canary} as text`)
    log.info({ some: canary, deep: [{ er: { and: [canary] } }] }, `msg ${canary}`)
    log.info('formatted %s', canary)
    log.info({ a: 1 }, 'formatted %s and %j', canary, { x: canary })
    log.error(failed)
    log.error(failed, `while ${canary}`)
    log.error({ err: failed, error: failed })
    log.error(new AggregateError([failed], canary))
    log.child({ where: canary }).warn({ inner: canary }, canary)

    const written = lines.join('')
    assert.equal(lines.length, 10)
    for (const piece of [canary, 'anary', 'c4n4ry', 'c2lnbmF0dXJl', 'طائر', '600 123', '٠٦٠٠', '19800101123456'])
      if (canary.includes(piece)) assert.equal(written.includes(piece), false, `${kind}: ${piece} in ${written}`)
  }
})

test('fields that hold personal data are redacted by name, at any depth and however they are spelt', () => {
  const { log, lines } = collect()
  const names = [
    'fullName',
    'full_name',
    'first-name',
    'email',
    'EMail',
    'dateOfBirth',
    'phoneNumber',
    'answers',
    'otherNames',
  ].concat(['password', 'authorization', 'Set-Cookie', 'accessToken', 'address', 'plate', 'reasons', 'iban', 'subject'])

  for (const name of names)
    log.info({ [name]: 'Canary', nested: { [name]: ['Canary'] }, list: [{ [name]: { x: 'Canary' } }] })

  assert.equal(lines.length, names.length)
  assert.equal(lines.join('').includes('Canary'), false)
})

test('what Postgres tells about a row does not come through', () => {
  const { log, last } = collect()
  const unique = Object.assign(new Error('duplicate key value violates unique constraint "person_email_key"'), {
    code: '23505',
    detail: 'Key (alias)=(Canary) already exists.',
    where: 'Canary',
    constraint: 'person_email_key',
  })
  const syntax = Object.assign(new Error('invalid input syntax for type uuid: "Canary"'), { code: '22P02' })

  log.error({ err: unique }, 'could not store')
  const first = last()
  log.error(syntax)

  assert.equal(JSON.stringify([first, last()]).includes('Canary'), false)
  assert.equal((first.err as { constraint: string }).constraint, 'person_email_key')
  assert.match((first.err as { stack: string }).stack, /log\.test\.ts/)
})

test('a log that is off costs no redaction, and cycles end', () => {
  const { log, lines } = collect()
  const circle: Record<string, unknown> = {}
  circle.self = circle

  log.info(circle, 'round')
  log.level = 'error'
  log.info('unheard')

  assert.equal(lines.length, 1)
})

test('any text is redacted in time linear to its length', () => {
  const start = performance.now()
  for (const evil of ['a@', '1 ', '?', 'eyJ', 'eyJ-', 'a://', 'Bearer ', 'a.', '(1']) redactText(evil.repeat(100_000))

  assert.ok(performance.now() - start < 500)
})
