// The page of a case: whose it is, its clock, the facts with their sources, what the rules say, and everything that happened.
import type { CaseView, TaskView, TimelineEntry } from '@ashlar/cases'
import { type ExplainedRow, explain } from '@ashlar/decisions'
import type { Visit } from '@ashlar/face'
import { requireCaller } from '@ashlar/kernel/http'
import { isProblem } from '@ashlar/kernel/problem'
import {
  backLink,
  button,
  details,
  type Html,
  html,
  identityBar,
  insetText,
  isolate,
  ruleTrace,
  sourceBadge,
  summaryList,
  tag,
  textarea,
  textInput,
  timeline,
} from '@ashlar/ui'
import { Type } from 'typebox'
import { answerRows, factRows } from './facts.ts'
import { type OfficeRooms, office } from './office.ts'
import { timeLeft } from './time-left.ts'
import type { Words } from './words.ts'

const Params = Type.Object({ id: Type.String({ maxLength: 100 }) })
const Query = Type.Object({
  reason: Type.Optional(Type.String({ maxLength: 500 })),
  lang: Type.Optional(Type.String({ maxLength: 35 })),
})
const TextForm = Type.Object({
  text: Type.String({ maxLength: 4000 }),
  version: Type.Optional(Type.String({ maxLength: 20 })),
})

