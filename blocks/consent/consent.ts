// Consent: who may read which data for what, the consents of persons, and the log of who used whose data.
import { createHash } from 'node:crypto'
import { type Clock, machineTime } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import { gather } from '@ashlar/kernel/gather'
import { decodeCursor, encodeCursor } from '@ashlar/kernel/http'
import { isUuid, type Pairwise, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Keys } from '@ashlar/kernel/keys'
import type { Context, Database } from '@ashlar/kernel/sql'
import { Type } from 'typebox'
import {
  type AccessRequest,
  type AgreementVerdict,
  type DataAgreement,
  judge,
  type PublishedAgreement,
} from './agreement.ts'
import { actorOf, type DataUse, officerNumber, representedOf, type UseView, useIdOf } from './data-use.ts'
import {
  AgreementEnded,
  AgreementNotFound,
  ConsentNotFound,
  ConsentNotNeeded,
  DataUseNotFound,
  NotYourData,
  QuestionAnswered,
  QuestionNotFound,
} from './problems.ts'
import { type ConsentRow, consentStore, type QuestionRow, type SeenUse, type UseRow } from './store.ts'

export interface Consent {
  /** Makes these the agreements in force; those not among them end. The same list twice changes nothing. */
  publishAgreements(agreements: DataAgreement[]): Promise<{ published: string[]; ended: string[] }>
  agreements(): Promise<PublishedAgreement[]>
  /** Whether an agreement covers the request. `record` judges again, so an old yes gives nobody anything. */
  permits(request: AccessRequest): Promise<AgreementVerdict>

  /** Writes the use into the log and gives its id, once committed; throws AgreementEnded if nothing covers it any more. */
  record(use: DataUse): Promise<string>
  /** All of them or none. */
  recordAll(uses: DataUse[]): Promise<string[]>
  /** Who used this person's data, the latest first. */
  usesOf(person: string, page: UsePaging): Promise<{ uses: UseView[]; next?: string }>

  /** A person asks why; the question waits at the agency that used the data. Asking twice is asking once. */
  ask(request: { use: string; question: string; context: Context }): Promise<Question>
  answer(request: { question: string; answer: string; context: Context }): Promise<Question>
  /** What one asked about a use, and the answer. */
  questionAbout(use: string, context: Context): Promise<Question | undefined>
  /** Questions that wait for an answer of the agency, the oldest first. */
  openQuestions(context: Context): Promise<Question[]>

  /** A person allows what an agreement says. Given twice is given once. */
  give(request: { agreement: string; purpose: string; expiresAt?: string; context: Context }): Promise<ConsentGiven>
  /** From now on `record` refuses. Withdrawing twice is the same. */
  withdraw(id: string, context: Context): Promise<ConsentGiven>
  consentsOf(person: string, context: Context): Promise<ConsentGiven[]>
}

export interface UsePaging {
  /** Must be allowed to see the person's own rows. */
  context: Context
  limit?: number
  cursor?: string
}

export interface Question {
  id: string
  use: string
  agency: string
  state: 'asked' | 'answered'
  question: string
  askedAt: string
  answer?: string
  answeredAt?: string
}

export interface ConsentGiven {
  id: string
  agreement: string
  agency: string
  purpose: string
  givenAt: string
  expiresAt?: string
  withdrawnAt?: string
}

export interface ConsentNeeds {
  sql: Database
  clock: Clock
  events: Events
  keys: Keys
  pairwise: Pairwise
}

const SECTOR = 'consent'
/** An agreement that ended may be thought valid this long; nothing is given out on that, since `record` judges again. */
const AGREEMENTS_KEPT_MS = 500
const MAX_PAGE = 100

