// One request to a face: in which language, for whom, and everything that stands around its page.
import { type Country, cite } from '@ashlar/catalogue'
import { type Http, NotSignedIn } from '@ashlar/kernel/http'
import type { Texts, TextValues } from '@ashlar/kernel/language'
import type { Problem } from '@ashlar/kernel/problem'
import {
  type CitizenPageProps,
  citizenPage,
  errorPage,
  type Face,
  type Html,
  html,
  isolate,
  type NavigationItem,
  phaseBanner,
  type StaffPageProps,
  scriptFile,
  staffPage,
  type Theme,
  trustedHtml,
} from '@ashlar/ui'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { phrase } from './phrase.ts'
import { isSendable, sendAgain } from './send-again.ts'
import { createWriter, type Writer } from './writer.ts'

export const SESSION_COOKIE = 'ashlar_session'
const LANGUAGE_COOKIE = 'ashlar_language'

export interface FacesNeeds {
  http: Http
  texts: Texts
  country: Country
  theme: Theme
  staffTheme: Theme
  baseUrl: string
  demo: boolean
}

/** What a page needs of the request it answers. Made once a request by `faces.visit`. */
export interface Visit extends Writer {
  request: FastifyRequest
  reply: FastifyReply
  language: string
  direction: 'ltr' | 'rtl'
  /** A text of the faces in the visitor's language. */
  t(key: string, values?: TextValues): string
  /** The same with markup in it: a link, a name in its own direction. Each part stands where the text has its name. */
  say(key: string, parts: Record<string, Html | string>, values?: TextValues): Html
  /** A law as it is cited in the visitor's language; as it is written where it has no name in it. */
  cite(law: string): string
  /** The hidden field that every form of a signed-in visitor carries. */
  token: Html
  /** The register's id of the person who is signed in or represented. Throws NotSignedIn, which leads to the sign-in page. */
  person(): string
  /** Whether this is a signed-in officer. */
  isStaff: boolean
  /** Answers with a page for citizens; `at` marks the place in the navigation: 'home', 'services', … */
  citizen(props: CitizenPageProps & CitizenPlace): FastifyReply
  /** Answers with a page for officers. */
  staff(props: StaffPageProps & { at?: string }): FastifyReply
  /** Goes to another page of ours after a form (303). */
  go(path: string): FastifyReply
}

/** Where a citizen's page stands: in the navigation, or within a public service, whose name then stands in its place. */
export interface CitizenPlace {
  at?: string
  within?: { text: string; href: string }
}

export interface Faces {
  visit(request: FastifyRequest, reply: FastifyReply): Visit
  /** Items of a navigation, by face; each face registers its own. `count` beside a text is the visitor's own. */
  navigation(face: 'citizen' | 'staff', items: NavigationOf): void
  texts: Texts
  country: Country
}

type NavigationOf = (visit: Visit) => { at: string; href: string; text: string }[]

