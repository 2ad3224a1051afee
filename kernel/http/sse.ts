// Streams of events to browsers (text/event-stream): one heartbeat for all, closed when a reader falls behind.
import type { FastifyReply } from 'fastify'

export interface StreamedEvent {
  /** Its type, if not 'message'; no line breaks. */
  event?: string
  /** Sent as JSON, unless it is text. */
  data: unknown
  id?: string
}

export interface EventStream {
  /** Does nothing once closed. */
  send(event: StreamedEvent): void
  close(): void
  readonly closed: boolean
}

export interface Streams {
  open(reply: FastifyReply, subscribe: (stream: EventStream) => () => void): void
  full(): boolean
  count(): number
  /** Ends all; browsers come back after two seconds, to another process. */
  closeAll(): void
}

const HEARTBEAT = 15_000
/** Bytes waiting for one reader; one that is further behind reconnects and reads anew. */
const MOST_WAITING = 64 * 1024

export function createStreams(most: number): Streams {
  const streams = new Set<{ beat(): void; close(): void }>()
  let timer: NodeJS.Timeout | undefined

  const start = () => {
    timer ??= setInterval(() => {
      for (const stream of streams) stream.beat()
    }, HEARTBEAT).unref()
  }

  return {
    full: () => streams.size >= most,
    count: () => streams.size,
    closeAll() {
      for (const stream of streams) stream.close()
      clearInterval(timer)
      timer = undefined
    },

    open(reply, subscribe) {
      reply.hijack()
      const { raw } = reply
      raw.writeHead(200, {
        ...(reply.getHeaders() as Record<string, string>),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      let closed = false
      let unsubscribe: (() => void) | undefined
      const write = (text: string) => {
        if (closed) return
        raw.write(text)
        if (raw.writableLength > MOST_WAITING) raw.destroy()
      }
      const close = () => {
        if (closed) return
        closed = true
        streams.delete(entry)
        raw.end()
        unsubscribe?.()
      }
      const entry = { beat: () => write(':\n\n'), close }
      streams.add(entry)
      start()
      raw.on('close', close).on('error', close)
      write('retry: 2000\n\n')
      unsubscribe = subscribe({
        send: (event) => write(toText(event)),
        close,
        get closed() {
          return closed
        },
      })
      if (closed) unsubscribe()
    },
  }
}

function toText({ event, data, id }: StreamedEvent): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data)
  const oneLine = (value: string) => value.replace(/[\r\n\0]/g, ' ')
  return [
    ...(id === undefined ? [] : [`id: ${oneLine(id)}`]),
    ...(event === undefined ? [] : [`event: ${oneLine(event)}`]),
    ...text.split(/\r\n|\r|\n/).map((line) => `data: ${line}`),
    '\n',
  ].join('\n')
}
