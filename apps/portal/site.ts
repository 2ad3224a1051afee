// What all places of the portal share: what they need of the house, how they declare their routes, and who is there.
import type { Cases } from '@ashlar/cases'
import type { Catalogue } from '@ashlar/catalogue'
import type { Consent } from '@ashlar/consent'
import type { Decisions } from '@ashlar/decisions'
import type { Documents } from '@ashlar/documents'
import type { Exchange } from '@ashlar/exchange'
import { createLive, type Faces, type Live, type Visit } from '@ashlar/face'
import { type Carrier, type Identity, MandateTooNarrow } from '@ashlar/identity'
import type { Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import type { Http } from '@ashlar/kernel/http'
import type { Messaging } from '@ashlar/messaging'
import type { Payments } from '@ashlar/payments'
import type { Registries } from '@ashlar/registries'
import type { FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify'
import { createGuests, type Guests } from './guest.ts'

export interface PortalNeeds {
  http: Http
  faces: Faces
  clock: Clock
  /** For pages that show changes as they happen. */
  events: Pick<Events, 'watch' | 'moment' | 'hasHappened'>
  catalogue: Pick<Catalogue, 'get' | 'list'>
  cases: Pick<
    Cases,
    | 'startDraft'
    | 'getDraft'
    | 'draftsOf'
    | 'saveDraft'
    | 'resumeCode'
    | 'resumeDraft'
    | 'discardDraft'
    | 'submit'
    | 'applicationsOf'
    | 'getApplication'
    | 'requestsOf'
    | 'getRequest'
    | 'offersOf'
    | 'takeOffer'
    | 'declineOffer'
    | 'legsOf'
    | 'answer'
    | 'withdraw'
    | 'writeToOffice'
    | 'markMessagesRead'
    | 'answerExtension'
  >
  payments: Pick<Payments, 'get' | 'checkout' | 'billsOf' | 'billsOfCase' | 'refundsOf'>
  exchange: Pick<Exchange, 'messagesOf'>
  messaging: Pick<Messaging, 'inbox' | 'unread' | 'get' | 'markRead' | 'preferences' | 'setPreferences'>
  consent: Pick<Consent, 'usesOf' | 'ask' | 'questionAbout'>
  registries: Pick<Registries, 'mine'>
  documents: Pick<Documents, 'of' | 'ofCase' | 'get' | 'pdf' | 'verify' | 'verificationKeys' | 'uploads'>
  decisions: Pick<Decisions, 'ofCase'>
  identity: Pick<
    Identity,
    | 'authenticate'
    | 'signOut'
    | 'code'
    | 'passkey'
    | 'nameOf'
    | 'mandatesOf'
    | 'representation'
    | 'actFor'
    | 'giveMandate'
    | 'mandatesGiven'
    | 'mandatesHeld'
    | 'acceptMandate'
    | 'declineMandate'
    | 'revokeMandate'
  >
  /** How the server carries the tokens of sessions. */
  carrier: Carrier
  /** 32 bytes or more, the same in every process: links by which guests follow their applications. */
  secret: Buffer
  /** Where people reach us, without a slash at the end. */
  baseUrl: string
  /** Where people pay; forms may lead there. */
  paymentOrigin?: string
}

type Handler = (visit: Visit) => FastifyReply | Promise<FastifyReply>

export interface Site extends PortalNeeds {
  guests: Guests
  live: Live
  /** Declares a page. `why` says why everybody may come here; what is a person's asks for them by itself. */
  get(path: string, why: string, handler: Handler): void
  post(path: string, why: string, handler: Handler, options?: Pick<RouteShorthandOptions, 'config'>): void
}

/** What a mandate for some services does not open: the mail, papers, records and settings of whom one acts for. */
const isPrivate = (path: string): boolean => /^\/(messages|my-data|account)(\/|$)|^\/documents$/.test(path)

/** Messages not read yet, beside their place in the navigation; found out before the page is drawn. */
const unread = new WeakMap<FastifyRequest, number>()

export function createSite(needs: PortalNeeds): Site {
  const { http, faces, messaging } = needs

  const handle = (handler: Handler) => async (request: FastifyRequest, reply: FastifyReply) => {
    const visit = faces.visit(request, reply)
    if (request.caller?.isLimited && isPrivate(request.routeOptions.url ?? '')) throw MandateTooNarrow('act')
    const subject = subjectOf(visit)
    if (subject !== undefined && request.method === 'GET' && !request.caller?.isLimited)
      unread.set(request, await messaging.unread(subject))
    return handler(visit)
  }

  faces.navigation('citizen', (visit) => {
    const { t, request } = visit
    const services = { at: 'services', href: '/services', text: t('portal.nav.services') }
    if (subjectOf(visit) === undefined)
      return [
        { at: 'home', href: '/', text: t('portal.nav.home') },
        services,
        { at: 'verify', href: '/verify', text: t('portal.nav.verify') },
      ]
    const applications = { at: 'applications', href: '/applications', text: t('portal.nav.applications') }
    if (request.caller?.isLimited)
      return [{ at: 'home', href: '/', text: t('portal.nav.home') }, services, applications]
    return [
      { at: 'home', href: '/', text: t('portal.nav.home') },
      services,
      { at: 'applications', href: '/applications', text: t('portal.nav.applications') },
      { at: 'documents', href: '/documents', text: t('portal.nav.documents') },
      { at: 'messages', href: '/messages', text: t('portal.nav.messages', { count: unread.get(request) ?? 0 }) },
      { at: 'my-data', href: '/my-data', text: t('portal.nav.my-data') },
    ]
  })

  return {
    ...needs,
    guests: createGuests(needs),
    live: createLive(needs),
    get: (path, why, handler) => void http.get(path, { config: { public: why }, handler: handle(handler) as never }),
    post: (path, why, handler, options) =>
      void http.post(path, { config: { ...options?.config, public: why }, handler: handle(handler) as never }),
  }
}

/** Whose own matters the visitor may see: the person who is signed in or represented. Officers have none here. */
export function subjectOf({ request }: Visit): string | undefined {
  return request.caller?.context.subject
}

export function parameter({ request }: Visit, name: string): string {
  return String((request.params as Record<string, unknown>)[name] ?? '')
}

/** A single value of the address after the '?'. */
export function queried({ request }: Visit, name: string): string | undefined {
  const value = (request.query as Record<string, unknown> | undefined)?.[name]
  return typeof value === 'string' && value !== '' ? value.slice(0, 2000) : undefined
}

/** The fields of the form that was sent; what is no form has none. */
export function fieldsOf({ request }: Visit): Record<string, unknown> {
  const { body } = request
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body } : {}
}

export function fieldOf(visit: Visit, name: string): string | undefined {
  const value = fieldsOf(visit)[name]
  return typeof value === 'string' && value.trim() !== '' ? value : undefined
}
