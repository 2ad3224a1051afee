// Every route says who may come (C1), and no other website may write through anybody's browser (C6).
import { codeOf, operationsOf, sendRaw, writes } from './api.ts'
import { facesOf } from './faces.ts'
import { type Figure, figure } from './figure.ts'
import { COOKIE } from './people.ts'

/** What the description says, what an answer to nobody says, and a planted route that says neither. */
export async function everyRouteNamesWhoMayCome(url: string): Promise<Figure[]> {
  const operations = await operationsOf(url)
  const findings: string[] = []
  for (const { method, path, scope, description } of operations) {
    if (scope === undefined && !/Public: \S.{10,}/.test(description)) findings.push(`${method} ${path} says neither`)
    if (scope === undefined) continue
    const place = path.replaceAll(/\{[^}]+\}/g, '01a210bb-65d7-73df-b28a-0d3e657c6f68')
    const ask = (type: string, body: string) =>
      sendRaw(url, {
        method,
        path: place,
        headers: { 'content-type': type, 'idempotency-key': 'nobody', 'if-match': '"1"' },
        body,
      })
    let { status } = await ask('application/json', method === 'GET' ? '' : '{}')
    // A route that takes files says so before it asks who comes.
    if (status === 415) status = (await ask('multipart/form-data; boundary=x', '--x--\r\n')).status
    if (status !== 401) findings.push(`${method} ${path} answered nobody with ${status}`)
  }
  return [
    figure('C1', 'Routes of the API that name neither a scope nor why they are public', findings.length, '= 0', {
      examined: operations.length,
      findings,
    }),
  ]
}

/** How a page of another website can make a browser write: with the visitor's cookie, and without being able to hide whence. */
const elsewhere: Record<string, string>[] = [
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
  { 'sec-fetch-site': 'same-site', origin: 'https://other.veridia.example' },
]
const forms = [
  { type: 'application/x-www-form-urlencoded', body: 'a=b' },
  { type: 'text/plain', body: '{"a":"b"}' },
  {
    type: 'multipart/form-data; boundary=x',
    body: '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n',
  },
  { type: 'application/json', body: '{"a":"b"}' },
]

export async function otherSitesCannotWrite(url: string, citizen: string, officer: string): Promise<Figure[]> {
  const operations = (await operationsOf(url)).filter(writes)
  const findings: string[] = []
  let examined = 0
  /** A provider's notices come from elsewhere and prove themselves by a signature. */
  const expected = (path: string) =>
    path.endsWith('/notices') ? ['webhook-refused', 'not-acceptable'] : ['cross-site-refused']
  const attack = async (method: string, path: string, cookie: string, codes: string[]) => {
    for (const from of elsewhere)
      for (const { type, body } of forms) {
        const headers = {
          cookie: `${COOKIE}=${cookie}`,
          'content-type': type,
          'idempotency-key': `c-${examined}`,
          'if-match': '"1"',
          ...from,
        }
        const reply = await sendRaw(url, { method, path, headers, body })
        examined += 1
        const refused = reply.status >= 400 && reply.status < 500 && (codes.includes(codeOf(reply)) || codes.length > 1)
        if (!refused)
          findings.push(`${method} ${path} from ${JSON.stringify(from)} as ${type}: ${reply.status} ${codeOf(reply)}`)
      }
  }
  for (const { method, path, scope } of operations) {
    const place = path.replaceAll(/\{[^}]+\}/g, '01a210bb-65d7-73df-b28a-0d3e657c6f68')
    await attack(
      method,
      place,
      scope?.startsWith('cases.work') || scope?.startsWith('cases.decide') ? officer : citizen,
      expected(path),
    )
  }

  const faces = (await facesOf(url, [citizen, officer])).filter(
    ({ method, cookie }) => method === 'POST' && cookie !== '',
  )
  for (const { path, cookie, fields } of faces) {
    const body = new URLSearchParams(fields.map((name) => [name, 'x'])).toString()
    const form = { cookie, 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
    for (const from of elsewhere) {
      const reply = await sendRaw(url, { method: 'POST', path, headers: { ...form, ...from }, body })
      examined += 1
      if (reply.status !== 403) findings.push(`POST ${path} from ${JSON.stringify(from)}: ${reply.status}`)
    }
    const tokenless = await sendRaw(url, { method: 'POST', path, headers: { ...form, origin: url }, body })
    examined += 1
    if (tokenless.status !== 403) findings.push(`POST ${path} without its token: ${tokenless.status}`)
  }

  const door = await sendRaw(url, { method: 'GET', path: '/as/grace', headers: { 'sec-fetch-site': 'cross-site' } })
  if (/set-cookie: ashlar_session/i.test(door.headers)) findings.push('another website can change who one is')
  // Otherwise all this would prove only that nothing can be written at all.
  const own = await sendRaw(url, {
    method: 'POST',
    path: '/api/cases/v1/drafts',
    headers: {
      cookie: `${COOKIE}=${citizen}`,
      'content-type': 'application/json',
      'idempotency-key': `own-${Date.now()}`,
      origin: url,
    },
    body: JSON.stringify({ service: 'criminal-record-extract', language: 'en' }),
  })
  return [
    figure(
      'C6',
      `Writes from other websites that were taken, on ${operations.length} routes and ${faces.length} forms`,
      findings.length,
      '= 0',
      {
        examined,
        findings,
      },
    ),
    figure('C6', 'Control: the same write from our own page is taken', own.status, '= 201'),
  ]
}
