// Payments in a process of its own: the same block, its routes and nothing else; `blocks.paymentsUrl` of the house points here.
import { timingSafeEqual } from 'node:crypto'
import { createCardProvider } from '@ashlar/card-provider'
import { legalClock } from '@ashlar/kernel/clock'
import { createEvents } from '@ashlar/kernel/events'
import { type Caller, createHttp } from '@ashlar/kernel/http'
import { createPairwise } from '@ashlar/kernel/identifiers'
import { createJobs } from '@ashlar/kernel/jobs'
import { createLog } from '@ashlar/kernel/log'
import { createMetrics } from '@ashlar/kernel/metrics'
import { connect } from '@ashlar/kernel/sql'
import { createPayments, noticeRoute, paymentRoutes } from '@ashlar/payments'
import { version } from './version.ts'

export interface PaymentsAlone {
  database: { url: string; passwords: Record<string, string> }
  /** Base64 of 32 bytes: the house's own. */
  pairwise: string
  provider: { url: string; key: string; secret: string }
  /** What the house shows to be let in: `blocks.paymentsToken`. */
  token: string
  zone: string
  port: number
}

const scopes = ['payments.request', 'payments.read', 'payments.refund', 'payments.payout', 'payments.ledger']

/** Gives the address it serves under, and what ends it. */
export async function servePayments(needs: PaymentsAlone): Promise<{ url: string; close(): Promise<void> }> {
  const log = createLog({ level: 'warn', service: 'ashlar-payments' })
  const pairwise = createPairwise(Buffer.from(needs.pairwise, 'base64'))
  const as = (block: string) =>
    connect({
      url: needs.database.url,
      role: `ashlar_${block}`,
      password: needs.database.passwords[`ashlar_${block}`] ?? '',
      sector: block,
      pairwise,
    })
  const [kernel, sql] = [as('kernel'), as('payments')]
  const clock = legalClock(needs.zone)
  const jobs = createJobs({ sql: kernel, clock, log })
  const events = createEvents({ sql: kernel, jobs, clock })
  const payments = createPayments({ sql, clock, events, jobs, pairwise, provider: createCardProvider(needs.provider) })

  const wanted = Buffer.from(`Bearer ${needs.token}`)
  const house: Caller = {
    context: {
      tenant: '*',
      actor: { kind: 'client', id: 'house' },
      purpose: 'collect-payments',
      channel: 'api',
      trace: '',
    },
    scopes,
  }
  const http = createHttp({
    log,
    metrics: createMetrics(),
    baseUrl: `http://127.0.0.1:${needs.port}`,
    sql: kernel,
    version: { name: 'ashlar-payments', version },
    authenticate: async ({ headers }) => {
      const given = Buffer.from(headers.authorization ?? '')
      return given.length === wanted.length && timingSafeEqual(given, wanted) ? house : undefined
    },
  })
  paymentRoutes(payments, http)
  noticeRoute(payments, http)
  await jobs.start()
  const url = await http.listen({ host: '127.0.0.1', port: needs.port })

  return {
    url,
    close: async () => {
      await http.close()
      await jobs.stop()
      await Promise.all([kernel.close(), sql.close()])
    },
  }
}

// Forked by a launcher: its first message says everything, and the answer says where it serves.
if (process.argv[1] === import.meta.filename)
  process.once('message', async (message) => {
    const running = await servePayments(message as PaymentsAlone)
    process.send?.({ url: running.url })
    process.once('disconnect', () => void running.close().then(() => process.exit(0)))
  })