export function casePages(rooms: OfficeRooms): void {
  const { http, faces, cases, decisions, documents, clock, events, wordsOf } = rooms

  http.get('/office/cases/:id', {
    ...office,
    schema: { params: Params, querystring: Query },
    handler: async (request, reply) => {
      const visit = faces.visit(request, reply)
      const { context } = requireCaller(request)
      const { id } = request.params
      let view: CaseView
      try {
        view = await cases.getCase({ id, ...(request.query.reason ? { reason: request.query.reason } : {}) }, context)
      } catch (error) {
        if (isProblem(error) && error.code === 'case-needs-reason') return reasonPage(visit, id)
        throw error
      }
      const [words, made, issued] = await Promise.all([
        wordsOf(view.service),
        decisions.ofCase(id, context),
        documents.ofCase(id, context),
      ])
      const { t } = visit
      const open = view.tasks.filter(({ state }) => state === 'open' || state === 'claimed')
      const task = open.find(({ yours }) => yours)

      return visit.staff({
        at: 'queue',
        title: view.reference,
        live: { href: `/live/office/cases/${id}`, text: t('office.case-live') },
        beforeContent: backLink({ text: t('office.queue'), href: '/office' }),
        content: html`
          ${identityBar({
            caption: `${words.say(visit.language, 'title')} ${view.reference}`,
            title: view.applicant.name ? isolate(view.applicant.name) : t('office.anonymous'),
            facts: [
              tag(caseStatus(visit, words, view)),
              clockLine(visit, view),
              t(`office.channel.${view.channel}`),
              t('office.language', {
                language: faces.country.languages.find(({ code }) => code === view.language)?.name ?? view.language,
              }),
              view.tasks.some(({ claimedBy }) => claimedBy) &&
                t('office.claimed-by', {
                  name: nameOf(view.tasks.find(({ claimedBy }) => claimedBy)?.claimedBy ?? ''),
                }),
            ],
            actions: task ? taskActions(visit, task) : [],
          })}
          ${open.map((one) => taskBox(visit, words, view, one))}
          ${
            made.length > 0 &&
            html`
            <h2 class="govuk-heading-m">${t('office.rules')}</h2>
            ${made.map((decision) => {
              const table = words.service.rules[decision.rule]
              return table ? ruleBox(visit, words, decision.rule, explain(decision.trace, table as never)) : ''
            })}`
          }
          <h2 class="govuk-heading-m">${t('office.application')}</h2>
          ${summaryList({ rows: answerRows(visit, words, view.answers) })}
          ${view.evidence.map(
            (one) => html`
              <h2 class="govuk-heading-m">${words.say(visit.language, `evidence.${one.name}.title`, {}, one.name)}</h2>
              <p class="govuk-body">${sourceBadge({ text: t('office.source', { register: visit.of(faces.country.registers[one.register]?.title), at: visit.time(one.at) }) })}</p>
              ${summaryList({ rows: factRows(visit, words, one.name, one.fact) })}`,
          )}
          ${view.status !== 'closed' && askAndNote(visit, view)}`,
        aside: html`
          <div class="ashlar-box">
            <h2 class="govuk-heading-m">${t('office.everything')}</h2>
            ${
              issued.length > 0
                ? html`<ul class="govuk-list">${issued.map((document) => html`<li><a class="govuk-link" href="/office/documents/${document.id}">${words.say(visit.language, `output.${document.output}.title`)}</a> ${document.reference}</li>`)}</ul>`
                : html`<p class="govuk-body">${t('office.no-documents')}</p>`
            }
            <p class="govuk-body-s">${t('office.seen')}</p>
          </div>
          <div class="ashlar-box">
            <h2 class="govuk-heading-m">${t('office.history')}</h2>
            ${timeline({ items: view.timeline.toReversed().map((entry) => toItem(visit, words, entry)) })}
          </div>`,
      })
    },
  })

  function reasonPage(visit: Visit, id: string) {
    const { t } = visit
    return visit.staff({
      at: 'queue',
      title: t('office.reason-title'),
      beforeContent: backLink({ text: t('office.queue'), href: '/office' }),
      content: html`
        <h1 class="govuk-heading-l">${t('office.reason-title')}</h1>
        <p class="govuk-body">${t('office.reason-text')}</p>
        <form method="get" action="/office/cases/${id}">
          ${textInput({ id: 'reason', name: 'reason', label: { text: t('office.reason-label') }, attributes: { required: '', maxlength: '500' } })}
          ${button({ text: t('office.reason-open') })}
        </form>`,
    })
  }

  function clockLine(visit: Visit, view: CaseView): Html | undefined {
    if (!view.clock) return undefined
    const left = timeLeft(visit, clock, view.clock.deadline, view.clock.pausedAt !== undefined)
    if (!left) return undefined
    const mark = left.is === 'late' ? 'ashlar-late' : left.is === 'today' || left.is === 'soon' ? 'ashlar-soon' : ''
    return html`<strong class="${mark}">${left.text}</strong> ${visit.t('office.of-term', { term: termOf(visit, view.clock.term) })}`
  }

  const nameOf = (officer: string) => faces.country.staff[officer]?.name ?? officer

  function taskActions(visit: Visit, task: TaskView): Html[] {
    const { t, token } = visit
    return task.claimedBy
      ? [
          html`<form method="post" action="/office/tasks/${task.id}/release">${token}${button({ text: t('office.release'), classes: 'govuk-button--secondary' })}</form>`,
        ]
      : [
          html`<form method="post" action="/office/tasks/${task.id}/claim">${token}${button({ text: t('office.claim'), classes: 'govuk-button--secondary' })}</form>`,
        ]
  }

  function taskBox(visit: Visit, words: Words, view: CaseView, task: TaskView): Html {
    const { t, language } = visit
    const left = timeLeft(visit, clock, task.due, false)
    return html`
      <section class="ashlar-box" aria-labelledby="task-${task.id}">
        <h2 class="govuk-heading-m" id="task-${task.id}">${words.say(language, `task.${task.name}.title`)}</h2>
        <p class="govuk-body">${words.say(language, `task.${task.name}.help`, {}, '')}</p>
        ${left && html`<p class="govuk-body"><strong>${left.text}</strong>${task.onExpiry && html` · ${t('office.deemed-if-late', { outcome: words.say(language, `task.${task.name}.outcome.${task.onExpiry}`) })}`}</p>`}
        ${Object.entries(task.facts)
          .filter(([, fact]) => fact !== null)
          .map(([name, fact]) =>
            details({
              summaryText: words.say(
                language,
                `evidence.${name}.title`,
                {},
                words.say(language, `rule.${name}.title`, {}, words.label(language, { name })),
              ),
              text: summaryList({ rows: factRows(visit, words, name, fact) }),
              open: true,
            }),
          )}
        ${
          task.yours
            ? html`<p><a class="govuk-button" role="button" draggable="false" href="/office/cases/${view.id}/tasks/${task.id}/decide">${t('office.decide')}</a></p>`
            : insetText({ text: t('office.not-yours', { role: visit.of(faces.country.roles[task.role]) }) })
        }
      </section>`
  }

  function ruleBox(visit: Visit, words: Words, rule: string, explanation: ReturnType<typeof explain>): Html {
    const { t, language } = visit
    const toRows = (row: ExplainedRow, isDecisive: boolean) => {
      const reason = row.reason ? words.say(language, row.reason) : t('office.rule-row', { number: row.row })
      return {
        rule: reason,
        ...(row.law ? { law: { text: row.law } } : {}),
        needed: html`${row.conditions.map((one, at) => html`${at > 0 && html`<br>`}${words.say(language, one.label, {}, one.input)}: ${one.needed.map((needed) => neededText(visit, needed)).join(' / ')}`)}`,
        found: html`${row.conditions.map((one, at) => html`${at > 0 && html`<br>`}${visit.fact(one.value) || t('office.nothing')}`)}`,
        result: isDecisive
          ? { text: t('office.rule-applies'), classes: 'govuk-tag--green' }
          : { text: t('office.rule-not'), classes: 'govuk-tag--grey' },
        isDecisive,
      }
    }
    return html`
      <h3 class="govuk-heading-s">${words.say(language, `rule.${rule}.title`)}</h3>
      ${ruleTrace({
        caption: words.say(language, `rule.${rule}.title`),
        heads: {
          rule: t('office.rule'),
          needed: t('office.rule-needed'),
          found: t('office.rule-found'),
          result: t('office.rule-result'),
        },
        rows: [
          ...explanation.passedOver.map((row) => toRows(row, false)),
          ...explanation.decided.map((row) => toRows(row, true)),
        ],
      })}`
  }

  function askAndNote(visit: Visit, view: CaseView): Html {
    const { t, token } = visit
    return html`
      ${details({
        summaryText: t('office.ask'),
        text: html`
          <form method="post" action="/office/cases/${view.id}/ask">
            ${token}<input type="hidden" name="version" value="${view.version}">
            ${textarea({ id: 'ask-text', name: 'text', label: { text: t('office.ask-label') }, hint: { text: t('office.ask-hint') } })}
            ${button({ text: t('office.ask-send') })}
          </form>`,
      })}
      ${details({
        summaryText: t('office.note'),
        text: html`
          <form method="post" action="/office/cases/${view.id}/notes">
            ${token}
            ${textarea({ id: 'note-text', name: 'text', label: { text: t('office.note-label') }, hint: { text: t('office.note-hint') } })}
            ${button({ text: t('office.note-save'), classes: 'govuk-button--secondary' })}
          </form>`,
      })}`
  }

  function toItem(visit: Visit, words: Words, entry: TimelineEntry) {
    const { t, language } = visit
    const data = entry.data as Record<string, string | null>
    const task = data?.task ? words.say(language, `task.${data.task}.title`, {}, data.task) : ''
    const outcome = data?.task && data.outcome ? words.say(language, `task.${data.task}.outcome.${data.outcome}`) : ''
    const reason =
      data?.task && data.outcome && data.reason ? words.say(language, `task.${data.task}.reason.${data.reason}`) : ''
    const result = data?.result ? words.say(language, `result.${data.result}.title`, {}, data.result) : ''
    const [kind, who] = entry.by.split(':')
    return {
      title: t(`office.event.${entry.kind}`, { task, outcome, result }),
      by: kind === 'staff' ? isolate(nameOf(who ?? '')) : t(`office.by.${kind}`),
      at: { datetime: entry.at, text: visit.time(entry.at) },
      ...(entry.text ? { text: entry.text } : reason ? { text: reason } : {}),
    }
  }

  for (const action of ['claim', 'release'] as const)
    http.post(`/office/tasks/:id/${action}`, {
      ...office,
      schema: { params: Params },
      handler: async (request, reply) => {
        const visit = faces.visit(request, reply)
        await cases[action](request.params.id, requireCaller(request).context)
        return visit.go(backOf(request.headers.referer))
      },
    })

  http.post('/office/cases/:id/ask', {
    ...office,
    schema: { params: Params, body: TextForm },
    handler: async (request, reply) => {
      const visit = faces.visit(request, reply)
      const { id } = request.params
      const text = request.body.text.trim()
      if (text)
        await cases.ask({ case: id, text, version: Number(request.body.version) }, requireCaller(request).context)
      return visit.go(`/office/cases/${id}`)
    },
  })

  http.post('/office/cases/:id/notes', {
    ...office,
    schema: { params: Params, body: TextForm },
    handler: async (request, reply) => {
      const visit = faces.visit(request, reply)
      const { id } = request.params
      const text = request.body.text.trim()
      if (text) await cases.addNote({ case: id, text }, requireCaller(request).context)
      return visit.go(`/office/cases/${id}`)
    },
  })

  http.get('/office/documents/:id', {
    ...office,
    schema: { params: Params },
    handler: async (request, reply) => {
      const pdf = await documents.pdf(request.params.id, requireCaller(request).context)
      return reply.type('application/pdf').header('content-disposition', 'inline').send(pdf)
    },
  })

  http.get('/live/office/cases/:id', {
    ...office,
    schema: { params: Params },
    handler: (request, reply) => {
      const { id } = request.params
      return reply.sse((stream) =>
        events.watch('cases.changed', ({ key, data }) => {
          if (key.includes(id) || (data as { case?: string })?.case === id) stream.send({ event: 'case', data: id })
        }),
      )
    },
  })
}

