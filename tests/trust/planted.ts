// A server with faults planted on purpose, made of the same parts as the product: each check must find its own.
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { createHttp } from '@ashlar/kernel/http'
import { createLog } from '@ashlar/kernel/log'
import { createMetrics } from '@ashlar/kernel/metrics'
import { Type } from 'typebox'
import { logsHolding } from './canary.ts'
import { type Figure, figure } from './figure.ts'
import { fuzz } from './fuzz.ts'
import { otherSitesCannotWrite } from './routes.ts'

export async function plantedAreFound({
  folder,
  seed,
  canary,
}: {
  folder: string
  seed: number
  canary: string
}): Promise<Figure[]> {
  const log = join(folder, 'planted.log')
  const http = server()
  let opened = true
  try {
    http.get('/api/planted/v1/all', { handler: async () => 'everything' })
  } catch {
    opened = false
  }
  http.post('/api/planted/v1/things', {
    config: {
      public: 'Planted: breaks on what it does not expect, writes down what it gets, and takes it from everywhere.',
      idempotent: 'x',
      anyOrigin: 'x',
    },
    schema: { body: Type.Object({ text: Type.String() }) },
    handler: async (request) => {
      appendFileSync(log, `${request.body.text}\n`)
      return JSON.parse(request.body.text) as object
    },
  })
  const url = await http.listen({ host: '127.0.0.1', port: 0 })
  try {
    const [faults] = await fuzz({ url, seed, each: 60, tokens: { nobody: '' }, canary })
    const [taken] = await otherSitesCannotWrite(url, '', '')
    return [
      figure('C1', 'Planted: a route that names neither scope nor reason does not start', opened ? 1 : 0, '= 0'),
      figure('D1', 'Planted: a route that breaks is found', faults!.value, '> 0'),
      figure('C6', 'Planted: a route that takes writes from everywhere is found', taken!.value, '> 0'),
      figure(
        'B11',
        'Planted: a log that holds what was sent is found',
        logsHolding(canary, [log]).findings.length,
        '> 0',
      ),
    ]
  } finally {
    await http.close()
  }
}

function server() {
  const nothing = Object.assign(async () => [], { begin: async () => undefined }) as never
  return createHttp({
    log: createLog({ level: 'silent' }),
    metrics: createMetrics(),
    authenticate: async () => undefined,
    baseUrl: 'http://localhost',
    sql: nothing,
  })
}
