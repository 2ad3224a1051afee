// Work on many cases at once: what is to be done, what would happen to each, what has happened, and ten minutes to undo.
import type { BulkView, BulkWanted } from '@ashlar/cases'
import type { Visit } from '@ashlar/face'
import { requireCaller } from '@ashlar/kernel/http'
import { isProblem } from '@ashlar/kernel/problem'
import {
  backLink,
  banner,
  button,
  errorSummary,
  type Html,
  html,
  insetText,
  isolate,
  radios,
  select,
  table,
  tag,
  textarea,
} from '@ashlar/ui'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { ChoiceFields, type ChoiceForm, readChoice } from './choice.ts'
import { findTask } from './flow-task.ts'
import { type OfficeRooms, office } from './rooms.ts'

const acts = ['decide', 'assign', 'release', 'note'] as const
type Act = (typeof acts)[number]

const Tasks = Type.Optional(
  Type.Union([Type.String({ maxLength: 100 }), Type.Array(Type.String({ maxLength: 100 }), { maxItems: 1000 })]),
)
const Form = Type.Object({
  ...ChoiceFields,
  act: Type.Optional(Type.String({ maxLength: 20 })),
  all: Type.Optional(Type.String({ maxLength: 10 })),
  task: Tasks,
  to: Type.Optional(Type.String({ maxLength: 100 })),
  outcome: Type.Optional(Type.String({ maxLength: 200 })),
  note: Type.Optional(Type.String()),
})
const ById = { params: Type.Object({ id: Type.String({ maxLength: 100 }) }) }
type BulkForm = ChoiceForm & {
  act?: string
  all?: string
  task?: string | string[]
  to?: string
  outcome?: string
  note?: string
}

const colours: Record<string, string> = {
  waiting: 'govuk-tag--blue',
  held: 'govuk-tag--yellow',
  done: 'govuk-tag--green',
  refused: 'govuk-tag--red',
  undone: 'govuk-tag--grey',
}

