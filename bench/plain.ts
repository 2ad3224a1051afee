// Bare Fastify, the limit that we are measured against: the same bytes with the same compression, or the same SQL on one
// pool of prepared statements; no sign-in, no rights, no log. A process of its own.
import { promisify } from 'node:util'
import { brotliCompress } from 'node:zlib'
import fastify from 'fastify'
import { Pool } from 'pg'
import { brotliAt } from '../kernel/http/compression.ts'

export type PlainOrders = PlainPage | PlainRead

interface PlainPage {
  kind: 'page'
  /** Sent from / as they are, compressed anew each time. */
  markup: string
}

interface PlainRead {
  kind: 'read'
  url: string
  connections: number
  /** Asked one after the other at /0, /1 and so on. */
  reads: { name: string; text: string; values: unknown[] }[][]
}

const brotli = promisify(brotliCompress)

async function serve(orders: PlainOrders): Promise<number> {
  const app = fastify()
  if (orders.kind === 'page') servePage(orders)
  else serveReads(orders)
  await app.listen({ host: '127.0.0.1', port: 0 })
  return (app.server.address() as { port: number }).port

  function servePage({ markup }: PlainPage): void {
    app.get('/', async (_, reply) => {
      const bytes = Buffer.from(markup, 'utf8')
      const zipped = await brotli(bytes, brotliAt(bytes, 4))
      return reply
        .headers({ 'content-type': 'text/html; charset=utf-8', 'content-encoding': 'br', vary: 'accept-encoding' })
        .send(zipped)
    })
  }

  function serveReads({ url, connections, reads }: PlainRead): void {
    const pool = new Pool({ connectionString: url, max: connections })
    app.get<{ Params: { at: string } }>('/:at', async (request) => {
      const answer: object[][] = []
      for (const statement of reads[Number(request.params.at)]!)
        answer.push((await pool.query(statement)).rows.map(toBody))
      return answer
    })
  }
}

/** Bytes as base64: what is sealed is not opened here. */
function toBody(row: Record<string, unknown>): object {
  for (const [name, value] of Object.entries(row)) if (Buffer.isBuffer(value)) row[name] = value.toString('base64')
  return row
}

process.once('message', (orders) => void serve(orders as PlainOrders).then((port) => process.send!(port)))
process.once('disconnect', () => process.exit())
