// What never became a request: told in the same words, on the bare socket.
import { HeadersTooLarge, RequestTooSlow, UrlNotValid } from './problems.ts'

interface BareSocket {
  writable: boolean
  end(text: string): void
  destroy(): void
}

const kinds: Record<string, typeof UrlNotValid> = {
  HPE_HEADER_OVERFLOW: HeadersTooLarge,
  ERR_HTTP_REQUEST_TIMEOUT: RequestTooSlow,
}

export function refuseBrokenRequest({ code = '' }: { code?: string }, socket: BareSocket): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const { kind } = (kinds[code] ?? UrlNotValid)()
  const body = JSON.stringify({
    type: `/problems/${kind.code}`,
    title: kind.title,
    status: kind.status,
    code: kind.code,
  })
  socket.end(
    `HTTP/1.1 ${kind.status} ${kind.title}\r\ncontent-type: application/problem+json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}
