// Mandates that one gives and holds: giving one, accepting, declining and revoking it.
import type { Visit } from '@ashlar/face'
import type { Act, Gift, GivenMandate, Named, Session } from '@ashlar/identity'
import { isDay } from '@ashlar/kernel/clock'
import { NotFound, NotSignedIn } from '@ashlar/kernel/http'
import { toLatinDigits } from '@ashlar/kernel/language'
import { parseMoney } from '@ashlar/kernel/money'
import { isProblem } from '@ashlar/kernel/problem'
import {
  backLink,
  banner,
  button,
  buttonGroup,
  checkboxes,
  dateInput,
  errorSummary,
  type Html,
  html,
  isolate,
  radios,
  summaryList,
  textInput,
} from '@ashlar/ui'
import type { FastifyReply } from 'fastify'
import { titleOf } from './acting.ts'
import { mandatePlaces, scopeRows, stateTag } from './mandate-words.ts'
import { fieldOf, fieldsOf, parameter, queried, type Site } from './site.ts'

type Side = 'held' | 'given'

export function mandatePages(site: Site): void {
  const why = 'Mandates are shown to those who gave or hold them.'

  for (const [path, side] of [
    ['/mandates', 'held'],
    ['/mandates/given', 'given'],
  ] as const)
    site.get(path, why, async (visit) => listPage(site, visit, await sessionOf(site, visit), side))

  site.get('/mandates/new', why, async (visit) => givePage(site, visit, await sessionOf(site, visit), {}, []))

  site.post('/mandates/new', why, async (visit) => {
    const session = await sessionOf(site, visit)
    const { gift, errors } = readGift(site, visit)
    if (gift === undefined || errors.length > 0) {
      visit.reply.code(422)
      return givePage(site, visit, session, fieldsOf(visit), errors)
    }
    try {
      await site.identity.giveMandate(gift, session)
      return visit.go('/mandates/given?done=given')
    } catch (error) {
      const field = isProblem(error) ? fieldOfProblem(error.code, error.members?.field) : undefined
      if (!isProblem(error) || field === undefined) throw error
      visit.reply.code(error.status)
      const text = visit.t(`portal.mandate.error.${error.code}`)
      return givePage(site, visit, session, fieldsOf(visit), [{ field, text }])
    }
  })

  site.post('/mandates/:id/:act', why, async (visit) => {
    const session = await sessionOf(site, visit)
    const { acceptMandate, declineMandate, revokeMandate } = site.identity
    const acts = { accept: acceptMandate, decline: declineMandate, revoke: revokeMandate }
    const act = parameter(visit, 'act')
    if (!Object.hasOwn(acts, act)) throw NotFound()
    const side = fieldOf(visit, 'side') === 'given' ? '/given' : ''
    try {
      await acts[act as keyof typeof acts](parameter(visit, 'id'), session)
      return visit.go(`/mandates${side}?done=${act}`)
    } catch (error) {
      // Changed by the other side while the page was open: the list says how it stands.
      if (isProblem(error) && error.code === 'mandate-moved-on') return visit.go(`/mandates${side}`)
      throw error
    }
  })
}

async function sessionOf(site: Site, visit: Visit): Promise<Session> {
  const session = await site.identity.authenticate(site.carrier.tokenOf(visit.request))
  if (session?.kind !== 'person') throw NotSignedIn()
  return session
}

async function listPage(site: Site, visit: Visit, session: Session, side: Side): Promise<FastifyReply> {
  const { t } = visit
  const mandates = await (side === 'held' ? site.identity.mandatesHeld : site.identity.mandatesGiven)(session)
  const titles = await Promise.all(
    mandates.map(({ services = [] }) => Promise.all(services.map((id) => titleOf(site, visit, id)))),
  )
  const done = queried(visit, 'done')
  const isKnown = done !== undefined && ['given', 'accept', 'decline', 'revoke'].includes(done)
  return visit.citizen({
    title: t(`portal.mandate.${side}.title`),
    at: 'home',
    noIndex: true,
    content: html`
      ${isKnown && banner({ type: 'success', signText: t('portal.account.success'), isAlert: true, text: t(`portal.mandate.done.${done}`) })}
      <h1 class="govuk-heading-xl">${t(`portal.mandate.${side}.title`)}</h1>
      ${mandatePlaces(visit, side)}
      <p class="govuk-body">${t(`portal.mandate.${side}.lead`)}</p>
      ${side === 'given' && html`<p class="govuk-body">${button({ text: t('portal.mandate.give'), href: '/mandates/new' })}</p>`}
      ${mandates.length === 0 && html`<p class="govuk-body">${t(`portal.mandate.${side}.none`)}</p>`}
      ${mandates.map((mandate, n) => mandateBox(visit, mandate, titles[n]!, side))}`,
  })
}

