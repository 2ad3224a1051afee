// Hostile input on every route: made from the routes' own schemas, seeded, with one thing wrong at a time or with everything
// wrong. Nothing may be answered with a fault (5xx), and nothing of it may be found in a log.
import { codeOf, type Operation, operationsOf, type Reply, type Schema, type Sent, sendRaw, writes } from './api.ts'
import { type Face, facesOf } from './faces.ts'
import { type Figure, figure } from './figure.ts'
import { seeded } from './product.ts'

export interface FuzzOptions {
  url: string
  seed: number
  /** Requests for each operation. */
  each: number
  /** Who calls, by name; '' calls as nobody. */
  tokens: Record<string, string>
  /** A word in all texts that are sent, to be looked for afterwards. */
  canary: string
}

type Random = () => number

const MEGABYTE = 1024 * 1024

export async function fuzz(options: FuzzOptions): Promise<Figure[]> {
  const { url, seed, each, tokens, canary } = options
  const random = seeded(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const operations = await operationsOf(url)
  const faces = await facesOf(url, Object.values(tokens))
  const texts = hostileTexts(canary)
  const faults: string[] = []
  const answered = new Map<number, number>()
  let sent = 0
  let silent = 0
  let cut = 0

  async function hit(what: string, request: Sent, patience = 0): Promise<Reply> {
    const reply = await sendRaw(url, request)
    if (reply.status === 0 && String(request.body).length >= MEGABYTE) return reply
    sent += 1
    if (reply.status === 503 && codeOf(reply) === 'overloaded' && patience < 20) {
      await new Promise((resolve) => setTimeout(resolve, 200))
      return hit(what, request, patience + 1)
    }
    answered.set(reply.status, (answered.get(reply.status) ?? 0) + 1)
    if (reply.status === 0) silent += 1
    if (reply.status >= 500)
      faults.push(`${reply.status} ${what} ${request.path.slice(0, 120)} ${String(request.body ?? '').slice(0, 200)}`)
    return reply
  }

  for (const operation of operations) {
    const what = `${operation.method} ${operation.path}`
    // What ends a session must not end the one that the others come with.
    const callers = writes(operation) && operation.path.includes('/session') ? [''] : Object.values(tokens)
    for (let turn = 0; turn < each; turn += 1) {
      const wrong = turn % 4
      const path = pathFor(operation, { random, pick, texts, hostile: wrong === 1 || wrong === 3 })
      const headers: Record<string, string> = {
        ...authorization(pick(['', ...callers, ...callers, canary])),
        'idempotency-key': `fuzz-${seed}-${sent}`,
        'if-match': pick(['"1"', '"1"', '*', `"${canary}"`, '"99999999999999999999"', 'W/"1"']),
        'user-agent': canary,
      }
      if (!writes(operation)) {
        await hit(what, { method: operation.method, path, headers })
        continue
      }
      const body = bodyFor(operation.body, { random, pick, texts, hostile: wrong >= 2 })
      await hit(what, {
        method: operation.method,
        path,
        headers: { 'content-type': 'application/json', ...headers },
        body,
      })
    }
    if (!writes(operation)) continue
    const token = authorization(pick(callers))
    const path = pathFor(operation, { random, pick, texts, hostile: false })
    for (const { type, body } of brokenBodies(canary))
      await hit(what, {
        method: operation.method,
        path,
        headers: {
          ...token,
          ...(type === '' ? {} : { 'content-type': type }),
          'idempotency-key': `fuzz-${seed}-${sent}`,
        },
        body,
      })
    const large = await hit(what, {
      method: operation.method,
      path,
      headers: { ...token, 'content-type': 'application/json', 'idempotency-key': `fuzz-${seed}-${sent}` },
      body: Buffer.concat([Buffer.from('{"a":"'), Buffer.alloc(10 * MEGABYTE, 97), Buffer.from('"}')]),
    })
    if (large.status === 0) cut += 1
    else if (large.status < 400) faults.push(`${large.status} ${what} took ten megabytes`)
    if ((await sendRaw(url, { method: 'GET', path: '/livez' })).status !== 200)
      faults.push(`${what}: gone after ten megabytes`)
  }

  let faceRequests = 0
  for (const face of faces)
    for (const request of facePokes(face, { random, pick, texts, hostile: true }, canary)) {
      faceRequests += 1
      await hit(`${request.method} ${face.path}`, request)
    }

  return [
    figure(
      'D1',
      `Faults: hostile input on ${operations.length} operations of the API and ${faces.length} pages and forms`,
      faults.length,
      '= 0',
      {
        examined: sent,
        findings: faults,
      },
    ),
    figure('D1', 'Requests without any answer', silent, '= 0', { examined: sent }),
    figure('D1', 'Ten megabytes: connections cut before the refusal was read', cut, '= 0', {
      examined: operations.filter(writes).length,
    }),
    figure('D1', 'Operations whose handler was reached with valid input', reached(answered), '> 0', {
      examined: faceRequests,
    }),
  ]
}

/** Requests that passed every check of their form: fuzzing that is refused at the door tests the door only. */
const reached = (answered: Map<number, number>): number =>
  [...answered].reduce((sum, [status, count]) => sum + ([200, 201, 204, 404, 409, 412].includes(status) ? count : 0), 0)

interface Making {
  random: Random
  pick<T>(list: readonly T[]): T
  texts: string[]
  hostile: boolean
}

const authorization = (token: string): Record<string, string> =>
  token === '' ? {} : { authorization: `Bearer ${token}` }

function hostileTexts(canary: string): string[] {
  return [
    canary,
    `${canary}\u0000`,
    '\u0000',
    `\ud800${canary}`,
    '\udfff',
    `${canary}'; drop table cases.case; --`,
    `"><script>${canary}</script>`,
    `{{${canary}}}\${7*7}<%= 1 %>`,
    `../../../etc/passwd%00${canary}`,
    `${canary}\r\nset-cookie: x=y`,
    '\u202e\u2066أمينة 张伟 สมชาย \u2069',
    '👩‍👩‍👧‍👦'.repeat(50),
    'a\u0301'.repeat(2000),
    ' '.repeat(1000),
    '',
    '0',
    '-1',
    '1e308',
    'NaN',
    'null',
    '٣٤٥',
    '9'.repeat(400),
    '2026-13-45',
    '0000-00-00T99:99:99Z',
    '+999999-01-01T00:00:00Z',
    '00000000-0000-0000-0000-000000000000',
    `${canary}`.repeat(3000),
    '__proto__',
    'constructor',
    `=cmd|'/c calc'!A1`,
  ]
}

const oddities: unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  -1e308,
  5e-324,
  2 ** 53,
  1.5,
  [],
  {},
  [[]],
  [null],
  { length: -1 },
]

