// What changes while a page is open: one look at the events for all pages, and each page hears of its own only.
import type { Visit } from '@ashlar/face'
import type { Events } from '@ashlar/kernel/events'
import type { FastifyReply } from 'fastify'

export interface Live {
  /** A stream that says only that something changed; the page then asks anew. */
  stream(visit: Visit, ids: string[]): FastifyReply
}

/** Events by the id in their data that pages listen to. They carry references, never what changed. */
const watched: { type: string; id: 'case' | 'bill' }[] = [
  { type: 'cases.changed', id: 'case' },
  { type: 'cases.closed', id: 'case' },
  { type: 'documents.issued', id: 'case' },
  { type: 'payments.settled', id: 'bill' },
  { type: 'payments.failed', id: 'bill' },
]

export function createLive({ events }: { events: Pick<Events, 'watch'> }): Live {
  const listeners = new Map<string, Set<() => void>>()
  let stops: (() => void)[] = []

  const start = () => {
    if (stops.length > 0) return
    stops = watched.map(({ type, id }) =>
      events.watch(type, ({ data }) => {
        const key = (data as Record<string, unknown> | null)?.[id]
        for (const tell of listeners.get(String(key)) ?? []) tell()
      }),
    )
  }
  const stopIfUnheard = () => {
    if (listeners.size > 0) return
    for (const stop of stops) stop()
    stops = []
  }

  return {
    stream: ({ reply }, ids) =>
      reply.sse((stream) => {
        const tell = () => stream.send({ data: 'changed' })
        for (const id of ids) listeners.set(id, (listeners.get(id) ?? new Set()).add(tell))
        start()
        return () => {
          for (const id of ids) {
            const set = listeners.get(id)
            set?.delete(tell)
            if (set?.size === 0) listeners.delete(id)
          }
          stopIfUnheard()
        }
      }),
  }
}
