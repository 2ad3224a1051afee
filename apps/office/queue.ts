// The officer's queue: by legal deadline, with saved views and the next case to take.
import type { QueuedTask, QueueRequest } from '@ashlar/cases'
import { liveHref, type Visit } from '@ashlar/face'
import { type Clock, endOfDay } from '@ashlar/kernel/clock'
import { requireCaller } from '@ashlar/kernel/http'
import { isProblem } from '@ashlar/kernel/problem'
import { button, html, isolate, keys, pagination, queueTable, select, sideNavigation, statTiles } from '@ashlar/ui'
import { Type } from 'typebox'
import { type OfficeRooms, office } from './rooms.ts'
import { timeLeft } from './time-left.ts'

const views = ['due', 'unclaimed', 'mine', 'late', 'today'] as const
type View = (typeof views)[number]

const Query = Type.Object({
  view: Type.Optional(Type.String({ maxLength: 20 })),
  service: Type.Optional(Type.String({ maxLength: 100 })),
  after: Type.Optional(Type.String({ maxLength: 500 })),
  lang: Type.Optional(Type.String({ maxLength: 35 })),
})

export function queuePages(rooms: OfficeRooms): void {
  const { http, faces, cases, catalogue, clock, live, wordsOf } = rooms

  http.get('/office', {
    ...office,
    schema: { querystring: Query },
    handler: async (request, reply) => {
      const visit = faces.visit(request, reply)
      const { t } = visit
      const { context, name } = requireCaller(request)
      const view = views.find((one) => one === request.query.view) ?? 'due'
      const service = request.query.service || undefined
      const filter = service ? { service } : {}
      const moment = await live.moment()
      const [page, counts, services] = await Promise.all([
        cases.queue(
          { ...filter, ...limits(view, clock), ...(request.query.after ? { after: request.query.after } : {}) },
          context,
        ),
        cases.counts(filter, context),
        catalogue.list(visit.language),
      ])
      const own = services.filter(({ authority }) => authority === context.tenant)
      const titleOf = new Map(services.map(({ id, title }) => [id, title]))
      const figure = (count: number) =>
        count >= counts.most ? t('office.at-least', { count: counts.most }) : visit.number(count)
      const hrefOf = (over: Record<string, string>) =>
        `/office?${new URLSearchParams({ view, ...(service ? { service } : {}), ...over })}`
      const rows = await Promise.all(page.tasks.map((task) => toRow(visit, task)))

      return visit.staff({
        at: 'queue',
        title: t('office.queue'),
        live: { href: liveHref({ href: '/live/office', moment }), text: t('office.live') },
        before: html`
          ${sideNavigation({
            heading: t('office.views'),
            items: views.map((one) => ({
              text: t(`office.view.${one}`),
              href: hrefOf({ view: one }),
              current: one === view,
              note: {
                due: figure(counts.open),
                unclaimed: figure(counts.unclaimed),
                mine: figure(counts.mine),
                late: figure(counts.late),
                today: figure(counts.late + counts.today),
              }[one],
            })),
          })}
          <form method="get" action="/office">
            <input type="hidden" name="view" value="${view}">
            ${select({
              id: 'service',
              name: 'service',
              label: { text: t('office.filter-service') },
              items: [
                { value: '', text: t('office.all-services') },
                ...own.map(({ id, title }) => ({ value: id, text: title, selected: id === service })),
              ],
            })}
            ${button({ text: t('office.apply'), classes: 'govuk-button--secondary' })}
          </form>`,
        content: html`
          <h1 class="govuk-heading-xl">${t('office.queue-of', { name: name ?? '' })}</h1>
          ${statTiles([
            { value: figure(counts.open), label: t('office.open') },
            { value: figure(counts.late), label: t('office.past') },
            { value: figure(counts.today), label: t('office.due-today') },
            { value: figure(counts.mine), label: t('office.with-me') },
          ])}
          <div class="ashlar-row">
            <form method="post" action="/office/next">
              ${visit.token}
              ${button({ text: t('office.next') })}
            </form>
            ${keys({
              label: t('office.keyboard'),
              keys: [
                { keys: ['J', 'K'], text: t('office.key-move') },
                { keys: ['Enter'], text: t('office.key-open') },
                { keys: ['?'], text: t('office.key-all') },
              ],
              off: t('office.keys-off'),
            })}
          </div>
          ${queueTable({
            caption: t(`office.view.${view}`),
            reference: { text: t('office.case') },
            columns: [{ text: t('office.service') }, { text: t('office.task') }, { text: t('office.received') }],
            deadline: { text: t('office.deadline'), sort: 'ascending' },
            status: { text: t('office.status') },
            rows,
            empty: html`<h2 class="govuk-heading-m">${t('office.empty-title')}</h2><p class="govuk-body">${t('office.empty')}</p>`,
          })}
          ${page.next && pagination({ landmarkLabel: t('office.more'), next: { href: hrefOf({ after: page.next }), text: t('office.more') } })}`,
      })

      async function toRow(visit: Visit, task: QueuedTask) {
        const words = await wordsOf({ id: task.service, version: await versionOf(task.service) })
        const left = timeLeft(visit, clock, task.due, task.status === 'suspended')
        return {
          reference: task.reference,
          href: `/office/cases/${task.caseId}`,
          cells: [
            titleOf.get(task.service) ?? task.service,
            words.say(visit.language, `task.${task.name}.title`),
            visit.date(task.openedAt),
          ],
          ...(left ? { deadline: left } : {}),
          status: statusOf(visit, task),
          ...(task.claimedBy ? { note: noteOf(visit, task.claimedBy, context.actor.id) } : {}),
        }
      }
    },
  })

  const versionOf = async (service: string) => (await catalogue.get(service)).version
  const noteOf = (visit: Visit, officer: string, me: string) =>
    officer === me
      ? visit.t('office.claimed-by-me')
      : visit.say('office.claimed-by', { name: isolate(faces.country.staff[officer]?.name ?? officer) })

  // The case that the law wants decided next, so that nobody picks the easy ones.
  http.post('/office/next', {
    ...office,
    handler: async (request, reply) => {
      const visit = faces.visit(request, reply)
      const { context } = requireCaller(request)
      for (let tries = 0; tries < 5; tries += 1) {
        const { tasks } = await cases.queue({ unclaimed: true, limit: 1 }, context)
        const [task] = tasks
        if (!task) break
        try {
          await cases.claim(task.task, context)
          return visit.go(`/office/cases/${task.caseId}`)
        } catch (error) {
          // A colleague was quicker: the next one, then.
          if (!isProblem(error)) throw error
        }
      }
      return visit.go('/office?view=unclaimed')
    },
  })

  http.get('/live/office', {
    ...office,
    handler: (request, reply) => {
      const { tenant } = requireCaller(request).context
      return live.stream(request, reply, [`agency:${tenant}`])
    },
  })
}

function limits(view: View, clock: Clock): Omit<QueueRequest, 'after'> {
  switch (view) {
    case 'unclaimed':
      return { unclaimed: true }
    case 'mine':
      return { mine: true }
    case 'late':
      return { dueBy: clock.now().toISOString() }
    case 'today':
      return { dueBy: endOfDay(clock.today(), clock.zone).toISOString() }
    default:
      return {}
  }
}

function statusOf({ t }: Visit, { status, waitsFor, stuck }: QueuedTask): { text: string; classes?: string } {
  if (stuck) return { text: t('office.stuck'), classes: 'govuk-tag--red' }
  if (waitsFor === 'applicant' || status === 'suspended')
    return { text: t('office.waits-applicant'), classes: 'govuk-tag--yellow' }
  return { text: t('office.to-decide'), classes: 'govuk-tag--blue' }
}
