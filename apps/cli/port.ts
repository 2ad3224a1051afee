// The port that was asked for, or the next free one, said aloud.
import { createServer } from 'node:net'
import type { Settings } from '@ashlar/server'

const most = 20

export async function freePort(
  { http }: { http: Pick<Settings['http'], 'host' | 'port'> },
  say: (message: string) => void,
): Promise<number> {
  for (let port = http.port; port < http.port + most; port += 1) {
    const free = await probe(port, http.host)
    if (free === undefined) continue
    if (free !== http.port && http.port !== 0) say(`Port ${http.port} is taken; using ${free}.`)
    return free
  }
  throw new Error(`Ports ${http.port} to ${http.port + most - 1} are taken: choose another with --port.`)
}

/** The port that could be opened (another one for 0), or undefined. */
const probe = (port: number, host: string): Promise<number | undefined> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, host, () => {
      const taken = (server.address() as { port: number }).port
      server.close(() => resolve(taken))
    })
  })
