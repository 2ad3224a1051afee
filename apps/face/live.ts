// What changes while a page is open: one look at the events for all pages, and each page hears of its own only.
import type { Events, Glimpse } from '@ashlar/kernel/events'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** A page that hears of changes: what its stream is called, and the moment of the database before it was read. */
export interface LivePage {
  href: string
  moment: string
}

export interface Live {
  /** Taken before anything of the page is read. */
  moment(): Promise<string>
  /** A stream that says only that something changed; the page then asks anew. What changed since its moment is said at once. */
  stream(request: FastifyRequest, reply: FastifyReply, subjects: Subject[]): FastifyReply
}

/** Of what a page hears: a case, a bill, all cases of an agency, or a case if it belongs to that agency. */
type Subject = `case:${string}` | `bill:${string}` | `agency:${string}` | `agency:${string}/case:${string}`

const types = ['cases.changed', 'cases.closed', 'documents.issued', 'payments.settled', 'payments.failed']

/** The address of the stream of a page. */
export function liveHref({ href, moment }: LivePage): string {
  return `${href}${href.includes('?') ? '&' : '?'}since=${encodeURIComponent(moment)}`
}

export function createLive({ events }: { events: Pick<Events, 'watch' | 'moment' | 'hasHappened'> }): Live {
  const listeners = new Map<Subject, Set<() => void>>()
  let stops: (() => void)[] = []

  const start = () => {
    if (stops.length > 0) return
    stops = types.map((type) =>
      events.watch(type, (glimpse) => {
        for (const subject of subjectsOf(glimpse)) for (const tell of listeners.get(subject) ?? []) tell()
      }),
    )
  }
  const stopIfUnheard = () => {
    if (listeners.size > 0) return
    for (const stop of stops) stop()
    stops = []
  }

  return {
    moment: () => events.moment(),
    stream: (request, reply, subjects) =>
      reply.sse((stream) => {
        const tell = () => stream.send({ data: 'changed' })
        for (const subject of subjects) listeners.set(subject, (listeners.get(subject) ?? new Set()).add(tell))
        start()
        const { since } = request.query as { since?: unknown }
        if (typeof since === 'string')
          events
            .hasHappened(since, types, (glimpse) => subjectsOf(glimpse).some((one) => subjects.includes(one)))
            .then((has) => has && tell(), tell)
        return () => {
          for (const subject of subjects) {
            const set = listeners.get(subject)
            set?.delete(tell)
            if (set?.size === 0) listeners.delete(subject)
          }
          stopIfUnheard()
        }
      }),
  }
}

function subjectsOf({ data }: Glimpse): Subject[] {
  const { case: about, bill, authority } = (data ?? {}) as Record<string, string | undefined>
  return [
    ...(about ? ([`case:${about}`] as const) : []),
    ...(bill ? ([`bill:${bill}`] as const) : []),
    ...(authority ? ([`agency:${authority}`] as const) : []),
    ...(authority && about ? ([`agency:${authority}/case:${about}`] as const) : []),
  ]
}
