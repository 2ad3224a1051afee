// The officer's queue: by legal deadline, with views that are kept, filters, and boxes to work on many at once.
import type { QueuedTask, SavedView } from '@ashlar/cases'
import { liveHref, type Visit } from '@ashlar/face'
import { requireCaller } from '@ashlar/kernel/http'
import {
  button,
  checkboxes,
  details,
  fieldset,
  filter,
  type Html,
  html,
  isolate,
  keys,
  pagination,
  queueTable,
  select,
  sideNavigation,
  statTiles,
  tag,
  textInput,
} from '@ashlar/ui'
import { Type } from 'typebox'
import {
  applicantKinds,
  ChoiceFields,
  type ChoiceForm,
  dues,
  hrefOf,
  readChoice,
  toForm,
  type ViewName,
  views,
} from './choice.ts'
import { noticesBox } from './life.ts'
import { type OfficeRooms, office } from './rooms.ts'
import { timeLeft } from './time-left.ts'

const Query = Type.Object({
  ...ChoiceFields,
  after: Type.Optional(Type.String({ maxLength: 500 })),
  lang: Type.Optional(Type.String({ maxLength: 35 })),
})

/** The narrowing fields; the view and the order stand apart. */
const narrowing = ['search', 'service', 'status', 'due', 'assignee', 'applicant', 'unit'] as const
const MOST = 1000

