// Drafts: saved after each page, resumed by their owner or with a code.
import type { Form, PublicService } from '@ashlar/catalogue'
import type { Clock } from '@ashlar/kernel/clock'
import { isUuid, type Pairwise, uuidv7 } from '@ashlar/kernel/identifiers'
import { alongside, type Context, type Database } from '@ashlar/kernel/sql'
import type { Appeals } from './appeal.ts'
import { asWorker } from './change.ts'
import { type Content, type Facts, type ShownEvidence, toShown } from './content.ts'
import type { Deadlines } from './deadlines.ts'
import { applicantOf, type DraftAccess, isGuest, refuseClosed } from './draft-access.ts'
import { type DraftRow, draftStore } from './draft-store.ts'
import type { Forms } from './forms.ts'
import type { NamedParties } from './named-parties.ts'
import {
  AnswersNotValid,
  CaseNotFound,
  DraftMovedOn,
  DraftNotFound,
  PageNotFound,
  ResumeCodeNotFound,
  TooManyCodes,
} from './problems.ts'
import type { Representing } from './representation.ts'
import { createGuesses, hashOfResumeCode, newResumeCode, readResumeCode } from './resume-code.ts'

export interface Drafts {
  /**
   * Begins an application of the newest version. `context.subject`: the applicant, or the bearer's id of a guest. Of an
   * appeal it throws NotAppealable, and AppealTooLate if nothing is said of why it comes late.
   */
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
}

export interface StartDraft {
  service: string
  language: string
  /** Of the applicant, as the session knows it. */
  name?: string
  /** The case that it contests. */
  about?: string
  /** Why it is contested only now that it is too late. */
  lateBecause?: string
  /** What is known already; what the form does not take is left out. */
  answers?: Record<string, unknown>
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

export interface DraftNeeds {
  sql: Database
  clock: Clock
  pairwise: Pairwise
  forms: Forms
  access: DraftAccess
  representing: Representing
  parties: NamedParties
  deadlines: Deadlines
  appeals: Pick<Appeals, 'admit'>
  /** A published version; without one, the newest. */
  definition(service: string, version?: string): Promise<PublicService>
}

const KEPT_FOR = 30 * 86_400_000
const CODE_FOR = 86_400_000
const MOST_DRAFTS = 50

export function createDrafts(needs: DraftNeeds) {
  const { sql, clock, pairwise, forms, access, representing, parties, deadlines, appeals, definition } = needs
  const { personOf, open, seal, findOpen, under } = access
  const guesses = createGuesses(30, 60_000)

  const view = (service: PublicService, row: DraftRow, content: Content): DraftView => {
    access.remember(row.id, service.id)
    return {
      ...toSummary(row),
      form: forms.filled(service, content, row.language),
      evidence: toShown(content.evidence),
    }
  }

  const startDraft = async (start: StartDraft, context: Context, id: string = uuidv7()): Promise<DraftView> => {
    const service = await definition(start.service)
    refuseClosed(service, context)
    await representing.forService(service, context)
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
      language: languageOf(service, start.language),
      state: 'open',
      version: 1,
      content: null,
      codeUntil: null,
      startedAt: now,
      savedAt: now,
      expiresAt: new Date(now.getTime() + KEPT_FOR),
    }
    const missed =
      start.about && (await appeals.admit(start.about, service, row.person, start.lateBecause, context))?.missed
    const begun: Content = {
      applicant: applicantOf(context, start.name),
      answers: {},
      evidence: {},
      ...(missed ? { late: { because: start.lateBecause!.trim().slice(0, 4000), until: missed } } : {}),
    }
    const { content } = await withAnswers(service, begun, start.answers, row.language, context)
    const sealed = { ...row, content: await seal(row, content) }
    await sql.begin(context, async (sql) => {
      if (start.about !== undefined && !(await draftStore(sql).hasCase(start.about, row.person))) throw CaseNotFound()
      await deadlines.expectDraft(sql, sealed.expiresAt)
      await alongside(sql, draftStore(sql).insert(sealed))
    })
    return view(service, sealed, content)
  }

  /** What registers know may decide what is asked, and answers what registers are asked: so twice. */
  const withAnswers = async (
    service: PublicService,
    begun: Content,
    known: Record<string, unknown> | undefined,
    language: string,
    context: Context,
  ) => {
    const first = await forms.withEvidence(service, begun, language, context)
    if (known === undefined) return first
    const { answers } = forms.readAnswers(service, known, forms.contextFor(first.content, language))
    return forms.withEvidence(service, { ...first.content, answers }, language, context)
  }