function deep(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels)
}

function brokenBodies(canary: string): { type: string; body: Buffer | string }[] {
  const json = JSON.stringify({ a: canary })
  return [
    { type: 'text/plain', body: json },
    { type: 'application/xml', body: `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;${canary}</a>` },
    { type: 'application/x-www-form-urlencoded', body: `a=${canary}&a=2&b[]=1&__proto__[x]=1&%00=%ff` },
    {
      type: 'multipart/form-data; boundary=x',
      body: `--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n${canary}\r\n--x--\r\n`,
    },
    {
      type: 'multipart/form-data; boundary=x',
      body: `--x\r\ncontent-disposition: form-data; name="a"; filename="../${canary}"\r\n\r\n`,
    },
    { type: 'multipart/form-data', body: canary },
    { type: 'application/json; charset=utf-16', body: Buffer.from(json, 'utf16le') },
    { type: '', body: json },
    { type: `application/${canary}`, body: json },
    { type: 'application/json', body: '' },
    { type: 'application/json', body: '{"a":' },
    { type: 'application/json', body: 'null' },
    { type: 'application/json', body: '"text"' },
    { type: 'application/json', body: '[]' },
    { type: 'application/json', body: `{"a":"${canary}","a":1e999}` },
    { type: 'application/json', body: '{"a":"\u0000"}' },
    { type: 'application/json', body: '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}' },
    { type: 'application/json', body: Buffer.from([0xff, 0xfe, 0x00, 0x7b, 0x7d]) },
    {
      type: 'application/json',
      body: Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc3, 0x28, 0xed, 0xa0, 0x80]), Buffer.from('"}')]),
    },
    { type: 'application/json', body: deep(10_000) },
    { type: 'application/json', body: `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}` },
    { type: 'application/json', body: JSON.stringify({ a: 'x'.repeat(300 * 1024) }) },
  ]
}

function pathFor(operation: Operation, making: Making): string {
  const query = new URLSearchParams()
  let path = operation.path
  for (const { name, in: where, schema, required } of operation.parameters) {
    const value = String(making.hostile && making.random() < 0.6 ? making.pick(making.texts) : toValue(schema, making))
    if (where === 'path') path = path.replace(`{${name}}`, encodePart(value || 'x', making.random))
    else if (where === 'query' && (required || making.random() < 0.6)) query.append(name, value)
    if (where === 'query' && making.hostile && making.random() < 0.1) query.append(name, 'again')
  }
  if (making.hostile && making.random() < 0.2) query.append(making.pick(making.texts).slice(0, 50), 'x')
  const text = query.toString()
  return text === '' ? path : `${path}?${text}`
}

