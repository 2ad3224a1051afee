// Drafts: saved after each page, resumed by their owner or with a code, and sent once.
import { createHash, randomInt } from 'node:crypto'
import type { Form, PublicService } from '@ashlar/catalogue'
import type { Calendar } from '@ashlar/kernel/calendar'
import type { Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import { isUuid, type Pairwise, publicReference, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Jobs } from '@ashlar/kernel/jobs'
import type { Keys } from '@ashlar/kernel/keys'
import type { Context, Database, Sql } from '@ashlar/kernel/sql'
import { type Content, type Facts, type ShownEvidence, toShown } from './content.ts'
import { type DraftRow, draftStore, type ReceiptRow } from './draft-store.ts'
import type { Forms } from './forms.ts'
import {
  AnswersNotValid,
  CaseNotFound,
  DraftMovedOn,
  DraftNotComplete,
  DraftNotFound,
  DraftStopped,
  PageNotFound,
  PublicServiceNotOpen,
  ResumeCodeNotFound,
  TooManyCodes,
} from './problems.ts'

export interface Drafts {
  /** Begins an application of the newest version. `context.subject`: the applicant, or the bearer's id of a guest. */
  startDraft(start: StartDraft, context: Context): Promise<DraftView>
  /** Throws DraftNotFound. */
  getDraft(id: string, context: Context): Promise<DraftView>
  /** Open drafts, the last saved first. */
  draftsOf(context: Context): Promise<DraftSummary[]>
  /**
   * Reads and keeps one page. Throws AnswersNotValid, PageNotFound, DraftMovedOn. The same answers again, from a form sent
   * twice, are the same save.
   */
  saveDraft(save: SaveDraft, context: Context): Promise<DraftView>
  /** A code of 8 signs that opens the draft once on another device, or to a clerk, within a day. */
  resumeCode(draft: string, context: Context): Promise<{ code: string; until: string }>
  /**
   * Opens a draft by its code. A guest's draft goes over to whoever has the code; that of somebody who is signed in
   * opens only to them, or to staff who act for them. Throws ResumeCodeNotFound, TooManyCodes.
   */
  resumeDraft(code: string, context: Context): Promise<DraftView>
  discardDraft(draft: string, context: Context): Promise<void>
  /** Sends the draft. Twice, or ten times at once, is the same receipt. Throws DraftNotComplete, DraftStopped. */
  submit(draft: string, context: Context): Promise<Receipt>
  /** All answers in one piece, for programs. Throws AnswersNotValid with every error, DraftNotComplete. */
  apply(application: Apply, context: Context): Promise<Receipt>
  /** Lets go of what drafts hold that nobody came back to; gives how many. */
  expireDrafts(): Promise<number>
}

export interface StartDraft {
  service: string
  language: string
  /** Of the applicant, as the session knows it. */
  name?: string
  /** The case that it contests. */
  about?: string
}

export interface SaveDraft {
  draft: string
  page: string
  /** The page's form, as it was sent or as JSON. */
  body: Record<string, unknown>
  /** The version that the form was drawn from. */
  version: number
  language?: string
}

export interface Apply extends StartDraft {
  /** The caller's own key: the same again gives the same receipt, whatever happened between. */
  key: string
  answers: Record<string, unknown>
}

export interface DraftSummary {
  id: string
  service: { id: string; version: string }
  version: number
  language: string
  about?: string
  startedAt: string
  savedAt: string
  expiresAt: string
}

export interface DraftView extends DraftSummary {
  /** The form as it stands: pages, what is asked, the next one to do, facts for FEEL and texts. */
  form: Form
  /** What registers knew, with their source. */
  evidence: ShownEvidence[]
}

export interface Receipt {
  caseId: string
  application: string
  /** To be quoted: 'CR-26-7K3MX-9RDT4'. */
  reference: string
  service: { id: string; version: string }
  authority: string
  submittedAt: string
  /** By when the law wants it decided. */
  deadline?: string
}

export interface DraftNeeds {
  sql: Database
  clock: Clock
  events: Events
  jobs: Jobs
  keys: Pick<Keys, 'seal' | 'open'>
  pairwise: Pairwise
  calendar: Calendar
  forms: Forms
  /** A published version; without one, the newest. */
  definition(service: string, version?: string): Promise<PublicService>
}

const KEPT_FOR = 30 * 86_400_000
const CODE_FOR = 86_400_000
const MOST_DRAFTS = 50
const platform: Context = {
  tenant: '*',
  actor: { kind: 'system', id: 'cases' },
  purpose: 'resume-draft',
  channel: 'system',
  trace: 'cases',
}

export function createDrafts(needs: DraftNeeds): Drafts {
  const { sql, clock, events, jobs, keys, pairwise, calendar, forms, definition } = needs
  const personOf = (context: Context) => pairwise.of('cases', subjectOf(context))
  const open = async (row: DraftRow): Promise<Content> =>
    JSON.parse((await keys.open(pairwise.back('cases', row.person), row.content!)).toString())
  const seal = (row: Pick<DraftRow, 'person'>, content: Content) =>
    keys.seal(pairwise.back('cases', row.person), JSON.stringify(content))
  const attempts = limiter(30, 60_000)

  const find = async (id: string, context: Context): Promise<DraftRow> => {
    if (!isUuid(id)) throw DraftNotFound()
    const row = await sql.begin(context, (sql) => draftStore(sql).find(id, personOf(context)))
    if (row === undefined || (row.state !== 'open' && row.state !== 'submitted')) throw DraftNotFound()
    return row
  }
  const findOpen = async (id: string, context: Context): Promise<DraftRow> => {
    const row = await find(id, context)
    if (row.state !== 'open' || row.expiresAt <= clock.now()) throw DraftNotFound()
    return row
  }

  /** A draft goes on under the newest version; answers that this one does not take are asked anew. */
  const openUnder = async (service: PublicService, row: DraftRow): Promise<Content> => {
    const content = await open(row)
    if (row.serviceVersion === service.version) return content
    const { answers } = forms.readAnswers(service, content.answers, forms.contextFor(content, row.language))
    return { ...content, answers }
  }

  const view = (service: PublicService, row: DraftRow, content: Content): DraftView => ({
    ...toSummary(row),
    form: forms.filled(service, content, row.language),
    evidence: toShown(content.evidence),
  })

  const startDraft = async (start: StartDraft, context: Context, id: string = uuidv7()): Promise<DraftView> => {
    const service = await definition(start.service)
    refuseClosed(service, context)
    const now = clock.now()
    const row: DraftRow = {
      id,
      service: service.id,
      serviceVersion: service.version,
      tenant: service.authority,
      person: personOf(context),
      anonymous: isGuest(context),
      about: start.about ?? null,
      channel: context.channel,
      language: start.language,
      state: 'open',
      version: 1,
      content: null,
      codeUntil: null,
      startedAt: now,
      savedAt: now,
      expiresAt: new Date(now.getTime() + KEPT_FOR),
    }
    const begun: Content = { applicant: applicantOf(context, start.name), answers: {}, evidence: {} }
    const { content } = await forms.withEvidence(service, begun, row.language, context)
    const sealed = { ...row, content: await seal(row, content) }
    await sql.begin(context, async (sql) => {
      if (start.about !== undefined && !(await draftStore(sql).hasCase(start.about, row.person))) throw CaseNotFound()
      await draftStore(sql).insert(sealed)
    })
    return view(service, sealed, content)
  }

  const submitContent = async (
    service: PublicService,
    row: DraftRow,
    content: Content,
    form: Form,
    context: Context,
  ): Promise<Receipt> => {
    if (form.stop !== undefined) throw DraftStopped(form.stop.id)
    if (!form.isComplete) throw DraftNotComplete(toDo(form))

    const at = clock.now()
    const sent: Content = { ...content, answers: form.answers }
    const sealed = await seal(row, sent)
    const deadline = service.clock === undefined ? null : calendar.deadline(at, service.clock.term)
    const send = async (sql: Sql) => {
      const made = await draftStore(sql).submit({
        draft: row.id,
        draftVersion: row.version,
        application: uuidv7(),
        caseId: uuidv7(),
        reference: publicReference(service.prefix, at),
        service: service.id,
        serviceVersion: service.version,
        content: sealed,
        by: `${context.actor.kind === 'staff' ? `staff:${context.actor.id}` : context.actor.kind}`,
        term: service.clock?.term ?? null,
        deadline,
        at,
        timeline: uuidv7(),
        timelineData: { channel: context.channel },
        contestation: uuidv7(),
      })
      if (made === undefined) return undefined
      const data = { case: made.caseId, service: service.id, version: service.version }
      await events.publish(sql, { type: 'cases.submitted', key: made.caseId, data, share: service.id })
      if (deadline !== null) await jobs.add(sql, deadlineJob(deadline))
      return made
    }
    // A reference is random, and once in a long while somebody else has it.
    const receipt = await sql.begin(context, send).catch((error: { code?: string; constraint?: string }) => {
      if (error.code !== '23505' || !error.constraint?.includes('reference')) throw error
      return sql.begin(context, send)
    })
    if (receipt !== undefined) return toReceipt(receipt)
    return sentBefore(row, context)
  }

  /** The receipt of a draft that was sent already; of two at once, the second comes here. */
  const sentBefore = async (row: DraftRow, context: Context): Promise<Receipt> => {
    const receipt = await sql.begin(context, (sql) => draftStore(sql).receiptOf(row.id, row.person))
    if (receipt !== undefined) return toReceipt(receipt)
    throw DraftMovedOn((await findOpen(row.id, context)).version)
  }

  return {
    startDraft: (start, context) => startDraft(start, context),

    getDraft: async (id, context) => {
      const row = await findOpen(id, context)
      const service = await definition(row.service)
      return view(service, row, await openUnder(service, row))
    },

    draftsOf: async (context) =>
      (await sql.begin(context, (sql) => draftStore(sql).openOf(personOf(context), MOST_DRAFTS)))
        .filter(({ expiresAt }) => expiresAt > clock.now())
        .map(toSummary),

    saveDraft: async ({ draft, page, body, version, language }, context) => {
      const row = { ...(await findOpen(draft, context)) }
      const service = await definition(row.service)
      refuseClosed(service, context)
      row.language = language ?? row.language
      const had = await openUnder(service, row)
      const shown = forms
        .filled(service, had, row.language)
        .pages.find(({ page: { id, stop } }) => id === page && !stop)
      if (shown === undefined) throw PageNotFound(page)
      const { answers, errors } = forms.readPage(service, page, body, forms.contextFor(had, row.language))
      if (errors.length > 0) throw AnswersNotValid(errors)
      if (row.version === version + 1 && sameAnswers(had, answers)) return view(service, row, had)
      if (row.version !== version) throw DraftMovedOn(row.version)

      const saved: Content = { ...had, answers: { ...had.answers, ...answers } }
      const { content } = await forms.withEvidence(service, saved, row.language, context)
      const at = clock.now()
      const expiresAt = new Date(at.getTime() + KEPT_FOR)
      const sealed = await seal(row, content)
      const kept = await sql.begin(context, (sql) =>
        draftStore(sql).save({
          id: draft,
          version,
          serviceVersion: service.version,
          language: row.language,
          content: sealed,
          at,
          expiresAt,
        }),
      )
      if (kept)
        return view(
          service,
          { ...row, version: version + 1, serviceVersion: service.version, savedAt: at, expiresAt },
          content,
        )
      // Somebody was first: the same form sent twice at once, or another page.
      const now = await findOpen(draft, context)
      const theirs = await open(now)
      if (now.version === version + 1 && sameAnswers(theirs, answers)) return view(service, now, theirs)
      throw DraftMovedOn(now.version)
    },

    resumeCode: async (draft, context) => {
      await findOpen(draft, context)
      const code = newCode()
      const until = new Date(clock.now().getTime() + CODE_FOR)
      await sql.begin(context, (sql) => draftStore(sql).setCode(draft, hashOfCode(code, pairwise), until))
      return { code, until: until.toISOString() }
    },

    resumeDraft: async (code, context) => {
      if (!attempts()) throw TooManyCodes()
      const typed = code.toUpperCase().replace(/[\s\p{Pd}]/gu, '')
      if (typed.length !== CODE_LENGTH) throw ResumeCodeNotFound()
      const person = personOf(context)
      return sql.begin(platform, async (sql) => {
        const store = draftStore(sql)
        const row = await store.takeByCode(hashOfCode(typed, pairwise), clock.now())
        // Thrown inside the transaction: a code that opens nothing to this caller stays as it was.
        if (row === undefined || (!row.anonymous && row.person !== person)) throw ResumeCodeNotFound()
        const service = await definition(row.service)
        const had = await openUnder(service, row)
        const content = isGuest(context) ? had : { ...had, applicant: applicantOf(context, had.applicant.name) }
        if (row.person === person) return view(service, row, content)
        const moved = { ...row, person, anonymous: isGuest(context), version: row.version + 1 }
        await store.moveTo(row.id, person, moved.anonymous, await seal(moved, content))
        return view(service, moved, content)
      })
    },

    discardDraft: async (draft, context) => {
      if (!isUuid(draft)) throw DraftNotFound()
      await sql.begin(context, (sql) => draftStore(sql).discard(draft, personOf(context)))
    },

    submit: async (draft, context) => {
      const row = await find(draft, context)
      if (row.state === 'submitted') return sentBefore(row, context)
      if (row.expiresAt <= clock.now()) throw DraftNotFound()
      const service = await definition(row.service)
      refuseClosed(service, context)
      const had = await openUnder(service, row)
      const { content, form } = await forms.withEvidence(service, had, row.language, context)
      return submitContent(service, row, content, form, context)
    },

    apply: async ({ key, answers, ...start }, context) => {
      const id = idFrom(`application ${personOf(context)} ${key}`)
      const begun = await sql.begin(context, (sql) => draftStore(sql).find(id, personOf(context)))
      if (begun?.state === 'submitted') return sentBefore(begun, context)
      if (begun === undefined) await startDraft(start, context, id)
      const row = await findOpen(id, context)
      const service = await definition(row.service)
      const begunWith = await open(row)
      // What registers know may decide what is asked, and answers what registers are asked: so twice.
      const first = forms.readAnswers(service, answers, forms.contextFor(begunWith, row.language))
      const known = await forms.withEvidence(service, { ...begunWith, answers: first.answers }, row.language, context)
      const read = forms.readAnswers(service, answers, forms.contextFor(known.content, row.language))
      if (read.errors.length > 0) throw AnswersNotValid(read.errors)
      const { content, form } = await forms.withEvidence(
        service,
        { ...known.content, answers: read.answers },
        row.language,
        context,
      )
      return submitContent(service, row, content, form, context)
    },

    expireDrafts: () => sql.begin(platform, (sql) => draftStore(sql).expire(clock.now(), 500)),
  }
}

/** One job for all cases whose term ends at the same moment. */
export function deadlineJob(deadline: Date) {
  const at = deadline.toISOString()
  return { queue: 'cases.deadline', key: at, payload: { at }, runAt: deadline }
}

export function isGuest({ actor }: Context): boolean {
  return actor.kind === 'anonymous'
}

function subjectOf({ subject }: Context): string {
  if (subject === undefined || !isUuid(subject)) throw DraftNotFound()
  return subject
}

function applicantOf(context: Context, name: string | null | undefined): Content['applicant'] {
  if (isGuest(context)) return { id: null, kind: 'anonymous', name: name ?? null }
  const { represented } = context
  if (represented?.kind === 'organisation') return { id: represented.id, kind: 'organisation', name: name ?? null }
  return { id: subjectOf(context), kind: 'person', name: name ?? null }
}

function refuseClosed(service: PublicService, context: Context): void {
  if (service.status !== 'active') throw PublicServiceNotOpen(service.id, `it is ${service.status}`)
  if (isGuest(context) && service.signIn !== 'none') throw PublicServiceNotOpen(service.id, 'it needs you to sign in')
}

function sameAnswers(content: Content, answers: Facts): boolean {
  const kept = Object.fromEntries(Object.keys(answers).map((name) => [name, content.answers[name]]))
  return JSON.stringify(kept) === JSON.stringify(answers)
}

/** The pages that are not done, and what was looked for and not found. */
function toDo({ pages, missing }: Form): string[] {
  const open = pages.filter(({ isComplete, page }) => !isComplete && !page.stop).map(({ page }) => page.id)
  return open.length > 0 ? open : missing.map(({ evidence }) => evidence)
}

/** No look-alikes, no vowels: 8 signs are 37 bits. */
const signs = '23456789CDFHJKMNPRTVWXYZ'
const CODE_LENGTH = 8

function newCode(): string {
  return Array.from({ length: CODE_LENGTH }, () => signs[randomInt(signs.length)]).join('')
}

/** Keyed by the secret of the pairwise identifiers, so that a copy of the table opens no draft. */
function hashOfCode(code: string, pairwise: Pairwise): string {
  return pairwise.of('cases resume code', idFrom(`resume code ${code}`))
}

function idFrom(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex')
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`
}

/** At most so many in a span of machine time, over all callers: who guesses codes spoils it for nobody's data. */
function limiter(most: number, span: number): () => boolean {
  let began = 0
  let count = 0
  return () => {
    const now = Date.now()
    if (now - began > span) {
      began = now
      count = 0
    }
    count += 1
    return count <= most
  }
}

function toSummary(row: DraftRow): DraftSummary {
  return {
    id: row.id,
    service: { id: row.service, version: row.serviceVersion },
    version: row.version,
    language: row.language,
    ...(row.about === null ? {} : { about: row.about }),
    startedAt: row.startedAt.toISOString(),
    savedAt: row.savedAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  }
}

function toReceipt(row: ReceiptRow): Receipt {
  return {
    caseId: row.caseId,
    application: row.application,
    reference: row.reference,
    service: { id: row.service, version: row.serviceVersion },
    authority: row.tenant,
    submittedAt: row.submittedAt.toISOString(),
    ...(row.deadline === null ? {} : { deadline: row.deadline.toISOString() }),
  }
}