export function createConsent({ sql, clock, events, keys, pairwise }: ConsentNeeds): Consent {
  const own = (context: Context): string => {
    if (!context.subject) throw NotYourData()
    return pairwise.of(SECTOR, context.subject)
  }
  const mayStandFor = (person: string, context: Context): void => {
    if (context.subject !== person) throw NotYourData()
  }

  let kept: { until: number; agreements: Promise<Map<string, PublishedAgreement>> } | undefined
  const agreementsNow = (): Promise<Map<string, PublishedAgreement>> => {
    const now = machineTime.now().getTime()
    if (!kept || now >= kept.until) {
      const agreements = consentStore(sql)
        .currentAgreements()
        .then((list) => new Map(list.map((agreement) => [agreement.id, agreement])))
      kept = { until: now + AGREEMENTS_KEPT_MS, agreements }
      agreements.catch(() => (kept = undefined))
    }
    return kept.agreements
  }

  const toQuestion = async (row: QuestionRow): Promise<Question> => {
    const open = async (sealed: Buffer) => (await keys.open(row.person, sealed)).toString('utf8')
    return {
      id: row.id,
      use: row.use,
      agency: row.tenant,
      state: row.state,
      question: await open(row.question),
      askedAt: row.asked_at.toISOString(),
      ...(row.answer ? { answer: await open(row.answer) } : {}),
      ...(row.answered_at ? { answeredAt: row.answered_at.toISOString() } : {}),
    }
  }

  const rowsOf = (use: DataUse, at: Date): UseRow[] => {
    const persons = [...new Set(use.persons)].map((person) => pairwise.of(SECTOR, person))
    const row = {
      use: use.key ? useIdOf(use.key) : uuidv7(),
      tenant: use.reader,
      at,
      outcome: use.outcome,
      register: use.register,
      fields: use.fields,
      filter: use.filter ?? null,
      shown: use.shown,
      agreement: use.agreement ?? null,
      basis: use.basis,
      purpose: use.purpose,
      law: use.law,
      case_reference: use.case ?? null,
      reason: use.reason ?? null,
      actor: actorOf(use.context, pairwise),
      officer: officerNumber(use.context, pairwise) ?? null,
      role: use.context.actor.kind === 'staff' ? (use.context.roles?.[0] ?? null) : null,
      represented: representedOf(use.context, pairwise) ?? null,
      channel: use.context.channel,
      trace: use.context.trace,
    }
    return persons.length === 0 ? [{ ...row, person: null }] : persons.map((person) => ({ ...row, person }))
  }

  /** What is recorded at about the same moment shares a transaction; what is not covered is refused alone. */
  const recordTogether = gather(
    async (calls: DataUse[][]): Promise<string[][]> => {
      const at = clock.now()
      const rows = calls.map((uses) => uses.map((use) => rowsOf(use, at)))
      const all = rows.flat(2)
      const [{ context }] = calls[0] as [DataUse]
      const covered = await sql.write(recorder(context.trace), (sql) => consentStore(sql).insertUses(all))
      if (covered !== all.length)
        throw AgreementEnded([...new Set(calls.flat().map((use) => use.agreement ?? use.basis))])
      return rows.map((uses) => uses.map((lines) => lines[0]!.use))
    },
    { most: 50 },
  )
  const recordAll = async (uses: DataUse[]): Promise<string[]> => (uses.length === 0 ? [] : recordTogether(uses))

  return {
    publishAgreements: async (agreements) => {
      const report = await sql.begin(recorder('publish'), async (sql) => {
        const store = consentStore(sql)
        await store.lockAgreements()
        const current = new Map((await store.currentAgreements()).map((agreement) => [agreement.id, agreement.hash]))
        const wanted = new Map(agreements.map((agreement) => [agreement.id, hashOf(agreement)]))
        const changed = agreements.filter(({ id }) => current.get(id) !== wanted.get(id))
        const ended = [...current.keys()].filter((id) => !wanted.has(id))
        const at = clock.now()
        await store.endAgreements([...ended, ...changed.map(({ id }) => id)], at)
        for (const agreement of changed) await store.insertAgreement(agreement, wanted.get(agreement.id) as string, at)
        return { published: changed.map(({ id }) => id), ended }
      })
      kept = undefined
      return report
    },

    agreements: async () => [...(await agreementsNow()).values()],

    permits: async (request) => judge((await agreementsNow()).get(request.agreement), request, clock.now()),

    record: async (use) => (await recordAll([use]))[0] as string,
    recordAll,

    usesOf: async (person, { context, limit = 20, cursor }) => {
      mayStandFor(person, context)
      const self = pairwise.of(SECTOR, person)
      const size = Math.min(Math.max(1, limit), MAX_PAGE)
      const rows = await sql.read(context, (sql) => consentStore(sql).usesOf(self, readCursor(cursor), size + 1))
      const shown = rows.slice(0, size)
      const last = shown.at(-1)
      return {
        uses: shown.map((row) => toView(row, self, pairwise)),
        ...(rows.length > size && last ? { next: encodeCursor({ at: last.at, line: last.line }) } : {}),
      }
    },

    ask: async ({ use, question, context }) => {
      const person = own(context)
      if (!isUuid(use)) throw DataUseNotFound(use)
      const sealed = await keys.seal(person, question)
      const row = await sql.begin(context, async (sql) => {
        const store = consentStore(sql)
        const found = await store.findUse(use, person)
        if (!found) throw DataUseNotFound(use)
        const asked = await store.insertQuestionOnce({
          id: uuidv7(),
          use,
          person,
          tenant: found.tenant,
          question: sealed,
          asked_at: clock.now(),
        })
        if (asked.isNew) {
          const data = { question: asked.question.id, use, agency: found.tenant }
          await events.publish(sql, { type: 'consent.asked', key: asked.question.id, data })
        }
        return asked.question
      })
      return toQuestion(row)
    },

    answer: async ({ question, answer, context }) => {
      const known = isUuid(question)
        ? await sql.read(context, (sql) => consentStore(sql).findQuestion(question))
        : undefined
      // The person may read their own question, yet only the agency may answer it.
      if (!known || known.tenant !== context.tenant) throw QuestionNotFound(question)
      const sealed = await keys.seal(known.person, answer)
      const row = await sql.begin(context, async (sql) => {
        const by = actorOf(context, pairwise)
        const answered = await consentStore(sql).answerQuestion(question, sealed, by, clock.now())
        if (!answered) throw QuestionAnswered()
        await events.publish(sql, { type: 'consent.answered', key: question, data: { question, use: answered.use } })
        return answered
      })
      return toQuestion(row)
    },

    questionAbout: async (use, context) => {
      const person = own(context)
      if (!isUuid(use)) return undefined
      const row = await sql.begin(context, (sql) => consentStore(sql).questionOf(use, person))
      return row && toQuestion(row)
    },

    openQuestions: async (context) => {
      if (!context.tenant) return []
      const agency = context.tenant
      const rows = await sql.begin(context, (sql) => consentStore(sql).openQuestions(agency, MAX_PAGE))
      return Promise.all(rows.map(toQuestion))
    },

    give: async ({ agreement: id, purpose, expiresAt, context }) => {
      const person = own(context)
      const agreement = (await agreementsNow()).get(id)
      if (!agreement?.purposes.includes(purpose)) throw AgreementNotFound(id)
      if (agreement.basis !== 'consent') throw ConsentNotNeeded(id)
      const row = await sql.begin(context, (sql) =>
        consentStore(sql).insertConsentOnce({
          id: uuidv7(),
          person,
          agreement: id,
          agency: agreement.reader,
          purpose,
          given_at: clock.now(),
          expires_at: expiresAt ? new Date(expiresAt) : null,
          channel: context.channel,
        }),
      )
      return toConsent(row)
    },

    withdraw: async (id, context) => {
      const person = own(context)
      if (!isUuid(id)) throw ConsentNotFound(id)
      const row = await sql.begin(context, async (sql) => {
        const withdrawn = await consentStore(sql).withdrawConsent(id, person, clock.now())
        if (!withdrawn) throw ConsentNotFound(id)
        const data = { consent: id, agreement: withdrawn.agreement }
        await events.publish(sql, { type: 'consent.withdrawn', key: id, data })
        return withdrawn
      })
      return toConsent(row)
    },

    consentsOf: async (person, context) => {
      mayStandFor(person, context)
      const rows = await sql.begin(context, (sql) => consentStore(sql).consentsOf(pairwise.of(SECTOR, person)))
      return rows.map(toConsent)
    },
  }
}

