// Withdrawal: the applicant takes the application back before it is decided; its process ends, and fees go back by law.
import type { PublicService } from '@ashlar/catalogue'
import type { Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import { isUuid, type Pairwise } from '@ashlar/kernel/identifiers'
import type { Jobs } from '@ashlar/kernel/jobs'
import type { Keys } from '@ashlar/kernel/keys'
import type { Context, Database } from '@ashlar/kernel/sql'
import { actorOf, lineOf } from './change.ts'
import { closeCases, endProcesses } from './closing.ts'
import { canWithdraw } from './life.ts'
import { ApplicationNotFound, CannotWithdraw } from './problems.ts'
import { caseStore } from './store.ts'

export interface Withdrawals {
  /**
   * Takes an application back; the reason is the applicant's own and may be missing. Again changes nothing. Throws
   * ApplicationNotFound, CannotWithdraw.
   */
  withdraw(withdrawal: { case: string; reason?: string }, context: Context): Promise<void>
}

export interface WithdrawalNeeds {
  sql: Database
  clock: Clock
  events: Events
  jobs: Jobs
  keys: Pick<Keys, 'seal' | 'open'>
  pairwise: Pairwise
  definition(service: string, version?: string): Promise<PublicService>
  /** Gives a part of what was paid for a case back to whoever paid it. The same order again is once. */
  giveBack?(order: { case: string; percent: number; reason: 'late' | 'withdrawn' }): Promise<void>
}

/** The result of a case that its applicant took back. */
const WITHDRAWN = 'withdrawn'

export function createWithdrawals(needs: WithdrawalNeeds): Withdrawals {
  const { sql, clock, events, jobs, keys, pairwise, definition, giveBack } = needs
  if (giveBack !== undefined)
    jobs.handle('cases.remedy', { attempts: 12 }, async (batch) => {
      for (const { payload } of batch) await giveBack(payload as unknown as Parameters<typeof giveBack>[0])
    })

  return {
    withdraw: async ({ case: id, reason }, context) => {
      const own = context.subject !== undefined && isUuid(context.subject) && pairwise.of('cases', context.subject)
      const known = isUuid(id) ? await sql.read(context, (sql) => caseStore(sql).findCase(id)) : undefined
      if (known === undefined || known.person !== own) throw ApplicationNotFound()
      const service = await definition(known.service, known.serviceVersion)
      const text = reason?.trim()
      const note = text ? await keys.seal(context.subject!, JSON.stringify({ text: text.slice(0, 4000) })) : undefined

      await sql.begin(context, async (sql) => {
        const store = caseStore(sql)
        const [row] = await store.lockCases([id])
        if (row!.result === WITHDRAWN) return
        const lines = await store.timelineOf(id, ['all'])
        const isDecided = lines.some(({ kind }) => kind === 'decided' || kind === 'deemed')
        if (!canWithdraw(row!, service, isDecided)) throw CannotWithdraw(row!.status)
        const at = clock.now()
        const by = actorOf(context, pairwise)
        const { refund, law } = service.withdrawal ?? {}
        const data = { ...(law === undefined ? {} : { law }), ...(refund === undefined ? {} : { refund }) }
        await store.insertTimeline([
          lineOf(row!, { kind: 'withdrawn', audience: 'all', data, ...(note ? { note } : {}) }, by, at),
        ])
        const closed = await closeCases(sql, events, [{ row: row!, result: WITHDRAWN }], { at, by })
        await endProcesses(sql, events, closed)
        if (refund !== undefined)
          await jobs.add(sql, {
            queue: 'cases.remedy',
            key: `${id} withdrawn`,
            payload: { case: id, percent: refund, reason: 'withdrawn' },
            share: service.id,
          })
      })
    },
  }
}