/** As a browser would, or with bytes that are no UTF-8. */
function encodePart(text: string, random: Random): string {
  const value = text.slice(0, 6_000)
  if (random() < 0.1) return '%ff%fe%00'
  if (random() < 0.1) return '%'
  return [...Buffer.from(value)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
}

function bodyFor(schema: Schema | undefined, making: Making): string {
  const value = schema === undefined ? {} : toValue(schema, making)
  if (!making.hostile) return JSON.stringify(value)
  const leaves = leavesOf(value)
  if (leaves.length === 0) return JSON.stringify(making.pick([...making.texts, ...oddities]))
  const { holder, key } = making.pick(leaves)
  holder[key] = making.random() < 0.7 ? making.pick(making.texts) : making.pick(oddities)
  if (making.random() < 0.2) holder[making.pick(making.texts).slice(0, 100)] = making.pick(making.texts)
  return JSON.stringify(value)
}

type Holder = Record<string, unknown>

function leavesOf(value: unknown): { holder: Holder; key: string }[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, part]) => [{ holder: value as Holder, key }, ...leavesOf(part)])
}

/** A value that the schema takes, or nearly: handlers shall be reached. */
function toValue(schema: Schema, making: Making): unknown {
  const { pick, random } = making
  const union = schema.anyOf ?? schema.oneOf
  if (union) return toValue(pick(union), making)
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return pick(schema.enum)
  const type = Array.isArray(schema.type) ? pick(schema.type) : schema.type
  if (type === 'object' || schema.properties) {
    const known = Object.entries(schema.properties ?? {})
    const required = new Set(schema.required ?? [])
    const chosen = known.filter(([name]) => required.has(name) || random() < 0.5)
    if (known.length === 0) return { purpose: 'employment', [pick(['a', 'plate', 'fineNumber'])]: pick(making.texts) }
    return Object.fromEntries(chosen.map(([name, part]) => [name, toValue(part, making)]))
  }
  if (type === 'array')
    return Array.from({ length: Math.floor(random() * 3) }, () => toValue(schema.items ?? {}, making))
  if (type === 'integer') return (schema.minimum ?? 0) + Math.floor(random() * 5)
  if (type === 'number') return random() * 100
  if (type === 'boolean') return random() < 0.5
  if (type === 'null') return null
  return textFor(schema, making)
}

function textFor({ format, pattern, maxLength = 60 }: Schema, { pick, random }: Making): string {
  if (format === 'uuid')
    return `01a210bb-65d7-73df-b28a-${Math.floor(random() * 1e12)
      .toString(16)
      .padStart(12, '0')}`
  if (format === 'date-time') return '2026-11-25T03:24:06.483Z'
  if (format === 'date') return '2026-11-25'
  if (format === 'email') return 'person@people.example'
  if (pattern === '^[A-Z]{3}$') return 'VRD'
  return pick(['criminal-record-extract', 'fine', 'en', 'population', 'justice', 'purpose', 'x']).slice(0, maxLength)
}

/** A page is asked for with strange addresses; a form is sent without its token, with strange fields, and broken. */
function facePokes(face: Face, making: Making, canary: string): Sent[] {
  const { pick, texts, random } = making
  const cookie: Record<string, string> = face.cookie === '' ? {} : { cookie: face.cookie }
  const strange = (path: string) =>
    path
      .split('/')
      .map((part, at) => (at > 1 && random() < 0.5 ? encodePart(pick(texts) || 'x', random) : part))
      .join('/')
  if (face.method === 'GET') {
    const query = `${face.path.includes('?') ? '&' : '?'}${new URLSearchParams({ [pick(['lang', 'page', 'cursor', 'of', 'key', 'search'])]: pick(texts) })}`
    return [
      { method: 'GET', path: strange(face.path), headers: cookie },
      { method: 'GET', path: face.path + query, headers: cookie },
    ]
  }
  const fields = (token: string) =>
    new URLSearchParams([
      ['_token', token],
      ...face.fields.map((name): [string, string] => [name, pick(texts)]),
      ['more', pick(texts)],
    ]).toString()
  const form = { ...cookie, 'content-type': 'application/x-www-form-urlencoded' }
  return [
    ...[0, 1, 2, 3].map(() => ({ method: 'POST', path: face.path, headers: form, body: fields(face.token) })),
    { method: 'POST', path: face.path, headers: form, body: fields(canary) },
    { method: 'POST', path: strange(face.path), headers: form, body: fields(face.token) },
    ...brokenBodies(canary).map(({ type, body }) => ({
      method: 'POST',
      path: face.path,
      headers: { ...cookie, ...(type === '' ? {} : { 'content-type': type }) },
      body,
    })),
  ]
}
