// The page of a case: whose it is, its clock, what is to do, the facts with their sources, and everything that happened.
import type { CaseView, TaskView } from '@ashlar/cases'
import { liveHref, type Visit } from '@ashlar/face'
import { requireCaller } from '@ashlar/kernel/http'
import { isProblem } from '@ashlar/kernel/problem'
import { backLink, banner, errorSummary, type Html, html, identityBar, insetText, isolate, tag } from '@ashlar/ui'
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { askForm, conflictForm, noteForm, requestsBox, type Typed } from './asking.ts'
import { factSections } from './fact-sections.ts'
import { historyBox } from './history.ts'
import { legsBox } from './legs-box.ts'
import { appealLines, clockBox, contestedBox, extensionForm, lettersBox, resultText } from './life.ts'
import { type OpenCase, openCase } from './open-case.ts'
import { documentsBox } from './papers.ts'
import { reasonPage } from './reason-page.ts'
import { relatedBox } from './related-box.ts'
import { type OfficeRooms, office } from './rooms.ts'
import { ruleBoxes } from './rule-box.ts'
import { taskBox } from './task-box.ts'
import { termOf, timeLeft } from './time-left.ts'
import type { Words } from './words.ts'

const Params = Type.Object({ id: Type.String({ maxLength: 100 }) })
const Query = Type.Object({
  notice: Type.Optional(Type.String({ maxLength: 40 })),
  lang: Type.Optional(Type.String({ maxLength: 35 })),
})

/** What may have come between; other values of `?notice=` say nothing. */
const notices = [
  'task-taken',
  'task-ended',
  'case-moved-on',
  'case-closed',
  'request-ended',
  'officer-excluded',
  'officer-not-fit',
  'join-not-possible',
  'term-has-passed',
  'term-cannot-be-extended',
  'extension-reason-needed',
]

export function casePages(rooms: OfficeRooms): void {
  const { http, live } = rooms

  http.get('/office/cases/:id', {
    ...office,
    schema: { params: Params, querystring: Query },
    handler: async (request, reply) => {
      const { id } = request.params
      try {
        const open = await openCase(rooms, request, reply, id)
        if (open.view.life.messages.some(({ side, readAt }) => side === 'applicant' && readAt === undefined))
          await rooms.cases.markMessagesRead(id, requireCaller(request).context)
        return await showCase(open)
      } catch (error) {
        if (isProblem(error) && error.code === 'case-needs-reason')
          return reasonPage(rooms.faces.visit(request, reply), id, 'case')
        throw error
      }
    },
  })

  http.get('/live/office/cases/:id', {
    ...office,
    schema: { params: Params },
    handler: (request, reply) => {
      const { tenant } = requireCaller(request).context
      return live.stream(request, reply, [`agency:${tenant}/case:${request.params.id}`])
    },
  })
}

export async function showCase(open: OpenCase, typed: Typed = {}): Promise<FastifyReply> {
  const { rooms, visit, words, view } = open
  const { t } = visit
  const { context } = requireCaller(visit.request)
  const [made, issued] = await Promise.all([
    rooms.decisions.ofCase(view.id, context),
    rooms.documents.ofCase(view.id, context),
  ])
  const notice = noticeOf(visit)
  const tasks = view.tasks.filter(isOpenTask)
  const isOpen = view.status !== 'closed'

  return visit.staff({
    at: 'queue',
    title: typed.problem ? t('office.error-title', { title: view.reference }) : view.reference,
    live: {
      href: liveHref({ href: `/live/office/cases/${view.id}`, moment: open.moment }),
      text: t('office.case-live'),
    },
    beforeContent: backLink({ text: t('office.queue'), href: '/office' }),
    content: html`
      ${typed.problem && errorSummary({ titleText: t('office.problem.title'), errorList: [{ text: typed.problem, href: `#${typed.field}` }] })}
      ${notice && banner({ type: 'warning', signText: t('office.warning'), isAlert: true, text: notice })}
      ${identityBar({
        caption: html`${words.say(visit.language, 'title')} <bdi dir="ltr">${view.reference}</bdi>`,
        title: view.applicant.name ? isolate(view.applicant.name) : t('office.anonymous'),
        facts: [
          tag(caseStatus(visit, words, view)),
          isOpen && clockLine(open),
          t(`office.channel.${view.channel}`),
          visit.say('office.language', { language: languageOf(open) }),
        ],
      })}
      ${view.excluded && insetText({ text: t('office.excluded') })}
      ${tasks.map((task) => taskBox(open, task, typed))}
      ${await contestedBox(open, tasks)}
      ${requestsBox(open)}
      ${lettersBox(open, crypto.randomUUID())}
      ${ruleBoxes(open, made)}
      ${factSections(open, tasks)}
      ${isOpen && html`${askForm(open, typed)}${extensionForm(open)}${noteForm(open, typed)}${!view.excluded && conflictForm(open)}`}`,
    aside: html`${await legsBox(open)}${relatedBox(open)}${appealLines(open)}${clockBox(open)}${historyBox(open)}${documentsBox(open, issued)}`,
  })
}

const isOpenTask = ({ state }: TaskView) => state === 'open' || state === 'claimed' || state === 'proposed'

function noticeOf({ t, request }: Visit): string | undefined {
  const code = (request.query as { notice?: string }).notice ?? ''
  return notices.includes(code) ? t(`office.problem.${code}`) : undefined
}

/** The language that the applicant reads, in its own words. */
function languageOf({ rooms, view }: OpenCase): Html {
  const language = rooms.faces.country.languages.find(({ code }) => code === view.language)
  return html`<bdi lang="${view.language}">${language?.name ?? view.language}</bdi>`
}

function clockLine({ rooms, visit, view }: OpenCase): Html | undefined {
  if (!view.clock) return undefined
  const { deadline, term, pausedAt } = view.clock
  const left = timeLeft(visit, rooms.clock, deadline, pausedAt !== undefined)
  if (!left) return undefined
  const mark = left.is === 'late' ? 'ashlar-late' : left.is === 'today' || left.is === 'soon' ? 'ashlar-soon' : ''
  // Of a term that was made longer, the first length says nothing any more.
  const isLonger = view.life.clock?.history.some(({ kind }) => kind === 'extended')
  return html`<strong class="${mark}">${left.text}</strong>${isLonger ? '' : ` ${visit.t('office.of-term', { term: termOf(visit, term) })}`}${deadline && left.is !== 'paused' && html` (${visit.t('office.until', { date: visit.date(deadline) })})`}`
}

function caseStatus(
  { t, language }: Visit,
  words: Words,
  view: Pick<CaseView, 'status' | 'result' | 'stuck' | 'tasks'>,
): { text: string; classes?: string } {
  if (view.status === 'closed')
    return {
      text: view.result ? resultText({ t, language }, words, view.result) : t('office.closed'),
      classes: 'govuk-tag--green',
    }
  if (view.stuck) return { text: t('office.stuck'), classes: 'govuk-tag--red' }
  if (view.status === 'suspended') return { text: t('office.waits-applicant'), classes: 'govuk-tag--yellow' }
  const isWaiting = view.tasks.some(isOpenTask)
  if (view.tasks.some(({ state }) => state === 'proposed'))
    return { text: t('office.to-confirm'), classes: 'govuk-tag--purple' }
  return isWaiting
    ? { text: t('office.to-decide'), classes: 'govuk-tag--blue' }
    : { text: t('office.under-way'), classes: 'govuk-tag--grey' }
}
