// Documents: what the house may ask, and how the block is made.
import type { Calendar } from '@ashlar/kernel/calendar'
import { type Clock, machineTime } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import { isUuid, type Pairwise, publicReference, readPublicReference, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Jobs } from '@ashlar/kernel/jobs'
import type { Keys } from '@ashlar/kernel/keys'
import type { Texts } from '@ashlar/kernel/language'
import type { Context, Database } from '@ashlar/kernel/sql'
import { documentLifecycle, type IssuedDocument, type IssueOrder, type OpenedDocument } from './document.ts'
import type { FileStore } from './file-store.ts'
import { type Contents, type IssuingService, toLetter } from './letter.ts'
import type { LetterIssuer, LetterPrinter } from './letter-printer.ts'
import { DocumentNotFound, DocumentRevokedAlready } from './problems.ts'
import { type DocumentReading, noterOf } from './reading.ts'
import { digestOf, toCode, tokenIn, toSigningInput } from './statement.ts'
import { type DocumentRow, documentStore, type NewDocument } from './store.ts'
import { createUploads, type Scan, type Uploads } from './uploads.ts'
import { type Verdict, type VerificationKey, verifyOffline } from './verify.ts'

/** Documents: letters and certificates that anyone can check, and files that people hand in (GovStack "E-Signature"). */
export interface Documents {
  /** Issues a document; the same key is issued once. It is printed later. */
  issue(order: IssueOrder): Promise<IssuedDocument>
  /** Many in one transaction; in their order. */
  issueAll(orders: IssueOrder[]): Promise<IssuedDocument[]>
  /** Throws DocumentNotFound, also for another person's or agency's. */
  get(id: string, context: Context): Promise<OpenedDocument>
  /** The letter as PDF/A, printed now if it has not been. Throws DocumentNotFound, DocumentHasNoLetter. */
  pdf(id: string, context: Context): Promise<Buffer>
  /**
   * How a letter would look: with a mark across it, without number or code, and kept nowhere. Throws DocumentHasNoLetter.
   */
  preview(letter: LetterPreview): Promise<Buffer>
  /** A person's own, the latest first; `next` is the cursor of the next page. */
  of(
    person: string,
    page?: { limit?: number; cursor?: string },
  ): Promise<{ documents: IssuedDocument[]; next?: string }>
  /** Of a case, as far as the context may see them. */
  ofCase(caseId: string, context: Context): Promise<IssuedDocument[]>
  /** Takes a document back, for its authority only, and for who may read it; twice for the same reason is once. */
  revoke(id: string, reason: string, context: Context): Promise<IssuedDocument>
  /** Checks the text of a code, or a reference that somebody typed; a reference alone tells no facts. */
  verify(text: string): Promise<Verdict>
  /** The public keys of all issuers, for checking without us. */
  verificationKeys(): Promise<VerificationKey[]>
  uploads: Uploads
}

type LetterPreview = Pick<IssueOrder, 'service' | 'output' | 'language' | 'facts' | 'authority' | 'holder'>

export interface DocumentNeeds {
  sql: Database
  clock: Clock
  jobs: Jobs
  events: Events
  keys: Keys
  pairwise: Pairwise
  calendar: Calendar
  fileStore: FileStore
  printer: LetterPrinter
  /** Where people reach us, without a slash at the end. */
  baseUrl: string
  serviceOf(service: { id: string; version: string }): Promise<IssuingService>
  textsOf(service: { id: string; version: string }): Promise<Texts>
  issuerOf(authority: string, language: string): Promise<LetterIssuer>
  /** Called before anything is given. What it throws keeps the document shut: it must not be read, or not unseen. */
  noteReading(reading: DocumentReading): Promise<void>
  /** Whether letters are printed by a job as soon as they are issued; otherwise when first opened. Default true. */
  printAhead?: boolean
  scan?: Scan
}

const asPlatform: Context = {
  tenant: '*',
  actor: { kind: 'system', id: 'documents' },
  purpose: 'issue',
  channel: 'system',
  trace: '',
}
/** How long the list of public keys is kept; machine time, milliseconds. */
const keysKeptFor = 10_000