export function bulkPages(rooms: OfficeRooms): void {
  const { http, faces, cases, clock, wordsOf } = rooms
  const { staff } = faces.country

  // From the queue: which cases, and what is to be done; nothing is kept yet.
  http.post('/office/bulk/new', {
    ...office,
    schema: { body: Form },
    handler: async (request, reply) => askPage(request, reply, request.body),
  })

  http.post('/office/bulk', {
    ...office,
    schema: { body: Form },
    handler: async (request, reply) => {
      try {
        const wanted = toWanted(request.body)
        const { id } = await cases.prepareBulk(wanted, requireCaller(request).context)
        return faces.visit(request, reply).go(`/office/bulk/${id}`)
      } catch (error) {
        if (!isProblem(error) || error.code !== 'bulk-not-valid') throw error
        reply.code(422)
        return askPage(request, reply, request.body, true)
      }
    },
  })

  http.get('/office/bulk/:id', {
    ...office,
    schema: ById,
    handler: async (request, reply) => {
      const view = await cases.getBulk(request.params.id, requireCaller(request).context)
      return bulkPage(faces.visit(request, reply), view)
    },
  })

  for (const act of ['start', 'undo'] as const)
    http.post(`/office/bulk/:id/${act}`, {
      ...office,
      schema: ById,
      handler: async (request, reply) => {
        const { id } = request.params
        const { context } = requireCaller(request)
        const visit = faces.visit(request, reply)
        try {
          await (act === 'start' ? cases.startBulk(id, context) : cases.undoBulk(id, context))
          return visit.go(`/office/bulk/${id}`)
        } catch (error) {
          if (!isProblem(error) || error.code !== 'undo-too-late') throw error
          return visit.go(`/office/bulk/${id}?notice=undo-too-late`)
        }
      },
    })

  function toWanted(form: BulkForm): BulkWanted {
    const which = form.all === 'yes' ? { choice: readChoice(form) } : { tasks: [form.task ?? []].flat() }
    const act = acts.find((one) => one === form.act) ?? 'note'
    switch (act) {
      case 'assign':
        return { act, to: form.to ?? '', ...which }
      case 'release':
        return { act, ...which }
      case 'note':
        return { act, text: form.note ?? '', ...which }
      case 'decide': {
        const [outcome = '', reason] = (form.outcome ?? '').split(' ')
        return { act, outcome, ...(reason ? { reason } : {}), ...(form.note ? { note: form.note } : {}), ...which }
      }
    }
  }

  /** Outcomes that the chosen tasks offer, each with its reasons. */
  async function outcomesOf(
    visit: Visit,
    form: BulkForm,
  ): Promise<{ value: string; text: string; hint?: { text: string } }[]> {
    const { context } = requireCaller(visit.request)
    const chosen = new Set([form.task ?? []].flat())
    const { tasks } = await cases.queue({ ...readChoice(form), limit: 100 }, context)
    const offered = new Map<string, { value: string; text: string; hint?: { text: string } }>()
    for (const { service, serviceVersion, name } of tasks.filter(
      ({ task }) => form.all === 'yes' || chosen.has(task),
    )) {
      const words = await wordsOf({ id: service, version: serviceVersion })
      const task = findTask(words.service.flow, name)
      if (!task?.bulk) continue
      for (const outcome of task.outcomes) {
        const say = (key: string) => words.say(visit.language, `task.${name}.${key}`)
        const reasons = task.reasons[outcome] ?? []
        const text = say(`outcome.${outcome}`)
        if (reasons.length === 0) offered.set(outcome, { value: outcome, text })
        for (const reason of reasons)
          offered.set(`${outcome} ${reason}`, {
            value: `${outcome} ${reason}`,
            text,
            hint: { text: say(`reason.${reason}`) },
          })
      }
    }
    return [...offered.values()]
  }

  async function askPage(request: FastifyRequest, reply: FastifyReply, form: BulkForm, isWrong = false) {
    const visit = faces.visit(request, reply)
    const { t, token } = visit
    const { context } = requireCaller(request)
    const act: Act = acts.find((one) => one === form.act) ?? 'note'
    const tasks = [form.task ?? []].flat()
    const isEmpty = form.all !== 'yes' && tasks.length === 0
    const outcomes = act === 'decide' && !isEmpty ? await outcomesOf(visit, form) : []
    const title = t(`office.bulk.title.${act}`)
    const problem = isEmpty ? t('office.bulk.nothing') : isWrong ? t(`office.bulk.missing.${act}`) : undefined
    const target = { decide: '#outcome', assign: '#to', release: '#go', note: '#note' }[act]
    const cannot = act === 'decide' && outcomes.length === 0
    return visit.staff({
      at: 'queue',
      title: problem ? t('office.error-title', { title }) : title,
      beforeContent: backLink({ text: t('office.queue'), href: '/office' }),
      content: html`
        ${problem && errorSummary({ titleText: t('office.problem.title'), errorList: [{ text: problem, href: isEmpty ? '/office' : target }] })}
        <h1 class="govuk-heading-l">${title}</h1>
        ${!isEmpty && html`<p class="govuk-body">${form.all === 'yes' ? t('office.bulk.all-chosen') : t('office.bulk.chosen', { count: tasks.length })}</p>`}
        ${!isEmpty && cannot && insetText({ text: t('office.bulk.one-by-one') })}
        ${
          !isEmpty &&
          !cannot &&
          html`
            <form method="post" action="/office/bulk" novalidate>
              ${token}
              <input type="hidden" name="act" value="${act}">
              ${form.all === 'yes' && html`<input type="hidden" name="all" value="yes">`}
              ${Object.keys(ChoiceFields).map((name) => {
                const value = form[name as keyof ChoiceForm]
                return value && html`<input type="hidden" name="${name}" value="${value}">`
              })}
              ${form.all !== 'yes' && tasks.map((task) => html`<input type="hidden" name="task" value="${task}">`)}
              ${
                act === 'assign' &&
                select({
                  id: 'to',
                  name: 'to',
                  label: { text: t('office.hand-to') },
                  items: Object.values(staff)
                    .filter((one) => one.agency === context.tenant && (!context.unit || one.unit === context.unit))
                    .map(({ id, name }) => ({ value: id, text: name })),
                })
              }
              ${
                act === 'decide' &&
                radios({
                  name: 'outcome',
                  idPrefix: 'outcome',
                  fieldset: { legend: { text: t('office.outcome'), classes: 'govuk-fieldset__legend--m' } },
                  items: outcomes,
                })
              }
              ${
                (act === 'decide' || act === 'note') &&
                textarea({
                  id: 'note',
                  name: 'note',
                  rows: 3,
                  value: form.note ?? '',
                  label: { text: t(act === 'note' ? 'office.note-label' : 'office.decision-note') },
                  attributes: { dir: 'auto', maxlength: '4000' },
                })
              }
              <p class="govuk-body">${t('office.bulk.dry')}</p>
              ${button({ text: t('office.bulk.look'), id: 'go', preventDoubleClick: true })}
            </form>`
        }`,
    })
  }

  function bulkPage(visit: Visit, view: BulkView): FastifyReply {
    const { t, token } = visit
    const count = (...states: string[]) => view.rows.filter(({ state }) => states.includes(state)).length
    const can = view.undoUntil !== undefined && new Date(view.undoUntil) > clock.now() && view.state !== 'undone'
    const title = t(`office.bulk.title.${view.act}`)
    const notice = (visit.request.query as { notice?: string }).notice === 'undo-too-late'
    const form = (act: string, text: string, classes = '') => html`
      <form method="post" action="/office/bulk/${view.id}/${act}">
        ${token}${button({ text, classes, preventDoubleClick: true })}
      </form>`
    return visit.staff({
      at: 'queue',
      title,
      ...(view.state === 'running' && count('waiting') > 0 ? { refreshAfter: 3 } : {}),
      beforeContent: backLink({ text: t('office.queue'), href: '/office' }),
      content: html`
        ${notice && banner({ type: 'warning', signText: t('office.warning'), isAlert: true, text: t('office.problem.undo-too-late') })}
        <h1 class="govuk-heading-l">${title}</h1>
        ${whatOf(visit, view)}
        ${
          view.state === 'prepared' &&
          html`
            <p class="govuk-body"><strong>${t('office.bulk.will', { count: count('waiting') })}</strong>
              ${count('refused') > 0 && t('office.bulk.will-not', { count: count('refused') })}</p>
            ${count('waiting') > 0 && form('start', t('office.bulk.start', { count: count('waiting') }))}`
        }
        ${
          view.state !== 'prepared' &&
          html`<p class="govuk-body"><strong>${t(`office.bulk.state.${view.state}`, { done: count('done'), held: count('held'), undone: count('undone') })}</strong></p>`
        }
        ${can && html`<p class="govuk-body">${t('office.bulk.undo-until', { at: visit.time(view.undoUntil as string) })}</p>${form('undo', t('office.bulk.undo'), 'govuk-button--warning')}`}
        ${table({
          caption: t('office.bulk.rows'),
          captionClasses: 'govuk-table__caption--m',
          head: [{ text: t('office.case') }, { text: t('office.bulk.what') }, { text: t('office.bulk.why') }],
          rows: view.rows.map(({ reference, caseId, state, problem }) => [
            { text: html`<a class="govuk-link" href="/office/cases/${caseId}"><bdi dir="ltr">${reference}</bdi></a>` },
            { text: tag({ text: t(`office.bulk.row.${state}`), classes: colours[state] ?? '' }) },
            { text: problem ? t(`office.bulk.problem.${problem}`) : '' },
          ]),
          stacks: true,
        })}`,
    })
  }

  function whatOf(visit: Visit, { act, input, note }: BulkView): Html {
    const to = typeof input.to === 'string' ? (staff[input.to]?.name ?? input.to) : ''
    return html`
      ${act === 'assign' && html`<p class="govuk-body">${visit.say('office.given-to', { name: isolate(to) })}</p>`}
      ${note && insetText({ text: isolate(note) })}`
  }
}
