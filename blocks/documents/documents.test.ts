// Documents through their door and over HTTP, on a real database, with a printer that writes down what it was given.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createCalendar } from '@ashlar/kernel/calendar'
import { type Caller, createHttp, type Http } from '@ashlar/kernel/http'
import { createTexts } from '@ashlar/kernel/language'
import { createLog } from '@ashlar/kernel/log'
import { createMetrics } from '@ashlar/kernel/metrics'
import { isProblem } from '@ashlar/kernel/problem'
import type { Context } from '@ashlar/kernel/sql'
import { house, prepareAll, type TestHouse } from '@ashlar/kernel/testing'
import {
  createDocuments,
  createFolderStore,
  type DocumentNeeds,
  type DocumentReading,
  type Documents,
  documentRoutes,
  documentSteps,
  type IssueOrder,
  type LetterData,
  uploadRoutes,
} from './index.ts'

const grace = randomUUID()
const samir = randomUUID()
const as = (change: Partial<Context>): Context => ({
  tenant: null,
  actor: { kind: 'person', id: grace },
  purpose: 'my-documents',
  channel: 'web',
  trace: '',
  ...change,
})
const asGrace = as({ subject: grace })
const asSamir = as({ subject: samir, actor: { kind: 'person', id: samir } })
const asOfficer = as({ tenant: 'justice', actor: { kind: 'staff', id: 'sana' }, purpose: 'case-work' })
const asHealth = as({ tenant: 'health', actor: { kind: 'staff', id: 'omar' } })
const callers: Record<string, Caller> = {
  grace: { context: asGrace, scopes: ['documents.read', 'documents.upload'] },
  samir: { context: asSamir, scopes: ['documents.read', 'documents.upload'] },
  officer: { context: asOfficer, scopes: ['documents.read', 'documents.revoke'] },
}

const texts = createTexts({
  languages: [
    { code: 'en', direction: 'ltr' },
    { code: 'ar', direction: 'rtl' },
  ],
  texts: {
    en: {
      output: { extract: { title: 'Extract' } },
      letter: { extract: { intro: 'Of {fullName}, born {born}.' } },
    },
    ar: { output: { extract: { title: 'مستخرج' } }, letter: { extract: { intro: 'عن {fullName}' } } },
  },
})

let test: TestHouse<'documents'>
let documents: Documents
let http: Http
let folder: string
let needs: DocumentNeeds
let printed: LetterData[] = []
const readings: DocumentReading[] = []

before(async () => {
  test = await house({ blocks: ['documents'] })
  folder = await mkdtemp(join(tmpdir(), 'documents-'))
  needs = {
    ...test.documents,
    calendar: createCalendar({ weekend: [5, 6], holidays: [], zone: 'UTC' }),
    fileStore: createFolderStore(folder),
    printer: {
      print: async ({ data, template }) => {
        printed.push(data)
        return { pdf: Buffer.from(`%PDF ${template.source} ${data.paper.reference}`), missing: [] }
      },
    },
    baseUrl: 'https://veridia.example',
    serviceOf: async () => ({
      prefix: 'CR',
      outputs: {
        extract: { name: 'extract', letter: 'letters/extract.typ', facts: {}, qr: true, to: 'applicant' },
        credential: { name: 'credential', facts: {}, qr: false, to: 'applicant' },
      },
      files: { 'letters/extract.typ': '= A letter' },
    }),
    textsOf: async () => texts,
    issuerOf: async (_, language) => ({ country: 'Veridia', name: language === 'ar' ? 'العدل' : 'Justice' }),
    noteReading: async (reading) => void readings.push(reading),
  }
  documents = createDocuments(needs)
  http = createHttp({
    log: createLog({ level: 'silent' as never }),
    metrics: createMetrics(),
    authenticate: async (request) => callers[request.headers.authorization ?? ''],
    baseUrl: 'http://localhost:8080',
    sql: test.kernel,
  })
  documentRoutes(documents, http)
  uploadRoutes(documents, http)
  await http.ready()
  await test.jobs.start()
})

after(async () => {
  await http.close()
  await test.jobs.stop()
  await test.stop()
  await rm(folder, { recursive: true })
})

const order = (change: Partial<IssueOrder> = {}): IssueOrder => ({
  key: randomUUID(),
  service: { id: 'criminal-record-extract', version: '1.0.0' },
  output: 'extract',
  authority: 'justice',
  owner: grace,
  language: 'en',
  facts: { fullName: 'Grace Okoro', born: '1992-06-14', entries: [] },
  validFor: '90 days',
  qr: true,
  ...change,
})
const refused = (code: string) => (error: unknown) => isProblem(error) && error.code === code

