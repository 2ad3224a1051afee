// The board of a team: what it has to do, who has how much, what falls due, who is away; for who leads it.
import type { TeamBoard } from '@ashlar/cases'
import type { Visit } from '@ashlar/face'
import { requireCaller } from '@ashlar/kernel/http'
import { isProblem } from '@ashlar/kernel/problem'
import {
  banner,
  barChart,
  button,
  details,
  type Html,
  html,
  isolate,
  select,
  statTiles,
  table,
  tag,
  textInput,
} from '@ashlar/ui'
import { Type } from 'typebox'
import { hrefOf } from './choice.ts'
import { type OfficeRooms, office } from './rooms.ts'

const Query = Type.Object({
  notice: Type.Optional(Type.String({ maxLength: 40 })),
  count: Type.Optional(Type.String({ maxLength: 6, pattern: '^[0-9]*$' })),
  left: Type.Optional(Type.String({ maxLength: 6, pattern: '^[0-9]*$' })),
  lang: Type.Optional(Type.String({ maxLength: 35 })),
})

export function teamPages({ http, faces, cases }: OfficeRooms): void {
  const { country } = faces

  http.get('/office/team', {
    ...office,
    schema: { querystring: Query },
    handler: async (request, reply) => {
      const visit = faces.visit(request, reply)
      const { context } = requireCaller(request)
      const board = await cases.teamBoard(context)
      const { t, token } = visit
      const unit = country.agencies[context.tenant ?? '']?.units[board.unit ?? '']
      const { notice, count = '0', left = '0' } = request.query
      return visit.staff({
        at: 'team',
        title: t('office.team'),
        content: html`
          ${
            (notice === 'shared' || notice === 'moved') &&
            banner({
              signText: t('office.done'),
              text: t(`office.team-notice.${notice}`, { count: Number(count), left: Number(left) }),
            })
          }
          ${notice === 'absence-not-valid' && banner({ type: 'warning', signText: t('office.warning'), isAlert: true, text: t('office.problem.absence-not-valid') })}
          <h1 class="govuk-heading-xl">${t('office.team')}${unit && html`: ${visit.of(unit)}`}</h1>
          ${statTiles([
            { value: visit.number(board.open), label: t('office.open'), href: '/office' },
            { value: visit.number(board.late), label: t('office.past'), href: hrefOf({ view: 'late' }) },
            { value: visit.number(board.unclaimed), label: t('office.nobodys'), href: hrefOf({ view: 'unclaimed' }) },
            { value: visit.number(board.second), label: t('office.to-confirm'), href: hrefOf({ view: 'second-look' }) },
          ])}
          <form method="post" action="/office/team/share">
            ${token}${button({ text: t('office.share-out'), preventDoubleClick: true })}
          </form>
          <p class="govuk-body">${t('office.share-out-hint')}</p>
          ${membersTable(visit, board)}
          ${dueChart(visit, board)}
          ${absences(visit, board)}`,
      })
    },
  })

  http.post('/office/team/share', {
    ...office,
    handler: async (request, reply) => {
      const { assigned, left } = await cases.shareOut(requireCaller(request).context)
      return faces.visit(request, reply).go(`/office/team?notice=shared&count=${assigned}&left=${left}`)
    },
  })

  http.post('/office/team/:officer/rebalance', {
    ...office,
    schema: { params: Type.Object({ officer: Type.String({ maxLength: 100 }) }) },
    handler: async (request, reply) => {
      const { assigned, released } = await cases.rebalance(request.params.officer, requireCaller(request).context)
      return faces.visit(request, reply).go(`/office/team?notice=moved&count=${assigned}&left=${released}`)
    },
  })

  http.post('/office/team/absences', {
    ...office,
    schema: {
      body: Type.Object({
        officer: Type.String({ maxLength: 100 }),
        from: Type.String({ maxLength: 20 }),
        until: Type.String({ maxLength: 20 }),
      }),
    },
    handler: async (request, reply) => {
      const visit = faces.visit(request, reply)
      try {
        await cases.noteAbsence(request.body, requireCaller(request).context)
        return visit.go('/office/team')
      } catch (error) {
        if (!isProblem(error) || error.code !== 'absence-not-valid') throw error
        return visit.go('/office/team?notice=absence-not-valid')
      }
    },
  })

  http.post('/office/team/absences/:id/drop', {
    ...office,
    schema: { params: Type.Object({ id: Type.String({ maxLength: 100 }) }) },
    handler: async (request, reply) => {
      await cases.dropAbsence(request.params.id, requireCaller(request).context)
      return faces.visit(request, reply).go('/office/team')
    },
  })

  const nameOf = (id: string) => isolate(country.staff[id]?.name ?? id)

  function membersTable(visit: Visit, { members }: TeamBoard): Html {
    const { t, token } = visit
    return table({
      caption: t('office.who-has-what'),
      captionClasses: 'govuk-table__caption--m',
      head: [
        { text: t('office.officer') },
        { text: t('office.open'), format: 'numeric' },
        { text: t('office.past'), format: 'numeric' },
        { text: t('office.working-share'), format: 'numeric' },
        { text: t('office.skills') },
        { text: t('office.do') },
      ],
      stacks: true,
      rows: members.map((one) => [
        {
          text: html`${nameOf(one.id)} ${one.isAway && tag({ text: t('office.away'), classes: 'govuk-tag--yellow' })}`,
        },
        {
          text: html`<a class="govuk-link" href="${hrefOf({ assignee: one.id })}">${visit.number(one.open)}</a>`,
          format: 'numeric',
        },
        { text: visit.number(one.late), format: 'numeric' },
        { text: t('office.percent', { percent: one.share }), format: 'numeric' },
        { text: visit.list(one.skills.map((skill) => visit.of(country.skills[skill]) || skill)) || '–' },
        {
          text:
            one.open > 0
              ? html`
                <form method="post" action="/office/team/${one.id}/rebalance">
                  ${token}<button class="govuk-button govuk-button--secondary" type="submit">${t('office.give-on')}<span class="govuk-visually-hidden">: ${nameOf(one.id)}</span></button>
                </form>`
              : '–',
        },
      ]),
    })
  }

  function dueChart(visit: Visit, { due }: TeamBoard): Html {
    const { t } = visit
    const most = due.reduce((top, one) => (one.count > top.count ? one : top), due[0] ?? { day: '', count: 0 })
    const sum = due.reduce((total, { count }) => total + count, 0)
    return barChart({
      title: t('office.due-days'),
      summary:
        sum === 0
          ? t('office.due-none')
          : t('office.due-summary', { count: sum, most: most.count, day: visit.date(most.day) }),
      heads: [t('office.day'), t('office.open')],
      tableText: t('office.as-table'),
      bars: due.map(({ day, count }) => ({
        label: visit.date(day),
        short: visit.number(Number(day.slice(8))),
        value: count,
        text: visit.number(count),
      })),
    })
  }

  function absences(visit: Visit, board: TeamBoard): Html {
    const { t, token } = visit
    return html`
      <h2 class="govuk-heading-m">${t('office.absences')}</h2>
      ${board.absences.length === 0 && html`<p class="govuk-body">${t('office.nobody-away')}</p>`}
      ${board.absences.map(
        ({ id, officer, from, until }) => html`
          <form method="post" action="/office/team/absences/${id}/drop" class="ashlar-row">
            ${token}<span>${nameOf(officer)}: ${t('office.from-until', { from: visit.date(from), until: visit.date(until) })}</span>
            <button class="govuk-button govuk-button--secondary" type="submit">${t('office.absence-drop')}<span class="govuk-visually-hidden">: ${nameOf(officer)}</span></button>
          </form>`,
      )}
      ${details({
        summaryText: t('office.absence-note'),
        text: html`
          <form method="post" action="/office/team/absences">
            ${token}
            ${select({
              id: 'officer',
              name: 'officer',
              label: { text: t('office.officer') },
              items: board.members.map(({ id }) => ({ value: id, text: country.staff[id]?.name ?? id })),
            })}
            ${textInput({ id: 'from', name: 'from', type: 'date', label: { text: t('office.first-day') } })}
            ${textInput({ id: 'until', name: 'until', type: 'date', label: { text: t('office.last-day') } })}
            ${button({ text: t('office.absence-save'), classes: 'govuk-button--secondary' })}
          </form>`,
      })}`
  }
}