/** Back to the page of ours that the form stood on. */
function backOf(referer: string | undefined): string {
  if (!referer) return '/office'
  const { pathname } = new URL(referer)
  return pathname.startsWith('/office/') ? pathname : '/office'
}

export function caseStatus(
  { t, language }: Visit,
  words: Words,
  view: Pick<CaseView, 'status' | 'result' | 'stuck'>,
): { text: string; classes?: string } {
  if (view.status === 'closed')
    return {
      text: view.result ? words.say(language, `result.${view.result}.title`, {}, view.result) : t('office.closed'),
      classes: 'govuk-tag--green',
    }
  if (view.stuck) return { text: t('office.stuck'), classes: 'govuk-tag--red' }
  if (view.status === 'suspended') return { text: t('office.waits-applicant'), classes: 'govuk-tag--yellow' }
  return { text: t('office.to-decide'), classes: 'govuk-tag--blue' }
}

/** '10 working days' as the language says it. */
function termOf({ t }: Visit, term: string): string {
  const [count, ...unit] = term.split(' ')
  return t(`office.term.${unit.join('-').replace(/s$/, '')}`, { count: Number(count) })
}

type Needed = ExplainedRow['conditions'][number]['needed'][number]

function neededText(visit: Visit, needed: Needed): string {
  if (needed.kind === 'expression') return needed.source
  if (needed.kind === 'between')
    return visit.t('office.needed.between', { low: visit.fact(needed.low), high: visit.fact(needed.high) })
  return visit.t(`office.needed.${needed.kind}`, { value: visit.fact(needed.value) || visit.t('office.nothing') })
}