describe('issuing', () => {
  it('gives one document for one key, however often and at once it is asked', async () => {
    const wanted = order()
    const seen: unknown[] = []
    const stop = test.events.watch('documents.issued', ({ data }) => seen.push(data))

    const all = await Promise.all([documents.issue(wanted), documents.issue(wanted), documents.issue(wanted)])
    const again = await documents.issueAll([wanted, order(), wanted])
    await test.jobs.idle()
    stop()

    assert.equal(new Set([...all, again[0]!, again[2]!].map(({ id }) => id)).size, 1)
    assert.notEqual(again[1]!.id, again[0]!.id)
    assert.equal(seen.length, 2)
    assert.equal(all[0]!.validUntil, '2026-05-31T23:59:59.999Z')
    assert.match(all[0]!.reference, /^CR-26-/)
    assert.doesNotMatch(JSON.stringify(seen), /Grace/)
  })

  it('as a step gives what FEEL sees, and many at a call', async () => {
    const [step] = documentSteps(documents, { zone: 'UTC' })
    const to = { party: 'applicant', id: samir, name: null, email: null, phone: null }
    const input = {
      output: 'extract',
      letter: null,
      credential: null,
      validFor: '90 days',
      qr: true,
      to,
      language: 'ar',
      facts: {},
    }
    const command = (key: string) => ({
      key,
      instance: 'i',
      caseId: randomUUID(),
      service: order().service,
      context: asOfficer,
      input,
    })

    const outcomes = await step.run(Array.from({ length: 50 }, (_, n) => command(`i:issue:${n}`)))
    const again = await step.run([command('i:issue:7')])

    assert.equal(outcomes.length, 50)
    assert.deepEqual(again[0], outcomes[7])
    const { done } = outcomes[0] as { done: Record<string, string> }
    assert.deepEqual(Object.keys(done), ['id', 'reference', 'verifyUrl', 'issuedAt', 'validUntil'])
    assert.equal(done.validUntil, '2026-05-31')
    assert.doesNotMatch(done.verifyUrl!, /#/)
  })

  it('keeps nothing readable in the tables or the folder', async () => {
    const canary = `Canary ${randomUUID()}`
    const { id } = await documents.issue(order({ holder: canary, facts: { fullName: canary, born: canary } }))
    await documents.pdf(id, asGrace)
    await test.jobs.idle()

    const rows = await test.documents.sql.begin(as({ tenant: '*' }), (sql) => sql`select * from documents.document`)
    const hay = Buffer.concat(
      rows.flatMap((row) =>
        Object.values(row).map((value) => (Buffer.isBuffer(value) ? value : Buffer.from(String(value)))),
      ),
    )
    const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
    const stored = Buffer.concat(
      await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name)))),
    )

    assert.ok(rows.length > 0 && files.length > 0)
    assert.ok(!hay.includes(canary) && !stored.includes(canary) && !hay.includes(grace))
  })
})

describe('a letter', () => {
  it('is printed once ahead of time, in the language, with its values written out', async () => {
    printed = []
    const { id, reference } = await documents.issue(order())
    await test.jobs.idle()

    const pdf = await documents.pdf(id, asGrace)

    assert.equal(pdf.toString(), `%PDF = A letter ${reference}`)
    assert.equal(printed.length, 1)
    const [data] = printed
    assert.equal(data!.texts.intro, 'Of Grace Okoro, born June 14, 1992.')
    assert.equal(data!.texts.reference, 'Reference')
    assert.equal(data!.paper.title, 'Extract')
    assert.equal(data!.paper.validUntil, 'May 31, 2026')
    assert.equal(data!.shown.born, 'June 14, 1992')
    assert.equal(data!.shown.entries, null)
    assert.match(data!.verify!.qr, /^<svg/)
  })

  it('that many open at once is printed once, and one that the store lost again', async () => {
    const quiet = createDocuments({ ...needs, printAhead: false, jobs: { ...test.jobs, handle: () => undefined } })
    const { id } = await quiet.issue(order({ language: 'ar' }))
    await test.jobs.idle()
    printed = []

    const all = await Promise.all(Array.from({ length: 10 }, () => quiet.pdf(id, asGrace)))
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true })
    const again = await quiet.pdf(id, asGrace)

    assert.equal(new Set([...all, again].map(String)).size, 1)
    assert.equal(printed.length, 2)
    assert.equal(printed[0]!.direction, 'rtl')
    assert.equal(printed[0]!.issuer.name, 'العدل')
  })

  it('is not there for an output that is none', async () => {
    const { id } = await documents.issue(order({ output: 'credential' }))

    await assert.rejects(documents.pdf(id, asGrace), refused('document-has-no-letter'))
  })
})