/** The log belongs to no agency, so that none can leave out a line; what is written names who really acted. */
function recorder(trace: string): Context {
  return { tenant: '*', actor: { kind: 'system', id: 'consent' }, purpose: 'record-use', channel: 'system', trace }
}

function hashOf(agreement: DataAgreement): string {
  const { id, reader, authority, register, fields, writes, purposes, law, basis, validFrom, validUntil } = agreement
  const valid = [validFrom ?? '', validUntil ?? '']
  const parts = [id, reader, authority, register, fields, writes, purposes, law, basis, valid]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

function toView(row: SeenUse, self: string, pairwise: Pairwise): UseView {
  const kind = row.actor.slice(0, row.actor.indexOf(':')) as UseView['by']['kind']
  return {
    id: row.use,
    at: row.at.toISOString(),
    outcome: row.outcome,
    agency: row.tenant,
    by: {
      kind,
      self: row.actor === `person:${self}`,
      ...(row.officer ? { officer: row.officer } : {}),
      ...(row.role ? { role: row.role } : {}),
      ...(row.represented !== null && kind === 'person'
        ? { person: pairwise.back(SECTOR, row.actor.slice('person:'.length)) }
        : {}),
    },
    represented: row.represented !== null,
    register: row.register,
    fields: row.fields,
    ...(row.filter ? { filter: row.filter } : {}),
    shown: row.shown,
    ...(row.agreement ? { agreement: row.agreement } : {}),
    basis: row.basis,
    purpose: row.purpose,
    law: row.law,
    ...(row.case_reference ? { case: row.case_reference } : {}),
    ...(row.reason ? { reason: row.reason } : {}),
    channel: row.channel as UseView['channel'],
    ...(row.question ? { question: row.question } : {}),
  }
}

function toConsent(row: ConsentRow): ConsentGiven {
  return {
    id: row.id,
    agreement: row.agreement,
    agency: row.agency,
    purpose: row.purpose,
    givenAt: row.given_at.toISOString(),
    ...(row.expires_at ? { expiresAt: row.expires_at.toISOString() } : {}),
    ...(row.withdrawn_at ? { withdrawnAt: row.withdrawn_at.toISOString() } : {}),
  }
}

const FIRST = { at: 'infinity', line: '9223372036854775807' }
const LastLine = Type.Object({
  at: Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' }),
  line: Type.Integer({ minimum: 0 }),
})

function readCursor(cursor: string | undefined): { at: string; line: string } {
  if (cursor === undefined) return FIRST
  const { at, line } = decodeCursor(cursor, LastLine)
  // A day that no month has would be a fault of the database's.
  return Number.isNaN(Date.parse(at)) ? FIRST : { at, line: String(line) }
}