export function createDocuments(needs: DocumentNeeds): Documents {
  const { sql, clock, jobs, events, keys, pairwise, fileStore, baseUrl } = needs
  const printing = new Map<string, Promise<Buffer>>()
  const kids = new Map<string, string>()
  let known: { keys: VerificationKey[]; until: number } | undefined

  jobs.handle('documents.print', { batch: 10, concurrency: 1, attempts: 5 }, async (batch) => {
    for (const { payload } of batch) await printAhead((payload as { document: string }).document)
  })

  async function printAhead(id: string): Promise<void> {
    const row = await sql.read(asPlatform, (sql) => documentStore(sql).find(id))
    if (row && !row.file && row.state === 'issued') await print(row)
  }

  /** The name of the key is part of what is signed, so it must be known before; a rotation in between shows it again. */
  async function sign(authority: string, toInput: (kid: string) => string): Promise<{ token: string; kid: string }> {
    let kid = kids.get(authority) ?? (await keys.sign(authority, Buffer.from('which key?'))).kid
    for (;;) {
      const input = toInput(kid)
      const { kid: used, signature } = await keys.sign(authority, Buffer.from(input))
      kids.set(authority, used)
      if (used === kid) return { token: `${input}.${signature.toString('base64url')}`, kid }
      kid = used
    }
  }

  async function toRow(order: IssueOrder): Promise<NewDocument> {
    const { service, output, authority } = order
    if (!authority) throw new Error(`${service.id}/${output} is issued by no authority`)
    const [definition, texts] = await Promise.all([needs.serviceOf(service), needs.textsOf(service)])
    const now = clock.now()
    const id = uuidv7()
    const reference = publicReference(definition.prefix, now)
    const validUntil = order.validUntil ?? (order.validFor ? needs.calendar.deadline(now, order.validFor) : undefined)
    const kind = `${service.id}/${output}`
    const statement = { reference, issuer: authority, kind, issuedAt: now, validUntil, facts: order.facts }
    const { token, kid } = await sign(authority, (kid) => toSigningInput(statement, kid))
    const contents: Contents = {
      facts: order.facts,
      holder: order.holder ?? null,
      code: order.qr ? toCode(baseUrl, token) : null,
    }
    const person = order.owner ? pairwise.of('documents', order.owner) : null
    const languages = texts.languages.map(({ code }) => code)
    return {
      id,
      key: order.key,
      reference,
      tenant: authority,
      person,
      service: service.id,
      version: service.version,
      output,
      language: languages.includes(order.language) ? order.language : (languages[0] ?? order.language),
      case_id: order.caseId ?? null,
      sealed: await keys.seal(person ?? id, JSON.stringify(contents)),
      digest: digestOf(token),
      kid,
      issued_at: now,
      valid_until: validUntil ?? null,
      state: documentLifecycle.initial,
    }
  }

  async function issueAll(orders: IssueOrder[]): Promise<IssuedDocument[]> {
    const wanted = orders.map(({ key }) => key)
    const find = (sql: Parameters<typeof documentStore>[0]) => documentStore(sql).byKeys(wanted)
    const before = new Set((await sql.read(asPlatform, find)).map(({ key }) => key))
    const fresh = orders.filter(({ key }, at) => !before.has(key) && wanted.indexOf(key) === at)
    const made = await Promise.all(fresh.map(toRow))
    const rows = await sql.begin(asPlatform, async (sql) => {
      const inserted = made.length ? await documentStore(sql).insertOnce(made) : new Set<string>()
      const isNew = made.filter(({ id }) => inserted.has(id))
      if (needs.printAhead !== false)
        await jobs.addAll(
          sql,
          isNew.map(({ id, service }) => ({
            queue: 'documents.print',
            key: id,
            payload: { document: id },
            share: service,
          })),
        )
      await events.publishAll(
        sql,
        isNew.map(({ id, reference, service, output, case_id, tenant }) => ({
          type: 'documents.issued',
          key: id,
          data: { document: id, reference, service, output, case: case_id, authority: tenant },
          share: service,
        })),
      )
      return find(sql)
    })
    const byKey = new Map(rows.map((row) => [row.key, row]))
    // One row in many millions meets a reference that was given out before: it gets another.
    if (wanted.some((key) => !byKey.has(key))) return issueAll(orders)
    return wanted.map((key) => toIssued(byKey.get(key)!))
  }

  const toIssued = (row: DocumentRow): IssuedDocument => ({
    id: row.id,
    reference: row.reference,
    verifyUrl: `${baseUrl}/verify?reference=${row.reference}`,
    authority: row.tenant,
    service: row.service,
    output: row.output,
    language: row.language,
    ...(row.case_id ? { caseId: row.case_id } : {}),
    state: row.state,
    issuedAt: row.issued_at.toISOString(),
    ...(row.valid_until ? { validUntil: row.valid_until.toISOString() } : {}),
    ...(row.revoked_at ? { revokedAt: row.revoked_at.toISOString() } : {}),
    ...(row.revoked_reason ? { revokedReason: row.revoked_reason } : {}),
  })

  const subjectOf = ({ person, id }: DocumentRow): string => person ?? id

  const contentsOf = async (row: DocumentRow): Promise<Contents> =>
    JSON.parse((await keys.open(subjectOf(row), row.sealed)).toString('utf8')) as Contents

  const noteReading = noterOf(needs)

  /** The row if the context may see it; that somebody else reads it is written down first. */
  async function read(id: string, context: Context): Promise<DocumentRow> {
    const row = isUuid(id) ? await sql.read(context, (sql) => documentStore(sql).find(id)) : undefined
    if (!row) throw DocumentNotFound(id)
    const { tenant: authority, output: what, case_id: caseId } = row
    await noteReading({ id, what, authority, person: row.person, caseId }, context)
    return row
  }

  /** Many who ask for the same letter at once wait for one printing. */
  function print(row: DocumentRow): Promise<Buffer> {
    const running = printing.get(row.id) ?? printNow(row).finally(() => printing.delete(row.id))
    printing.set(row.id, running)
    return running
  }

  async function stored(row: DocumentRow | undefined): Promise<Buffer | undefined> {
    const sealed = row?.file ? await fileStore.find(row.file) : undefined
    return row && sealed && keys.open(subjectOf(row), sealed)
  }

  async function printNow(row: DocumentRow): Promise<Buffer> {
    // Somebody may have printed it since the row was read; or the store lost the file: then it is printed again.
    const now = await sql.read(asPlatform, (sql) => documentStore(sql).find(row.id))
    const before = await stored(now)
    if (before) return before
    if (now?.file) await sql.begin(asPlatform, (sql) => documentStore(sql).loseFile(row.id, now.file!))
    const version = { id: row.service, version: row.version }
    const [contents, service, texts, issuer] = await Promise.all([
      contentsOf(row),
      needs.serviceOf(version),
      needs.textsOf(version),
      needs.issuerOf(row.tenant, row.language),
    ])
    const verifyPage = `${baseUrl}/verify`.replace(/^https?:\/\//, '')
    const sources = { service, texts, issuer, verifyPage, zone: clock.zone }
    const { pdf } = await needs.printer.print(toLetter(row, contents, sources))
    const file = await fileStore.put(await keys.seal(subjectOf(row), pdf))
    const kept = await sql.begin(asPlatform, (sql) => documentStore(sql).keepFile(row.id, file, clock.now()))
    if (!kept) await fileStore.remove(file) // another process was faster; its letter has the same bytes
    return pdf
  }

  async function verificationKeys(): Promise<VerificationKey[]> {
    const now = machineTime.now().getTime()
    if (!known || known.until < now) known = { keys: await keys.publicKeys(), until: now + keysKeptFor }
    return known.keys
  }

  /** What the issuer's own record adds to a good signature. */
  async function asRecorded(verdict: Verdict, text: string): Promise<Verdict> {
    const { reference } = verdict
    if (reference === undefined) return verdict
    const row = await sql.read(asPlatform, (sql) => documentStore(sql).byReference(reference))
    if (!row?.digest.equals(digestOf(tokenIn(text)))) return { ...verdict, outcome: 'not-recorded' }
    return row.revoked_at ? { ...verdict, outcome: 'revoked', revokedAt: row.revoked_at.toISOString() } : verdict
  }

  async function verifyReference(reference: string): Promise<Verdict> {
    const row = await sql.read(asPlatform, (sql) => documentStore(sql).byReference(reference))
    if (!row) return { outcome: 'not-recorded' }
    const isExpired = row.valid_until !== null && row.valid_until < clock.now()
    return {
      outcome: row.state === 'revoked' ? 'revoked' : isExpired ? 'expired' : 'valid',
      reference,
      issuer: row.tenant,
      kind: `${row.service}/${row.output}`,
      issuedAt: row.issued_at.toISOString(),
      ...(row.valid_until ? { validUntil: row.valid_until.toISOString() } : {}),
      ...(row.revoked_at ? { revokedAt: row.revoked_at.toISOString() } : {}),
    }
  }

  return {
    issueAll,
    issue: async (order) => (await issueAll([order]))[0]!,

    get: async (id, context) => {
      const row = await read(id, context)
      const { facts, code } = await contentsOf(row)
      return { ...toIssued(row), facts, ...(code === null ? {} : { code }) }
    },

    pdf: async (id, context) => {
      const row = await read(id, context)
      return (await stored(row)) ?? print(row)
    },

    preview: async ({ service: version, output, language, facts, authority, holder }) => {
      const [service, texts] = await Promise.all([needs.serviceOf(version), needs.textsOf(version)])
      const languages = texts.languages.map(({ code }) => code)
      const shown = languages.includes(language) ? language : (languages[0] ?? language)
      const issuer = await needs.issuerOf(authority, shown)
      const paper = { output, language: shown, reference: '—', issued_at: clock.now(), valid_until: null }
      const sources = { service, texts, issuer, verifyPage: '', zone: clock.zone }
      const letter = toLetter(paper, { facts, holder: holder ?? null, code: null }, sources)
      const data = { ...letter.data, preview: letter.data.texts.preview ?? '' }
      return (await needs.printer.print({ ...letter, data })).pdf
    },

    of: async (person, { limit = 20, cursor } = {}) => {
      const own = { ...asPlatform, tenant: null, subject: person, purpose: 'my-documents' }
      const before = cursor !== undefined && isUuid(cursor) ? cursor : null
      const rows = await sql.read(own, (sql) =>
        documentStore(sql).ofPerson(pairwise.of('documents', person), before, limit + 1),
      )
      const documents = rows.slice(0, limit).map(toIssued)
      return rows.length > limit ? { documents, next: documents.at(-1)!.id } : { documents }
    },

    ofCase: async (caseId, context) =>
      isUuid(caseId) ? (await sql.read(context, (sql) => documentStore(sql).ofCase(caseId))).map(toIssued) : [],

    revoke: async (id, reason, context) => {
      const row = await read(id, context)
      // A holder sees the document and may not take it back.
      if (context.tenant !== row.tenant && context.tenant !== '*') throw DocumentNotFound(id)
      return sql.begin(context, async (sql) => {
        const revoked = await documentStore(sql).revoke(id, reason, clock.now())
        if (!revoked) {
          const now = (await documentStore(sql).find(id))!
          if (now.revoked_reason !== reason) throw DocumentRevokedAlready(now.revoked_reason ?? '')
          return toIssued(now)
        }
        const { reference, service, output, case_id } = revoked
        const data = { document: id, reference, service, output, case: case_id }
        await events.publish(sql, { type: 'documents.revoked', key: id, data, share: service })
        return toIssued(revoked)
      })
    },

    verify: async (text) => {
      const typed = readPublicReference(text)
      if (typed !== undefined) return verifyReference(typed)
      return asRecorded(await verifyOffline(text, await verificationKeys(), clock.now()), text)
    },

    verificationKeys,
    uploads: createUploads(needs),
  }
}