describe('who may see a document', () => {
  it('its holder and its authority, nobody else', async () => {
    const { id } = await documents.issue(order())

    assert.equal((await documents.get(id, asGrace)).facts.fullName, 'Grace Okoro')
    assert.equal((await documents.get(id, asOfficer)).id, id)
    for (const context of [asSamir, asHealth, as({}), as({ tenant: '' })])
      for (const open of [documents.get, documents.pdf])
        await assert.rejects(open(id, context), refused('document-not-found'))
    await assert.rejects(documents.get('not a uuid', asGrace), refused('document-not-found'))
  })

  it('that somebody else opened it is written down before it is given; that the holder did is not', async () => {
    const { id } = await documents.issue(order())
    readings.length = 0

    await documents.get(id, asGrace)
    await documents.pdf(id, asOfficer)
    const silent = createDocuments({
      ...needs,
      jobs: { ...test.jobs, handle: () => undefined },
      noteReading: () => Promise.reject(new Error('the log does not answer')),
    })

    assert.deepEqual(
      readings.map((reading) => [reading.id, reading.what, reading.person, reading.context.actor.id]),
      [[id, 'extract', grace, 'sana']],
    )
    await assert.rejects(silent.get(id, asOfficer), /the log does not answer/)
  })

  it('a person’s list has their own, page by page', async () => {
    const person = randomUUID()
    await documents.issueAll(Array.from({ length: 5 }, () => order({ owner: person })))

    const first = await documents.of(person, { limit: 3 })
    const second = await documents.of(person, { limit: 3, cursor: first.next })

    assert.deepEqual([first.documents.length, second.documents.length, second.next], [3, 2, undefined])
    assert.equal(new Set([...first.documents, ...second.documents].map(({ id }) => id)).size, 5)
  })

  it('of somebody who did not sign in is the authority’s, by its case', async () => {
    const caseId = randomUUID()
    const { id } = await documents.issue(order({ owner: undefined, caseId }))

    assert.deepEqual(
      (await documents.ofCase(caseId, asOfficer)).map((one) => one.id),
      [id],
    )
    assert.deepEqual(await documents.ofCase(caseId, asGrace), [])
    assert.equal((await documents.get(id, asOfficer)).facts.fullName, 'Grace Okoro')
  })
})

describe('checking', () => {
  it('a code tells its facts, a reference only that it is good', async () => {
    const { id, reference } = await documents.issue(order())
    const { code } = await documents.get(id, asGrace)

    const byCode = await documents.verify(code!)
    const byReference = await documents.verify(` ${reference.toLowerCase().replaceAll('-', ' ')}`)

    assert.deepEqual([byCode.outcome, byCode.reference, byCode.issuer], ['valid', reference, 'justice'])
    assert.deepEqual(byCode.facts, { fullName: 'Grace Okoro', born: '1992-06-14', entries: [] })
    assert.deepEqual([byReference.outcome, byReference.kind], ['valid', 'criminal-record-extract/extract'])
    assert.equal(byReference.facts, undefined)
  })

  it('finds what expired, was revoked, never was, or was signed without being recorded', async () => {
    const short = await documents.issue(order({ validUntil: new Date('2026-03-01T00:00:00Z') }))
    const back = await documents.issue(order())
    const { code } = await documents.get(back.id, asGrace)
    await documents.revoke(back.id, 'wrongPerson', asOfficer)
    const other = await house({ blocks: ['documents'] })
    const elsewhere = createDocuments({
      ...needs,
      ...other.documents,
      keys: test.keys,
      jobs: other.jobs,
      events: other.events,
    })
    const stray = await elsewhere.issue(order())
    const strayCode = (await elsewhere.get(stray.id, asGrace)).code!
    await other.stop()

    assert.equal((await documents.verify(short.reference)).outcome, 'expired')
    assert.equal((await documents.verify(back.reference)).outcome, 'revoked')
    assert.equal((await documents.verify(code!)).outcome, 'revoked')
    assert.equal((await documents.verify(strayCode)).outcome, 'not-recorded')
    assert.equal((await documents.verify(stray.reference)).outcome, 'not-recorded')
    assert.equal((await documents.verify('hello')).outcome, 'unreadable')
  })

  it('goes on after the key was changed, with the old one and the new', async () => {
    const old = await documents.get((await documents.issue(order({ authority: 'police' }))).id, asGrace)
    await test.keys.rotate('police')
    await test.clock.move('PT3M')
    const young = await documents.get((await documents.issue(order({ authority: 'police' }))).id, asGrace)

    const fresh = createDocuments({ ...needs, jobs: { ...test.jobs, handle: () => undefined } })
    assert.deepEqual(await Promise.all([old, young].map(async ({ code }) => (await fresh.verify(code!)).outcome)), [
      'valid',
      'valid',
    ])
  })
})

