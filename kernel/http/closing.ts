// Closing: what is in work is finished, what is not yet a request is let go, and nothing waits for ever.
import type { Server } from 'node:http'
import type { Socket } from 'node:net'

export interface Closing {
  /** Lets go of connections on which nothing was asked yet; cuts everything off after the time given. */
  begin(within: number): void
}

/** Browsers connect in advance. Node counts such connections as busy, and a server that closes would wait for them. */
export function watchConnections(server: Server): Closing {
  const unused = new Set<Socket>()
  server.on('connection', (socket) => {
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  server.on('request', (request) => unused.delete(request.socket))

  return {
    begin(within) {
      const until = performance.now() + within
      // Again and again: a connection becomes idle when its last answer is sent, and would be kept for the next request.
      const timer = setInterval(() => {
        for (const socket of unused) socket.destroy()
        server.closeIdleConnections()
        if (performance.now() > until) server.closeAllConnections()
      }, 20)
      server.once('close', () => clearInterval(timer))
      if (!server.listening) clearInterval(timer)
    },
  }
}