  const drafts: Drafts = {
    startDraft: (start, context) => startDraft(start, context),

    getDraft: async (id, context) => {
      const row = await findOpen(id, context)
      const service = await definition(row.service)
      await representing.forService(service, context)
      return view(service, row, under(service, row, await open(row)))
    },

    draftsOf: async (context) =>
      (
        await representing.followable(
          await sql.read(context, (sql) => draftStore(sql).openOf(personOf(context), MOST_DRAFTS)),
          context,
        )
      )
        .filter(({ expiresAt }) => expiresAt > clock.now())
        .map(toSummary),

    saveDraft: async ({ draft, page, body, version, language }, context) => {
      const row = { ...(await findOpen(draft, context)) }
      const service = await definition(row.service)
      refuseClosed(service, context)
      await representing.forService(service, context)
      row.language = languageOf(service, language ?? row.language)
      const had = under(service, row, await open(row))
      const shown = forms
        .filled(service, had, row.language)
        .pages.find(({ page: { id, stop } }) => id === page && !stop)
      if (shown === undefined) throw PageNotFound(page)
      const read = forms.readPage(service, page, body, forms.contextFor(had, row.language))
      if (read.errors.length > 0) throw AnswersNotValid(read.errors)
      const { answers, errors } = await parties.find(service, read.answers, had.answers, context)
      if (errors.length > 0) throw AnswersNotValid(errors)
      if (row.version === version + 1 && sameAnswers(had, answers)) return view(service, row, had)
      if (row.version !== version) throw DraftMovedOn(row.version)

      const saved: Content = { ...had, answers: { ...had.answers, ...answers } }
      const { content } = await forms.withEvidence(service, saved, row.language, context)
      const at = clock.now()
      const expiresAt = new Date(at.getTime() + KEPT_FOR)
      const sealed = await seal(row, content)
      const kept = await sql.begin(context, async (sql) => {
        await deadlines.expectDraft(sql, expiresAt)
        return draftStore(sql).save({
          id: draft,
          version,
          serviceVersion: service.version,
          language: row.language,
          content: sealed,
          at,
          expiresAt,
        })
      })
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
      const code = newResumeCode()
      const until = new Date(clock.now().getTime() + CODE_FOR)
      await sql.begin(context, (sql) => draftStore(sql).setCode(draft, hashOfResumeCode(code, pairwise), until))
      return { code, until: until.toISOString() }
    },

    resumeDraft: async (code, context) => {
      if (!guesses.take()) throw TooManyCodes()
      const typed = readResumeCode(code)
      if (typed === undefined) throw ResumeCodeNotFound()
      const person = personOf(context)
      const { row, content } = await sql.begin(asWorker, async (sql) => {
        const store = draftStore(sql)
        const row = await store.takeByCode(hashOfResumeCode(typed, pairwise), clock.now())
        // Thrown inside the transaction: a code that opens nothing to this caller stays as it was.
        if (row === undefined || (!row.anonymous && row.person !== person)) throw ResumeCodeNotFound()
        const had = await open(row)
        if (row.person === person) return { row, content: had }
        const content = isGuest(context) ? had : { ...had, applicant: applicantOf(context, had.applicant.name) }
        const moved = { ...row, person, anonymous: isGuest(context), version: row.version + 1 }
        await store.moveTo(row.id, person, moved.anonymous, await seal(moved, content))
        return { row: moved, content }
      })
      guesses.giveBack()
      const service = await definition(row.service)
      return view(service, row, under(service, row, content))
    },

    discardDraft: async (draft, context) => {
      if (!isUuid(draft)) throw DraftNotFound()
      await sql.begin(context, (sql) => draftStore(sql).discard(draft, personOf(context)))
    },
  }
  return { drafts, startDraft }
}

/** One that the service speaks. */
function languageOf({ languages }: PublicService, wanted: string): string {
  return languages.includes(wanted) ? wanted : (languages[0] ?? wanted)
}

function sameAnswers(content: Content, answers: Facts): boolean {
  const kept = Object.fromEntries(Object.keys(answers).map((name) => [name, content.answers[name]]))
  return JSON.stringify(kept) === JSON.stringify(answers)
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