describe('revoking', () => {
  it('is for the authority alone, once, with its reason', async () => {
    const { id } = await documents.issue(order())

    for (const context of [asGrace, asSamir, asHealth])
      await assert.rejects(documents.revoke(id, 'wrongPerson', context), refused('document-not-found'))
    const [one, two] = await Promise.all([
      documents.revoke(id, 'wrongPerson', asOfficer),
      documents.revoke(id, 'wrongPerson', asOfficer),
    ])

    assert.deepEqual([one.state, one.revokedAt], ['revoked', two.revokedAt])
    await assert.rejects(documents.revoke(id, 'another', asOfficer), refused('document-revoked-already'))
  })
})

describe('erasing a person', () => {
  it('leaves that there was a document, and nothing of what it said', async () => {
    const person = randomUUID()
    const { id, reference } = await documents.issue(order({ owner: person }))
    await test.jobs.idle()
    await test.keys.erase(test.pairwise.of('documents', person))

    const theirs = { ...asGrace, subject: person }
    await assert.rejects(documents.get(id, theirs), refused('subject-erased'))
    await assert.rejects(documents.pdf(id, theirs), refused('subject-erased'))
    assert.equal((await documents.verify(reference)).outcome, 'valid')
  })
})

describe('files', () => {
  const pdf = Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n')

  it('come back as they were, to their person and to the agency that reads them', async () => {
    const { id, name } = await documents.uploads.store(
      { name: '../رسالة.PDF.exe', bytes: pdf, tenant: 'police' },
      asGrace,
    )
    const asPolice = as({ tenant: 'police', actor: { kind: 'staff', id: 'petra' } })

    readings.length = 0
    assert.equal(name, 'رسالة_PDF.pdf')
    for (const context of [asGrace, asPolice]) {
      const file = await documents.uploads.get(id, context)
      assert.deepEqual([file.name, file.type, file.bytes.equals(pdf)], [name, 'application/pdf', true])
    }
    for (const context of [asSamir, asHealth, as({})])
      await assert.rejects(documents.uploads.get(id, context), refused('file-not-found'))
    assert.deepEqual(
      readings.map((reading) => [
        reading.id,
        reading.what,
        reading.authority,
        reading.person,
        reading.context.actor.id,
      ]),
      [[id, 'file', 'police', grace, 'petra']],
    )
  })

  it('and letters stay shut where it cannot be, or must not be, written down that somebody reads them', async () => {
    const shut = createDocuments({
      ...needs,
      jobs: { ...test.jobs, handle: () => undefined },
      noteReading: () => Promise.reject(new Error('not of your work')),
    })
    const letter = await documents.issue(order())
    const file = await documents.uploads.store({ name: 'a.pdf', bytes: pdf, tenant: 'justice' }, asGrace)

    await assert.rejects(shut.uploads.get(file.id, asOfficer), /not of your work/)
    await assert.rejects(shut.pdf(letter.id, asOfficer), /not of your work/)
    await assert.rejects(shut.revoke(letter.id, 'wrongPerson', asOfficer), /not of your work/)
    assert.equal((await shut.get(letter.id, asGrace)).state, 'issued')
  })

  it('of a draft can be taken back, and no longer once a case has them', async () => {
    const first = await documents.uploads.store({ name: 'a.pdf', bytes: pdf, tenant: 'police' }, asGrace)
    const second = await documents.uploads.store({ name: 'b.pdf', bytes: pdf, tenant: 'police' }, asGrace)
    await documents.uploads.attach([second.id], randomUUID(), asGrace)

    for (const { id } of [first, second]) await documents.uploads.remove(id, asGrace)

    await assert.rejects(documents.uploads.get(first.id, asGrace), refused('file-not-found'))
    assert.ok((await documents.uploads.get(second.id, asGrace)).caseId)
  })

  it('that a scanner stops are not kept', async () => {
    const scanning = createDocuments({
      ...needs,
      scan: async () => true,
      jobs: { ...test.jobs, handle: () => undefined },
    })

    await assert.rejects(
      scanning.uploads.store({ name: 'a.pdf', bytes: pdf, tenant: 'police' }, asGrace),
      refused('file-refused'),
    )
  })
})