function mandateBox(visit: Visit, mandate: GivenMandate, titles: string[], side: Side): Html {
  const { t } = visit
  const { id, state, holder, represented } = mandate
  const other = side === 'held' ? represented.name : holder.name
  const isOpen = state === 'offered' || state === 'active'
  const act = (name: string, classes?: string) =>
    button({
      text: t(`portal.mandate.${name}`),
      ...(classes === undefined ? {} : { classes }),
      attributes: { formaction: `/mandates/${id}/${name}`, 'aria-describedby': `mandate-${id}` },
    })
  return html`
    <h2 class="govuk-heading-m" id="mandate-${id}">${visit.say(`portal.mandate.${side}.of`, { name: isolate(other) })} ${stateTag(visit, state)}</h2>
    ${summaryList({ rows: scopeRows(visit, mandate, titles) })}
    ${
      isOpen &&
      html`
        <form method="post" action="/mandates/${id}/revoke">
          ${visit.token}
          <input type="hidden" name="side" value="${side}">
          ${
            side === 'held' && state === 'offered'
              ? buttonGroup(act('accept'), act('decline', 'govuk-button--secondary'))
              : act('revoke', 'govuk-button--warning')
          }
        </form>`
    }`
}

interface FieldError {
  field: string
  text: string
}

async function givePage(
  site: Site,
  visit: Visit,
  { represented, name }: Session,
  typed: Record<string, unknown>,
  errors: FieldError[],
): Promise<FastifyReply> {
  const { t } = visit
  const { currency } = site.faces.country
  const services = (await site.catalogue.list(visit.language)).map(({ id, title }) => ({ value: id, text: title }))
  const title = t('portal.mandate.give')
  const one = (field: string) => String([typed[field]].flat()[0] ?? '')
  const message = (field: string) => {
    const error = errors.find((known) => known.field === field)
    return error && { text: error.text, visuallyHiddenText: t('portal.error.sign') }
  }
  const day = (field: string, label: string, isNested = false) =>
    dateInput({
      id: field,
      namePrefix: field,
      fieldset: { legend: { text: label, classes: isNested ? '' : 'govuk-fieldset__legend--s' } },
      errorMessage: message(field),
      items: (['day', 'month', 'year'] as const).map((part) => ({
        name: part,
        label: t(`portal.date.${part}`),
        value: one(`${field}-${part}`),
        error: message(field) === undefined ? undefined : true,
      })),
    })
  const number = (field: string, key: string) =>
    textInput({
      name: field,
      id: field,
      value: one(field),
      label: { text: t(`portal.mandate.${key}`) },
      classes: 'govuk-input--width-20',
      spellcheck: false,
      attributes: { dir: 'ltr', autocomplete: 'off' },
      errorMessage: message(field),
    })
  return visit.citizen({
    title: errors.length > 0 ? t('portal.error.title', { title }) : title,
    at: 'home',
    noIndex: true,
    beforeContent: backLink({ text: t('portal.mandate.given.title'), href: '/mandates/given' }),
    content: html`
      ${
        errors.length > 0 &&
        errorSummary({
          titleText: t('portal.error.summary'),
          errorList: errors.map(({ field, text }) => ({
            text,
            href: `#${['born', 'until'].includes(field) ? `${field}-day` : field}`,
          })),
        })
      }
      <h1 class="govuk-heading-xl">${title}</h1>
      <p class="govuk-body">${visit.say('portal.mandate.give-lead', { name: isolate(represented?.name ?? name) })}</p>
      <form method="post" action="/mandates/new" novalidate>
        ${visit.token}
        ${radios({
          name: 'kind',
          idPrefix: 'kind',
          value: one('kind'),
          errorMessage: message('kind'),
          fieldset: { legend: { text: t('portal.mandate.to'), classes: 'govuk-fieldset__legend--s' } },
          hint: { text: t('portal.mandate.to-hint') },
          items: [
            {
              value: 'person',
              text: t('portal.mandate.person'),
              conditional: {
                text: html`${number('number', 'person-number')}${day('born', t('portal.mandate.born'), true)}`,
              },
            },
            {
              value: 'organisation',
              text: t('portal.mandate.organisation'),
              conditional: { text: number('company', 'company-number') },
            },
          ],
        })}
        ${checkboxes({
          name: 'services',
          idPrefix: 'services',
          values: [typed.services ?? []].flat().map(String),
          fieldset: { legend: { text: t('portal.mandate.services'), classes: 'govuk-fieldset__legend--s' } },
          hint: { text: t('portal.mandate.services-hint') },
          items: services,
        })}
        ${radios({
          name: 'acts',
          idPrefix: 'acts',
          value: one('acts') || 'all',
          fieldset: { legend: { text: t('portal.mandate.acts'), classes: 'govuk-fieldset__legend--s' } },
          items: [
            { value: 'all', text: t('portal.mandate.all-acts') },
            { value: 'follow', text: t('portal.mandate.only.follow') },
          ],
        })}
        ${textInput({
          name: 'limit',
          id: 'limit',
          value: one('limit'),
          label: { text: t('portal.mandate.limit'), classes: 'govuk-label--s' },
          hint: { text: t('portal.mandate.limit-hint') },
          classes: 'govuk-input--width-10',
          inputmode: 'decimal',
          suffix: { text: currency.code },
          attributes: { dir: 'ltr' },
          errorMessage: message('limit'),
        })}
        ${day('until', t('portal.mandate.until-ask'))}
        ${checkboxes({
          name: 'delegate',
          idPrefix: 'delegate',
          values: [typed.delegate ?? []].flat().map(String),
          items: [{ value: 'yes', text: t('portal.mandate.delegate-ask') }],
        })}
        <p class="govuk-body">${t('portal.mandate.give-after')}</p>
        ${button({ text: t('portal.mandate.give'), preventDoubleClick: true })}
      </form>`,
  })
}

function readGift(site: Site, visit: Visit): { gift?: Gift; errors: FieldError[] } {
  const { t } = visit
  const { currency } = site.faces.country
  const errors: FieldError[] = []
  const wrong = (field: string, key = `portal.mandate.error.${field}`) => errors.push({ field, text: t(key) })
  const to = readParty(visit, wrong)
  const services = [fieldsOf(visit).services ?? []].flat().filter((one) => typeof one === 'string')
  const acts: Act[] | undefined = fieldOf(visit, 'acts') === 'follow' ? ['follow'] : undefined
  const typedLimit = fieldOf(visit, 'limit')
  const limit = typedLimit === undefined ? undefined : readMoney(typedLimit, currency.code, visit.language)
  if (typedLimit !== undefined && limit === undefined) wrong('limit')
  const until = readDay(visit, 'until')
  if (until === null || (until !== undefined && until <= site.clock.today())) wrong('until')
  if (to === undefined || errors.length > 0) return { errors }
  return {
    errors,
    gift: {
      to,
      ...(services.length === 0 ? {} : { services }),
      ...(acts === undefined ? {} : { acts }),
      ...(limit === undefined ? {} : { limit }),
      ...(typeof until === 'string' ? { validUntil: until } : {}),
      mayDelegate: fieldOf(visit, 'delegate') === 'yes',
    },
  }
}

function readParty(visit: Visit, wrong: (field: string) => void): Named | undefined {
  const kind = fieldOf(visit, 'kind')
  if (kind === 'organisation') {
    const number = fieldOf(visit, 'company')?.trim().slice(0, 40)
    if (number === undefined) wrong('company')
    return number === undefined ? undefined : { kind, number }
  }
  if (kind !== 'person') {
    wrong('kind')
    return undefined
  }
  const number = fieldOf(visit, 'number')?.trim().slice(0, 40)
  const born = readDay(visit, 'born')
  if (number === undefined) wrong('number')
  if (typeof born !== 'string') wrong('born')
  return number === undefined || typeof born !== 'string' ? undefined : { kind, number, born }
}

/** undefined: nothing was typed; null: no day. */
function readDay(visit: Visit, field: string): string | null | undefined {
  const [day, month, year] = ['day', 'month', 'year'].map((part) =>
    toLatinDigits(fieldOf(visit, `${field}-${part}`)?.trim().slice(0, 10) ?? ''),
  )
  if (!day && !month && !year) return undefined
  const text = `${year}-${month?.padStart(2, '0')}-${day?.padStart(2, '0')}`
  return isDay(text) ? text : null
}

function readMoney(text: string, currency: string, language: string) {
  try {
    const money = parseMoney(text, currency, language)
    return money.value >= 0 ? money : undefined
  } catch {
    return undefined // What is typed is no amount; the page says so.
  }
}

/** Where on the page a refusal belongs; undefined for one that is no matter of the form. */
function fieldOfProblem(code: string, field: unknown): string | undefined {
  if (code === 'holder-not-found') return 'kind'
  if (code === 'mandate-too-narrow') return 'services'
  if (code !== 'mandate-not-valid') return undefined
  return field === 'limit' ? 'limit' : field === 'validUntil' ? 'until' : 'kind'
}