export function queuePages(rooms: OfficeRooms): void {
  const { http, faces, cases, catalogue, clock, live, wordsOf } = rooms
  const { staff, agencies } = faces.country

  http.get('/office', {
    ...office,
    schema: { querystring: Query },
    handler: async (request, reply) => {
      const visit = faces.visit(request, reply)
      const { t } = visit
      const { context, name } = requireCaller(request)
      const { after, lang: _lang, ...asked } = request.query
      const view = (Object.hasOwn(views, asked.view ?? '') ? asked.view : 'due') as ViewName
      const form: ChoiceForm = { ...asked, view }
      const choice = readChoice(form)
      const moment = await live.moment()
      const [page, counts, saved, services] = await Promise.all([
        cases.queue({ ...choice, ...(after ? { after } : {}) }, context),
        cases.counts({}, context),
        cases.savedViews(context),
        catalogue.list(visit.language),
      ])
      const [second = 0, ...ofSaved] = await cases.countsOf(
        [views['second-look'], ...saved.map((one) => one.choice)],
        context,
      )
      const own = services.filter(({ authority }) => authority === context.tenant)
      const titleOf = new Map(services.map(({ id, title }) => [id, title]))
      const figure = (count: number) => (count >= MOST ? t('office.at-least', { count: MOST }) : visit.number(count))
      const figures: Record<ViewName, string> = {
        due: figure(counts.open),
        unclaimed: figure(counts.unclaimed),
        mine: figure(counts.mine),
        late: figure(counts.late),
        today: figure(counts.late + counts.today),
        'second-look': figure(second),
      }
      const isSaved = (one: SavedView) => hrefOf(toForm(one.choice)) === hrefOf({ ...toForm(choice) })
      const current = saved.find(isSaved)
      const rows = await Promise.all(page.tasks.map((task) => toRow(visit, task)))
      const labelOf = (field: (typeof narrowing)[number], value: string): string => {
        if (field === 'service') return titleOf.get(value) ?? value
        if (field === 'search') return value
        if (field === 'unit') return visit.of(agencies[context.tenant ?? '']?.units[value]) || value
        if (field === 'assignee' && value !== 'nobody' && value !== 'me') return staff[value]?.name ?? value
        return t(`office.choice.${field}.${value}`)
      }
      const sortBy = (sort: string) => hrefOf({ ...form, sort })
      const colleagues = Object.values(staff).filter((one) => one.agency === context.tenant)
      const units = Object.entries(agencies[context.tenant ?? '']?.units ?? {})

      return visit.staff({
        at: 'queue',
        title: t('office.queue'),
        live: { href: liveHref({ href: '/live/office', moment }), text: t('office.live') },
        before: html`
          ${sideNavigation({
            heading: t('office.views'),
            items: [
              ...(Object.keys(views) as ViewName[]).map((one) => ({
                text: t(`office.view.${one}`),
                href: hrefOf({ view: one }),
                current: one === view && !current,
                note: figures[one],
              })),
              ...saved.map((one, at) => ({
                text: one.isShared
                  ? html`${isolate(one.name)} ${tag({ text: t('office.shared'), classes: 'govuk-tag--grey' })}`
                  : isolate(one.name),
                href: hrefOf(toForm(one.choice)),
                current: one === current,
                note: figure(ofSaved[at] ?? 0),
              })),
            ],
          })}
          ${current && (current.owner === context.actor.id || cases.isLeader(context)) && dropView(visit, current)}
          <form method="get" action="/office" role="search">
            ${textInput({
              id: 'search',
              name: 'search',
              label: { text: t('office.search') },
              value: form.search ?? '',
              attributes: { 'data-search': '', maxlength: '40', dir: 'ltr' },
            })}
            ${button({ text: t('office.find-go'), classes: 'govuk-button--secondary' })}
          </form>
          ${details({
            summaryText: t('office.filter'),
            open: narrowing.some((field) => form[field]),
            text: filter({
              heading: t('office.filter'),
              action: '/office',
              selected: {
                heading: t('office.filtered'),
                items: narrowing
                  .filter((field) => form[field])
                  .map((field) => ({
                    text: labelOf(field, form[field] as string),
                    removeText: t('office.filter-drop'),
                    href: hrefOf({ ...form, [field]: '' }),
                  })),
                clear: { text: t('office.filter-clear'), href: hrefOf({ view }) },
              },
              fields: [
                html`<input type="hidden" name="view" value="${view}">`,
                choose(
                  'service',
                  own.map(({ id, title }) => [id, title]),
                ),
                choose(
                  'status',
                  ['to-decide', 'second-look', 'waits-applicant', 'stuck'].map((one) => [
                    one,
                    t(`office.choice.status.${one}`),
                  ]),
                ),
                choose(
                  'due',
                  dues.map((one) => [one, t(`office.choice.due.${one}`)]),
                ),
                choose('assignee', [
                  ['nobody', t('office.choice.assignee.nobody')],
                  ['me', t('office.choice.assignee.me')],
                  ...colleagues.map(({ id, name }): [string, string] => [id, name]),
                ]),
                choose(
                  'applicant',
                  applicantKinds.map((one) => [one, t(`office.choice.applicant.${one}`)]),
                ),
                ...(units.length > 1
                  ? [
                      choose(
                        'unit',
                        units.map(([id, name]) => [id, visit.of(name)]),
                      ),
                    ]
                  : []),
              ],
              submitText: t('office.apply'),
            }),
          })}
          ${keepView(visit, choice)}`,
        content: html`
          <h1 class="govuk-heading-xl">${t('office.queue-of', { name: name ?? '' })}</h1>
          ${statTiles([
            { value: figure(counts.open), label: t('office.open'), href: hrefOf({ view: 'due' }) },
            { value: figure(counts.late), label: t('office.past'), href: hrefOf({ view: 'late' }) },
            { value: figure(counts.today), label: t('office.due-today'), href: hrefOf({ view: 'today' }) },
            { value: figure(counts.mine), label: t('office.with-me'), href: hrefOf({ view: 'mine' }) },
          ])}
          <div class="ashlar-row">
            <form method="post" action="/office/next">
              ${visit.token}
              ${button({ text: t('office.next'), attributes: { 'data-key': 'n' } })}
            </form>
            ${keys({
              label: t('office.keyboard'),
              keys: [
                { keys: ['J', 'K'], text: t('office.key-move') },
                { keys: ['X'], text: t('office.key-select') },
                { keys: ['Enter'], text: t('office.key-open') },
                { keys: ['N'], text: t('office.key-next') },
                { keys: ['/'], text: t('office.key-search') },
                { keys: ['?'], text: t('office.key-all') },
              ],
              off: t('office.keys-off'),
            })}
          </div>
          ${await noticesBox(rooms, visit)}
          <form method="post" action="/office/bulk/new">
            ${visit.token}
            ${Object.entries(toForm(choice)).map(([field, value]) => html`<input type="hidden" name="${field}" value="${value}">`)}
            ${queueTable({
              caption: current ? isolate(current.name) : t(`office.view.${view}`),
              select: { name: 'task', head: t('office.select') },
              reference: { text: t('office.case') },
              columns: [
                { text: t('office.service') },
                { text: t('office.task') },
                {
                  text: t('office.received'),
                  href: sortBy(form.sort === 'oldest' ? 'newest' : 'oldest'),
                  ...(form.sort === 'oldest'
                    ? { sort: 'ascending' }
                    : form.sort === 'newest'
                      ? { sort: 'descending' }
                      : {}),
                },
              ],
              deadline: {
                text: t('office.deadline'),
                href: sortBy('due'),
                ...(form.sort === undefined || form.sort === 'due' ? { sort: 'ascending' } : {}),
              },
              status: { text: t('office.status') },
              rows,
              empty: html`<h2 class="govuk-heading-m">${t('office.empty-title')}</h2><p class="govuk-body">${t('office.empty')}</p>`,
            })}
            ${rows.length > 0 && bulkBar(visit)}
          </form>
          ${page.next && pagination({ landmarkLabel: t('office.more'), next: { href: hrefOf({ ...form, after: page.next }), text: t('office.more') } })}
          ${rows.length > 0 && takeAway(visit, form)}`,
      })

      function choose(field: (typeof narrowing)[number], items: (readonly [string, string])[]): Html {
        return select({
          id: field,
          name: field,
          label: { text: t(`office.filter-${field}`) },
          items: [
            { value: '', text: t('office.any') },
            ...items.map(([value, text]) => ({ value, text, selected: value === form[field] })),
          ],
        })
      }

      async function toRow(visit: Visit, task: QueuedTask) {
        const words = await wordsOf({ id: task.service, version: task.serviceVersion })
        const left = timeLeft(visit, clock, task.due, task.status === 'suspended')
        const note = noteOf(visit, task, context.actor.id)
        return {
          value: task.task,
          selectLabel: t('office.select-one', { reference: task.reference }),
          reference: task.reference,
          href: `/office/cases/${task.caseId}`,
          cells: [
            titleOf.get(task.service) ?? task.service,
            words.say(visit.language, `task.${task.name}.title`),
            visit.date(task.openedAt),
          ],
          ...(left ? { deadline: left } : {}),
          status: statusOf(visit, task),
          ...(note ? { note } : {}),
        }
      }
    },
  })

  function noteOf(
    visit: Visit,
    { claimedBy, assigned, proposedBy }: QueuedTask,
    me: string,
  ): Html | string | undefined {
    if (proposedBy === me) return visit.t('office.proposed-by-me')
    if (claimedBy === undefined) return undefined
    if (claimedBy === me) return visit.t(assigned ? 'office.given-to-me' : 'office.claimed-by-me')
    const name = isolate(staff[claimedBy]?.name ?? claimedBy)
    return visit.say(assigned ? 'office.given-to' : 'office.claimed-by', { name })
  }

  // The case that the law wants decided next and that this officer can do, so that nobody picks the easy ones.
  http.post('/office/next', {
    ...office,
    handler: async (request, reply) => {
      const visit = faces.visit(request, reply)
      const taken = await cases.takeNext(requireCaller(request).context)
      return visit.go(taken ? `/office/cases/${taken.caseId}` : '/office?view=unclaimed')
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

function bulkBar({ t }: Visit): Html {
  const act = (value: string, classes = 'govuk-button--secondary') =>
    button({ text: t(`office.bulk.act.${value}`), name: 'act', value, classes })
  return fieldset({
    legend: { text: t('office.bulk.with-selected'), classes: 'govuk-fieldset__legend--s' },
    content: html`
      <div class="ashlar-row">${act('decide', '')}${act('assign')}${act('release')}${act('note')}</div>
      ${checkboxes({ name: 'all', classes: 'govuk-checkboxes--small', items: [{ value: 'yes', text: t('office.bulk.all') }] })}
      <p class="govuk-body-s">${t('office.bulk.hint')}</p>`,
  })
}

function keepView({ t, token }: Visit, choice: object): Html {
  return details({
    summaryText: t('office.view-keep'),
    text: html`
      <form method="post" action="/office/views">
        ${token}
        <input type="hidden" name="choice" value="${JSON.stringify(choice)}">
        ${textInput({ id: 'view-name', name: 'name', label: { text: t('office.view-name') }, attributes: { maxlength: '60', dir: 'auto' } })}
        ${checkboxes({ name: 'shared', classes: 'govuk-checkboxes--small', items: [{ value: 'yes', text: t('office.view-share') }] })}
        ${button({ text: t('office.view-save'), classes: 'govuk-button--secondary' })}
      </form>`,
  })
}

function dropView({ t, token }: Visit, view: SavedView): Html {
  return html`
    <form method="post" action="/office/views/${view.id}/drop">
      ${token}${button({ text: t('office.view-drop'), classes: 'govuk-button--secondary' })}
    </form>`
}

/** The list as a file; what is on the page and nothing more. */
function takeAway({ t }: Visit, form: ChoiceForm): Html {
  return html`
    <p class="govuk-body">${t('office.take-away')}${' '}<a class="govuk-link" href="${hrefOf(form, '/office/queue.csv')}" download>CSV</a> ·
      <a class="govuk-link" href="${hrefOf(form, '/office/queue.xlsx')}" download>XLSX</a>
    </p>`
}

export function statusOf(
  { t }: Visit,
  { status, waitsFor, stuck, state }: QueuedTask,
): { text: string; classes?: string } {
  if (stuck) return { text: t('office.stuck'), classes: 'govuk-tag--red' }
  if (waitsFor === 'applicant' || status === 'suspended')
    return { text: t('office.waits-applicant'), classes: 'govuk-tag--yellow' }
  if (state === 'proposed') return { text: t('office.to-confirm'), classes: 'govuk-tag--purple' }
  return { text: t('office.to-decide'), classes: 'govuk-tag--blue' }
}