describe('over HTTP', () => {
  const get = (url: string, who = 'grace') =>
    http.inject({ url: `/api/documents/v1${url}`, headers: { authorization: who } })
  const multipart = (content: Buffer, name = 'a.pdf') => ({
    headers: {
      authorization: 'grace',
      'content-type': 'multipart/form-data; boundary=x',
      'idempotency-key': randomUUID(),
    },
    payload: Buffer.concat([
      Buffer.from(`--x\r\ncontent-disposition: form-data; name="tenant"\r\n\r\npolice\r\n`),
      Buffer.from(
        `--x\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: text/html\r\n\r\n`,
      ),
      content,
      Buffer.from('\r\n--x--\r\n'),
    ]),
  })

  it('one’s documents are listed and opened; another’s are not there', async () => {
    const { id } = await documents.issue(order())

    const list = (await get('/documents?limit=2')).json() as { documents: { id: string }[]; next?: string }
    const pdf = await get(`/documents/${id}/pdf`)

    const second = await get(`/documents?limit=2&cursor=${list.next}`)

    assert.equal(list.documents[0]!.id, id)
    assert.equal(second.statusCode, 200)
    assert.notDeepEqual(second.json().documents[0].id, list.documents[1]!.id)
    assert.equal((await get('/documents?cursor=nonsense')).statusCode, 400)
    assert.equal((await get(`/documents/${id}`)).json().facts.fullName, 'Grace Okoro')
    assert.equal(pdf.headers['content-type'], 'application/pdf')
    assert.equal(pdf.headers['cache-control'], 'private, no-store')
    assert.equal((await get(`/documents/${id}/pdf`, 'samir')).statusCode, 404)
    assert.equal((await get(`/documents/${id}`, 'nobody')).statusCode, 401)
  })

  it('anyone may check, and have the keys to check without us', async () => {
    const { id } = await documents.issue(order())
    const { code } = await documents.get(id, asGrace)

    const checked = await http.inject({ method: 'POST', url: '/api/documents/v1/verify', payload: { text: code } })
    const nonsense = await http.inject({
      method: 'POST',
      url: '/api/documents/v1/verify',
      payload: { text: '\u0001}{' },
    })
    const { keys } = (await get('/keys', 'nobody')).json() as { keys: Record<string, string>[] }

    assert.equal(checked.json().outcome, 'valid')
    assert.equal(nonsense.json().outcome, 'unreadable')
    assert.ok(keys.some(({ authority, kty }) => authority === 'justice' && kty === 'OKP'))
    assert.ok(keys.every((key) => !('d' in key)))
  })

  it('only the authority may revoke', async () => {
    const { id } = await documents.issue(order())
    const revoke = (who: string) =>
      http.inject({
        method: 'POST',
        url: `/api/documents/v1/documents/${id}/revocation`,
        headers: { authorization: who, 'idempotency-key': randomUUID() },
        payload: { reason: 'wrongPerson' },
      })

    assert.equal((await revoke('grace')).statusCode, 403)
    assert.equal((await revoke('officer')).json().state, 'revoked')
  })

  it('a file is taken by what it is and given back where it does no harm', async () => {
    const sent = await http.inject({
      method: 'POST',
      url: '/api/documents/v1/files',
      ...multipart(Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n'), 'scan.html'),
    })
    const bad = await http.inject({
      method: 'POST',
      url: '/api/documents/v1/files',
      ...multipart(Buffer.from('<html>')),
    })
    const file = await get(`/files/${sent.json().id}`)

    assert.deepEqual([sent.statusCode, sent.json().name], [201, 'scan.pdf'])
    assert.deepEqual([bad.statusCode, bad.json().code, bad.json().reason], [422, 'file-refused', 'type'])
    assert.match(String(file.headers['content-disposition']), /^attachment; filename\*=UTF-8''scan\.pdf$/)
    assert.match(String(file.headers['content-security-policy']), /sandbox/)
    assert.equal(file.headers['x-content-type-options'], 'nosniff')
  })
})

it('every statement fits the tables, under the block’s own role', async () => {
  const { examined, faults } = await prepareAll(test, 'documents')

  assert.ok(examined > 10)
  assert.deepEqual(faults, [])
})
