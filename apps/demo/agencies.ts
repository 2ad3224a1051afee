// The operator's page of the demonstration: agencies' systems switched up, slow or down, and what happens at a click.
import type { SandboxControl } from '@ashlar/agency-system'
import type { SystemState } from '@ashlar/exchange'
import type { Faces, Visit } from '@ashlar/face'
import type { Http } from '@ashlar/kernel/http'
import { backLink, button, type Html, html, isolate, table, tag } from '@ashlar/ui'
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'

/** Something that happens outside, at a click: data of the country, for a system that may tell it. */
export interface Occasion {
  id: string
  title: Record<string, string>
  system: string
  event: string
  /** Made anew each time. */
  data(): Record<string, unknown>
}

export interface AgencyPagesNeeds {
  http: Http
  faces: Faces
  agencies: {
    control: SandboxControl
    state(): Promise<SystemState[]>
    tryNow(agency: string, system: string): Promise<void>
    occasions: Occasion[]
  }
}

const modes = ['up', 'slow', 'down'] as const

export function agencyPages({ http, faces, agencies }: AgencyPagesNeeds): void {
  const open = { config: { public: 'Only the demonstration has it; it holds invented people only.' } }
  const change = { config: { ...open.config, idempotent: 'A switch stands as it was put last.' } }

  http.get<{ Querystring: { told?: string } }>('/demo/agencies', {
    ...open,
    schema: { querystring: Type.Object({ told: Type.Optional(Type.String({ maxLength: 10 })) }) },
    handler: async (request, reply) => {
      const [state, mode] = await Promise.all([agencies.state(), agencies.control.modes()])
      return page(faces.visit(request, reply), state, mode, request.query.told)
    },
  })

  http.post<{ Params: { agency: string; system: string }; Body: { mode?: string } }>('/demo/agencies/:agency/:system', {
    ...change,
    schema: {
      params: Type.Object({ agency: Type.String({ maxLength: 60 }), system: Type.String({ maxLength: 60 }) }),
    },
    handler: async (request, reply) => {
      const { agency, system } = request.params
      const mode = modes.find((one) => one === request.body?.mode)
      const known = (await agencies.state()).some((one) => one.agency === agency && one.system === system)
      if (known && mode !== undefined) {
        await agencies.control.setMode(`${agency}/${system}`, mode)
        if (mode === 'up') await agencies.tryNow(agency, system)
      }
      return reply.redirect('/demo/agencies', 303)
    },
  })

  http.post<{ Params: { id: string } }>('/demo/occasions/:id', {
    config: { ...open.config, idempotent: 'It happens again when one clicks again.' },
    schema: { params: Type.Object({ id: Type.String({ maxLength: 60 }) }) },
    handler: async (request, reply) => {
      const occasion = agencies.occasions.find(({ id }) => id === request.params.id)
      const status = occasion && (await agencies.control.notify(occasion.system, occasion.event, occasion.data()))
      return reply.redirect(`/demo/agencies?told=${status ?? 404}`, 303)
    },
  })

  function page(
    visit: Visit,
    state: SystemState[],
    mode: Awaited<ReturnType<SandboxControl['modes']>>,
    told: string | undefined,
  ): FastifyReply {
    const { t } = visit
    const nameOf = (agency: string) => visit.of(faces.country.agencies[agency]?.name) || agency
    const buttons = ({ agency, system }: SystemState): Html => html`
      <form method="post" action="/demo/agencies/${agency}/${system}">
        ${visit.token}
        ${modes.map((wanted) =>
          button({
            text: t(`demo.mode-${wanted}`),
            name: 'mode',
            value: wanted,
            classes: (mode[`${agency}/${system}`] ?? 'up') === wanted ? '' : 'govuk-button--secondary',
            attributes: { 'aria-label': `${t(`demo.mode-${wanted}`)}: ${nameOf(agency)}` },
          }),
        )}
      </form>`
    return visit.citizen({
      title: t('demo.agencies'),
      width: 'full',
      noIndex: true,
      beforeContent: backLink({ text: t('demo.title'), href: '/demo' }),
      content: html`
        <h1 class="govuk-heading-xl">${t('demo.agencies')}</h1>
        <p class="govuk-body">${t('demo.agencies-lead')}</p>
        ${told && html`<p class="govuk-inset-text" role="status">${t(told === '202' ? 'demo.told' : 'demo.not-told')}</p>`}
        ${table({
          stacks: true,
          head: [{ text: t('demo.agency') }, { text: t('demo.waits') }, { text: t('demo.mode') }],
          rows: state.map((one) => [
            { text: html`${nameOf(one.agency)}<br><bdi dir="ltr">${one.system}</bdi>` },
            {
              text: html`${t('demo.waiting', { count: one.waiting })}
                ${one.downSince && html`<br>${tag({ text: t('demo.silent', { at: visit.time(one.downSince) }), classes: 'govuk-tag--red' })}`}`,
            },
            { text: buttons(one) },
          ]),
        })}
        ${
          agencies.occasions.length > 0 &&
          html`
            <h2 class="govuk-heading-m">${t('demo.occasions')}</h2>
            ${agencies.occasions.map(
              ({ id, title }) => html`
                <form method="post" action="/demo/occasions/${id}">
                  ${visit.token}
                  ${button({ text: isolate(visit.of(title)) })}
                </form>`,
            )}`
        }`,
    })
  }
}
