// One submission of many at the same moment (A12), and one decision of two officers (A13).
import { type Figure, figure } from './figure.ts'
import { query, signInOfficer } from './people.ts'
import type { Product } from './product.ts'

interface Receipt {
  caseId: string
  code?: string
}

const AT_ONCE = 10
const ROUNDS = 5

async function call(
  product: Product,
  token: string,
  method: string,
  path: string,
  body?: object,
  more: Record<string, string> = {},
) {
  const answer = await fetch(product.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}), ...more },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const text = await answer.text()
  return {
    status: answer.status,
    etag: answer.headers.get('etag') ?? '',
    body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
  }
}

const application = { service: 'criminal-record-extract', language: 'en', answers: { purpose: 'employment' } }

/** A double click, two tabs, a program that retries: ten at once with one key, and ten at once of one draft with ten keys. */
export async function submitsOnce(product: Product, token: string): Promise<Figure[]> {
  const findings: string[] = []
  let requests = 0
  const count = async () =>
    (await query<{ count: number }>(product, 'select count(*)::int as count from cases.case'))[0]!.count

  for (let round = 0; round < ROUNDS; round += 1) {
    const before = await count()
    const key = `once-${round}-${Date.now()}`
    const post = () =>
      call(product, token, 'POST', '/api/cases/v1/applications', application, { 'idempotency-key': key })
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, post))
    const last = await post()
    const receipts = [...answers, last]
      .filter(({ status }) => status === 201)
      .map(({ body }) => (body as unknown as Receipt).caseId)
    requests += AT_ONCE + 1
    const strange = answers.filter(
      ({ status, body }) => status !== 201 && !(status === 409 && body.code === 'idempotency-key-in-use'),
    )
    if ((await count()) !== before + 1)
      findings.push(`one key ${AT_ONCE} times at once: ${(await count()) - before} cases`)
    if (new Set(receipts).size !== 1) findings.push(`one key: ${new Set(receipts).size} receipts`)
    if (last.status !== 201) findings.push(`one key, asked again: ${last.status}`)
    for (const { status, body } of strange) findings.push(`one key: ${status} ${String(body.code)}`)
  }

  for (let round = 0; round < ROUNDS; round += 1) {
    const before = await count()
    const fresh = (): Record<string, string> => ({ 'idempotency-key': crypto.randomUUID() })
    const draft = await call(
      product,
      token,
      'POST',
      '/api/cases/v1/drafts',
      { service: application.service, language: 'en' },
      fresh(),
    )
    const { id } = draft.body as { id: string }
    let { etag } = draft
    for (const page of ['purpose', 'other-names']) {
      const body = page === 'purpose' ? { purpose: 'employment' } : { otherNames: [] }
      const saved = await call(product, token, 'PUT', `/api/cases/v1/drafts/${id}/pages/${page}`, body, {
        ...fresh(),
        'if-match': etag,
      })
      if (saved.status !== 200)
        findings.push(`saving ${page}: ${saved.status} ${JSON.stringify(saved.body).slice(0, 200)}`)
      etag = saved.etag
    }
    const post = () => call(product, token, 'POST', `/api/cases/v1/drafts/${id}/submission`, {}, fresh())
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, post))
    requests += AT_ONCE
    const receipts = answers.map(({ status, body }) =>
      status === 201 ? String(body.caseId) : `${status} ${String(body.code)}`,
    )
    if ((await count()) !== before + 1)
      findings.push(`one draft ${AT_ONCE} times at once: ${(await count()) - before} cases`)
    if (new Set(receipts).size !== 1) findings.push(`one draft: ${[...new Set(receipts)].join(', ')}`)
  }
  return [
    figure('A12', 'Submissions at the same moment that were not one', findings.length, '= 0', {
      examined: requests,
      findings,
    }),
  ]
}

/** Liam's namesake is in the criminal records, so an officer decides; here two do, at the same moment and with the same version. */
export async function decidesOnce(product: Product, liam: string, sana: string): Promise<Figure[]> {
  const findings: string[] = []
  const karim = await signInOfficer(product, 'karim')
  let requests = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const key = crypto.randomUUID()
    const { body } = await call(product, liam, 'POST', '/api/cases/v1/applications', application, {
      'idempotency-key': key,
    })
    const caseId = String(body.caseId)
    const task = await taskOf(product, caseId)
    if (task === undefined) {
      findings.push(`case ${caseId} never came to an officer`)
      continue
    }
    const path = `/api/cases/v1/tasks/${task}/decision`
    const seen = await call(product, sana, 'GET', `/api/cases/v1/cases/${caseId}`)
    const decide = (token: string, outcome: string, reason: string, match: string | undefined = seen.etag) =>
      call(
        product,
        token,
        'POST',
        path,
        { outcome, reason },
        {
          'idempotency-key': crypto.randomUUID(),
          ...(match === '' ? {} : { 'if-match': match }),
        },
      )
    const without = await decide(sana, 'samePerson', 'nameAndBirthAgree', '')
    if (without.status !== 428) findings.push(`without If-Match: ${without.status}`)
    const answers = await Promise.all([
      ...Array.from({ length: 3 }, () => decide(sana, 'samePerson', 'nameAndBirthAgree')),
      ...Array.from({ length: 3 }, () => decide(karim, 'differentPerson', 'otherParents')),
    ])
    requests += 7
    const done = answers.filter(({ status }) => status === 201).length
    const refused = answers.filter(({ status }) => status === 409 || status === 412).length
    const [kept] = await query<{ count: number }>(
      product,
      'select count(*)::int as count from cases.decision where task = $1',
      [task],
    )
    if (done !== 1 || kept!.count !== 1) findings.push(`case ${caseId}: ${done} told "decided", ${kept!.count} kept`)
    if (done + refused !== answers.length)
      findings.push(
        `case ${caseId}: answered ${answers.map(({ status, body: { code = '' } }) => `${status} ${String(code)}`).join(', ')}`,
      )
  }
  return [
    figure('A13', 'Decisions at the same moment of which not exactly one held', findings.length, '= 0', {
      examined: requests,
      findings,
    }),
  ]
}

async function taskOf(product: Product, caseId: string): Promise<string | undefined> {
  for (const until = Date.now() + 20_000; Date.now() < until; ) {
    const [task] = await query<{ id: string }>(
      product,
      "select id from cases.task where case_id = $1 and state = 'open'",
      [caseId],
    )
    if (task) return task.id
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return undefined
}
