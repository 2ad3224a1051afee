// Sends a draft: application, case, timeline and event in one transaction, and one receipt however often it is sent.
import type { Form, PublicService } from '@ashlar/catalogue'
import type { Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import { isUuid, type Pairwise, publicReference, uuidOf, uuidv7 } from '@ashlar/kernel/identifiers'
import { isProblem } from '@ashlar/kernel/problem'
import type { Context, Database, Sql } from '@ashlar/kernel/sql'
import type { Appeals, Contested } from './appeal.ts'
import { actorOf, asWorker } from './change.ts'
import type { Content, Facts } from './content.ts'
import type { Deadlines } from './deadlines.ts'
import { type DraftAccess, refuseClosed, toDo } from './draft-access.ts'
import { type DraftRow, draftStore, type ReceiptRow } from './draft-store.ts'
import type { StartDraft } from './drafts.ts'
import type { Files } from './files.ts'
import { startsWhenComplete } from './flow.ts'
import type { Forms } from './forms.ts'
import { likeness } from './likeness.ts'
import type { NamedParties } from './named-parties.ts'
import { onlyOneOf } from './only-one.ts'
import {
  AnswersNotValid,
  CaseRunsAlready,
  DraftMovedOn,
  DraftNotComplete,
  DraftNotFound,
  DraftStopped,
} from './problems.ts'
import type { Representing } from './representation.ts'

export interface Submissions {
  /** Sends the draft. Twice, or ten times at once, is the same receipt. Throws DraftNotComplete, DraftStopped. */
  submit(draft: string, context: Context): Promise<Receipt>
  /** All answers in one piece, for programs. Throws AnswersNotValid with every error, DraftNotComplete. */
  apply(application: Apply, context: Context): Promise<Receipt>
}

export interface Apply extends StartDraft {
  /** The caller's own key: the same again gives the same receipt, whatever happened between. */
  key: string
  answers: Record<string, unknown>
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

export interface SubmissionNeeds {
  sql: Database
  clock: Clock
  events: Events
  forms: Forms
  files: Files
  deadlines: Deadlines
  appeals: Pick<Appeals, 'admit' | 'lodged'>
  pairwise: Pairwise
  access: DraftAccess
  representing: Representing
  parties: NamedParties
  startDraft(start: StartDraft, context: Context, id?: string): Promise<unknown>
  definition(service: string, version?: string): Promise<PublicService>
}

/** What is sent, as it was saved last and as it is sent. */
interface Ready {
  service: PublicService
  row: DraftRow
  saved: Content
  content: Content
  form: Form
  /** The decision that it contests. */
  contested?: Contested | undefined
}

export function createSubmissions(needs: SubmissionNeeds): Submissions {
  const {
    sql,
    clock,
    events,
    forms,
    files,
    deadlines,
    appeals,
    pairwise,
    access,
    representing,
    parties,
    startDraft,
    definition,
  } = needs
  const { personOf, open, find, findOpen, seal, under } = access
  /** Within the caller's transaction; undefined if the draft was sent or saved meanwhile. */
  async function send(sql: Sql, { service, row, saved, content, form, contested }: Ready, context: Context) {
    if (form.stop !== undefined) throw DraftStopped(form.stop.id)
    if (!form.isComplete) throw DraftNotComplete(toDo(form))

    const at = clock.now()
    const sent: Content = { ...content, answers: form.answers }
    // What is sent is nearly always what was saved last: then it is sealed already.
    const isSealed = row.serviceVersion === service.version && same(sent, saved)
    const started = startsWhenComplete(service) ? undefined : deadlines.begin(service, form.facts, at)
    const onlyOne = onlyOneOf(service, form.facts, pairwise, contested?.row.id)
    const made = await draftStore(sql).submit({
      draft: row.id,
      draftVersion: row.version,
      application: uuidv7(),
      caseId: uuidv7(),
      reference: publicReference(service.prefix, at),
      service: service.id,
      serviceVersion: service.version,
      content: isSealed ? row.content! : await seal(row, sent),
      by: actorOf(context, pairwise),
      term: started?.term ?? service.clock?.term ?? null,
      deadline: started?.deadline ?? null,
      nextAt: started?.nextAt ?? null,
      reminded: started?.reminded ?? 0,
      variant: started?.variant ?? null,
      onlyOne: onlyOne ?? null,
      at,
      timeline: uuidv7(),
      timelineData: {
        channel: context.channel,
        ...(started === undefined ? {} : { deadline: started.deadline.toISOString() }),
      },
      contestation: uuidv7(),
      ...likeness(service.id, sent, pairwise),
    })
    if (made === undefined) return undefined
    const data = { case: made.caseId, service: service.id, version: service.version }
    if (started !== undefined) await deadlines.expect(sql, started.nextAt)
    if (contested !== undefined)
      await appeals.lodged(sql, contested, { caseId: made.caseId, reference: made.reference, service }, context)
    const questions = service.form.flatMap((page) => page.questions)
    await files.attach(sql, made.caseId, questions, sent.answers)
    await events.publish(sql, { type: 'cases.submitted', key: made.caseId, data, share: service.id })
    return toReceipt(made)
  }

  /** A reference is random, and once in a long while somebody else has it. */
  function withReference<T>(work: () => Promise<T>): Promise<T> {
    return work().catch((error: { code?: string; constraint?: string }) => {
      if (error.code !== '23505' || !error.constraint?.includes('reference')) throw error
      return work()
    })
  }

  /** Of two at the same moment about what only one case may be about, the second learns which one runs. */
  async function refuseSecond(ready: Pick<Ready, 'service' | 'form' | 'contested'>, error: unknown): Promise<never> {
    if (!isSecond(error)) throw error
    const onlyOne = onlyOneOf(ready.service, ready.form.facts, pairwise, ready.contested?.row.id)
    const running = onlyOne && (await sql.read(asWorker, (sql) => draftStore(sql).runningAbout(onlyOne)))
    throw running ? CaseRunsAlready(running.reference, running.submittedAt.toISOString()) : error
  }

  /** The receipt of a draft that was sent already; of two at once, the second comes here. */
  async function sentBefore(row: DraftRow, context: Context): Promise<Receipt> {
    const receipt = await sql.read(context, (sql) => draftStore(sql).receiptOf(row.id, row.person))
    if (receipt !== undefined) return toReceipt(receipt)
    throw DraftMovedOn((await findOpen(row.id, context)).version)
  }

  async function sendReady(given: Ready, context: Context): Promise<Receipt> {
    const representative = await representing.forService(given.service, context, given.form.facts as Facts)
    const content = representative === undefined ? given.content : { ...given.content, representative }
    const { about, person } = given.row
    const contested =
      about === null ? undefined : await appeals.admit(about, given.service, person, content.late?.because, context)
    const ready = { ...given, content, contested }
    const receipt = await withReference(() => sql.begin(context, (sql) => send(sql, ready, context))).catch((error) =>
      refuseSecond(ready, error),
    )
    return receipt ?? sentBefore(ready.row, context)
  }

  /** With registers asked anew where their answers have grown old; so not in a transaction. */
  async function submitSlowly(draft: string, context: Context): Promise<Receipt> {
    const row = await find(draft, context)
    if (row.state === 'submitted') return sentBefore(row, context)
    if (row.expiresAt <= clock.now()) throw DraftNotFound()
    const service = await definition(row.service)
    refuseClosed(service, context)
    const saved = under(service, row, await open(row))
    const { content, form } = await forms.withEvidence(service, saved, row.language, context)
    return sendReady({ service, row, saved, content, form }, context)
  }

  /** One transaction, if nothing has to be looked up; undefined if something has, or the draft is not there to be sent. */
  async function submitAtOnce(draft: string, service: PublicService, context: Context): Promise<Receipt | undefined> {
    return sql.begin(context, async (sql) => {
      const row = await draftStore(sql).find(draft, personOf(context))
      if (row?.state !== 'open' || row.service !== service.id || row.expiresAt <= clock.now()) return undefined
      // What is contested is read first.
      if (row.about !== null && service.contests !== undefined) return undefined
      const content = under(service, row, await open(row))
      const form = forms.settled(service, content, row.language)
      return form && send(sql, { service, row, saved: content, content, form }, context)
    })
  }

  return {
    submit: async (draft, context) => {
      if (!isUuid(draft)) throw DraftNotFound()
      const known = access.serviceOf(draft)
      // Who acts for somebody else is asked about before, and that is no matter of one transaction.
      if (known !== undefined && context.represented === undefined) {
        const service = await definition(known)
        refuseClosed(service, context)
        // Refused because such a case runs already: the slow way says which.
        const receipt = await withReference(() => submitAtOnce(draft, service, context)).catch((error) => {
          if (!isSecond(error)) throw error
        })
        if (receipt !== undefined) return receipt
      }
      return submitSlowly(draft, context)
    },

    apply: async ({ key, answers, ...start }, context) => {
      const id = uuidOf(`application ${personOf(context)} ${key}`)
      const begun = await sql.read(context, (sql) => draftStore(sql).find(id, personOf(context)))
      if (begun === undefined) await startDraft(start, context, id)
      try {
        return await applyWith(id, begun, answers, context)
      } catch (error) {
        // Who applies in one piece learns what was wrong, and leaves no draft behind.
        if (isProblem(error)) await sql.begin(context, (sql) => draftStore(sql).remove(id, personOf(context)))
        throw error
      }
    },
  }

  async function applyWith(
    id: string,
    begun: DraftRow | undefined,
    answers: Record<string, unknown>,
    context: Context,
  ): Promise<Receipt> {
    // The same call twice at once: the other one may have sent it by now.
    const row = begun ?? (await find(id, context))
    if (row.state === 'submitted') return sentBefore(row, context)
    if (row.state !== 'open') throw DraftNotFound()
    const service = await definition(row.service)
    const saved = await open(row)
    // What registers know may decide what is asked, and answers what registers are asked: so twice.
    const first = forms.readAnswers(service, answers, forms.contextFor(saved, row.language))
    const known = await forms.withEvidence(service, { ...saved, answers: first.answers }, row.language, context)
    const read = forms.readAnswers(service, answers, forms.contextFor(known.content, row.language))
    if (read.errors.length > 0) throw AnswersNotValid(read.errors)
    const named = await parties.find(service, read.answers, saved.answers, context)
    if (named.errors.length > 0) throw AnswersNotValid(named.errors)
    const given = { ...known.content, answers: named.answers }
    const { content, form } = await forms.withEvidence(service, given, row.language, context)
    return sendReady({ service, row, saved, content, form }, context)
  }
}

const isSecond = (error: unknown): boolean => (error as { constraint?: string }).constraint === 'case_only_one'

const same = (a: Content, b: Content): boolean => JSON.stringify(a) === JSON.stringify(b)

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