export function createFaces({ http, texts, country, theme, staffTheme, baseUrl, demo }: FacesNeeds): Faces {
  const navigations: Record<'citizen' | 'staff', NavigationOf> = { citizen: () => [], staff: () => [] }
  const writers = new Map(
    country.languages.map(({ code, locale }) => {
      const words = { yes: texts.text(code, 'face.yes'), no: texts.text(code, 'face.no') }
      return [code, createWriter(code, country.zone, words, locale)]
    }),
  )
  const isOurs = (code: unknown): code is string => typeof code === 'string' && writers.has(code)

  function languageOf(request: FastifyRequest): string {
    const asked = (request.query as { lang?: unknown } | undefined)?.lang
    if (isOurs(asked)) return asked
    const kept = request.cookies[LANGUAGE_COOKIE]
    return isOurs(kept) ? kept : texts.choose(request.headers['accept-language'])
  }

  /** The same page in another language: only what can be asked for again by its address. */
  function hrefIn(request: FastifyRequest, code: string): string {
    const url = new URL(request.method === 'GET' ? request.url : (request.headers.referer ?? request.url), baseUrl)
    url.searchParams.set('lang', code)
    // '/.//other' is the path '//other', which a browser would take for another website.
    return url.pathname.replace(/^\/+/, '/') + url.search
  }

  function faceOf(
    visit: Omit<Visit, 'citizen' | 'staff'>,
    kind: 'citizen' | 'staff',
    { at, within }: CitizenPlace = {},
  ): Face {
    const { request, t, language, direction } = visit
    const name = visit.of(country.name)
    const caller = request.caller
    const alternates = country.languages.map(({ code }) => ({ lang: code, href: baseUrl + hrefIn(request, code) }))
    const items: NavigationItem[] = navigations[kind](visit as Visit).map(({ at: place, href, text }) => ({
      href,
      text,
      active: place === at,
    }))
    const represented = caller?.context.represented
    return {
      lang: language,
      dir: direction,
      nonce: request.nonce,
      theme: kind === 'staff' ? staffTheme : theme,
      ...(request.method === 'GET' ? { alternates } : {}),
      skipText: t('face.skip'),
      banner: kind === 'staff' ? t('face.staff-banner') : t('face.banner', { country: name }),
      ...(demo ? { bannerTag: t('face.demo') } : {}),
      header: {
        name,
        tagline: kind === 'staff' ? t('face.staff-tagline') : visit.of(country.motto),
        href: kind === 'staff' ? '/office' : '/',
        ...(caller?.name ? { who: represented ? t('face.acting', { name: caller.name }) : caller.name } : {}),
        ...(caller
          ? { signOut: signOut(visit as Visit) }
          : {
              links: pathOf(request).startsWith('/sign-in')
                ? []
                : [{ text: t('face.sign-in'), href: signInHref(request) }],
            }),
        languages: {
          label: t('face.languages'),
          items: country.languages.map(({ code, name, direction }) => ({
            lang: code,
            dir: direction,
            name,
            href: hrefIn(request, code),
            current: code === language,
          })),
        },
      },
      ...(represented && caller?.name
        ? {
            acting: phaseBanner({
              tag: { text: t('face.acting-tag') },
              text: visit.say(
                'face.acting-for',
                {
                  name: html`<strong>${isolate(caller.name)}</strong>`,
                  change: html`<a class="govuk-link" href="/acting">${t('face.acting-change')}</a>`,
                },
                { actor: caller.actorName ?? '' },
              ),
            }),
          }
        : {}),
      ...(within ? { navigation: { serviceName: within.text, serviceUrl: within.href, ariaLabel: within.text } } : {}),
      ...(items.length && !within
        ? {
            navigation: {
              navigationLabel: t('face.menu'),
              menuButton: { text: t('face.menu') },
              navigation: items,
            },
          }
        : {}),
      footer: {
        label: t('face.footer'),
        links: [
          { text: t('face.accessibility'), href: '/accessibility' },
          { text: t('face.privacy'), href: '/privacy' },
          { text: t('face.cookies'), href: '/cookies' },
          { text: t('face.verify'), href: '/verify' },
          { text: t('face.developers'), href: '/developers' },
          ...(demo ? [{ text: t('face.doors'), href: '/demo' }] : []),
        ],
        text: t('face.copyright', { country: name }),
      },
    }
  }

  function visit(request: FastifyRequest, reply: FastifyReply): Visit {
    const language = languageOf(request)
    const asked = (request.query as { lang?: unknown } | undefined)?.lang
    if (isOurs(asked) && request.cookies[LANGUAGE_COOKIE] !== asked)
      reply.setCookie(LANGUAGE_COOKIE, asked, {
        path: '/',
        sameSite: 'lax',
        httpOnly: true,
        secure: baseUrl.startsWith('https:'),
        maxAge: 31_536_000,
      })
    const t = (key: string, values?: TextValues) => texts.text(language, key, values)
    const base = {
      ...writers.get(language)!,
      request,
      reply,
      language,
      direction: texts.direction(language),
      t,
      say: (key: string, parts: Record<string, Html | string>, values?: TextValues) =>
        phrase((marks) => t(key, { ...values, ...marks }), parts),
      cite: (law: string) => cite(country, law, language).text,
      token: request.formToken ? html`<input type="hidden" name="_token" value="${request.formToken}">` : html``,
      isStaff: request.caller?.context.actor.kind === 'staff',
      person: () => {
        const subject = request.caller?.context.subject
        if (!subject) throw NotSignedIn()
        return subject
      },
      go: (path: string) => reply.redirect(path, 303),
    }
    const titled = (title: string) => `${title} – ${base.of(country.name)}`
    return {
      ...base,
      citizen: ({ at, within, ...props }) => {
        const title = titled(within ? `${props.title} – ${within.text}` : props.title)
        return reply.html(citizenPage(faceOf(base, 'citizen', { at, within }), { ...props, title }))
      },
      staff: ({ at, ...props }) =>
        reply.html(staffPage(faceOf(base, 'staff', { at }), { ...props, title: titled(props.title) })),
    }
  }

  http.setPages({
    problem: (problem, request) => {
      if (problem.code === 'not-signed-in' && request.method === 'GET') return { redirect: signInHref(request) }
      return problemPage(visitOf(request), problem)
    },
    document: (title, content, request) => {
      const at = visitOf(request)
      return citizenPage(faceOf(at, 'citizen'), {
        title: titledIn(at, title),
        content: html`<h1 class="govuk-heading-l">${title}</h1>${trustedHtml(content)}`,
      })
    },
  })

  const titledIn = (at: Visit, title: string) => `${title} – ${at.of(country.name)}`
  /** A page that answers a refusal has no reply of its own to write cookies into. */
  const visitOf = (request: FastifyRequest) => visit(request, { setCookie: () => undefined } as unknown as FastifyReply)

  function problemPage(at: Visit, problem: Problem): string {
    const known = texts.has(at.language, `problem.${problem.code}.title`)
    const kind = known
      ? problem.code
      : problem.status >= 500
        ? 'fault'
        : problem.status === 404
          ? 'not-found'
          : 'refused'
    const reference = problem.members?.reference ?? problem.members?.traceId
    const heading = at.t(`problem.${kind}.title`)
    return errorPage(faceOf(at, at.isStaff ? 'staff' : 'citizen'), {
      title: titledIn(at, heading),
      heading,
      paragraphs: at.t(`problem.${kind}.body`).split(/\n\s*\n/),
      ...(typeof reference === 'string' ? { reference: { label: at.t('face.reference'), value: reference } } : {}),
      action: html`
        ${isSendable(problem.code, at.request) && sendAgain(at)}
        <p class="govuk-body"><a class="govuk-link" href="${at.isStaff ? '/office' : '/'}">${at.t('face.home')}</a></p>`,
    })
  }

  http.get(scriptFile.path, {
    config: { public: 'The script of all pages, the same for everybody', plain: true },
    handler: (_request, reply) =>
      reply.header('cache-control', 'public, max-age=31536000, immutable').type(scriptFile.type).send(scriptFile.body),
  })

  http.get('/favicon.ico', {
    config: { public: 'The emblem, for the tabs of browsers', plain: true },
    handler: (_request, reply) =>
      reply.header('cache-control', 'public, max-age=86400').type('image/svg+xml').send(iconOf(theme)),
  })

  return {
    visit,
    texts,
    country,
    navigation: (face, items) => {
      navigations[face] = items
    },
  }
}

/** Signing in, and back to this very page. */
const signInHref = (request: FastifyRequest): string => `/sign-in?next=${encodeURIComponent(pathOf(request))}`
const pathOf = (request: FastifyRequest): string => (request.method === 'GET' ? request.url : '/')

/** The emblem on the ground of the header, with the theme's colours in place of its names for them. */
function iconOf({ emblem, properties }: Theme): string {
  return emblem.markup
    .replace(/var\(--([\w-]+)\)/g, (_, name: string) => properties[name] ?? 'currentColor')
    .replace(/^<svg/, `<svg xmlns="http://www.w3.org/2000/svg" color="#fff" style="background:${properties.header}"`)
}

const signOut = (visit: Visit): Html => html`
  <form method="post" action="/sign-out">
    ${visit.token}
    <button class="ashlar-header__button" type="submit">${visit.t('face.sign-out')}</button>
  </form>`
