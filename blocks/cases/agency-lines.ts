// What agencies did for a case stands in its timeline: told, silent, answered; and money that was paid out.
import type { Clock } from '@ashlar/kernel/clock'
import type { Event, Events } from '@ashlar/kernel/events'
import type { Database } from '@ashlar/kernel/sql'
import type { Json } from './case.ts'
import { announce, asWorker, changed, lineOf } from './change.ts'
import { caseStore } from './store.ts'

const lines: Record<string, string> = {
  'exchange.told': 'agency-told',
  'exchange.delayed': 'agency-silent',
  'exchange.acknowledged': 'agency-answered',
  'exchange.refused': 'agency-refused',
}

/** What others tell of a case. */
interface Told {
  case: string | null
  agency?: string
  message?: string
  state?: string
}

export function followAgencies({ sql, clock, events }: { sql: Database; clock: Clock; events: Events }): void {
  for (const [type, kind] of Object.entries(lines))
    events.subscribe(type, 'cases.timeline', (event) => write(event, kind))

  events.subscribe('payments.paid-out', 'cases.timeline', (event) =>
    write(event, (event.data as unknown as Told).state === 'settled' ? 'paid-out' : 'paid-back'),
  )

  async function write({ key: telling, data }: Event, kind: string): Promise<void> {
    const { case: id, agency, message } = data as unknown as Told
    if (id === null) return
    await sql.begin(asWorker, async (sql) => {
      const store = caseStore(sql)
      const [row] = await store.lockCases([id])
      if (row === undefined) return
      // An event may come twice; what it says is said once.
      const said = await store.timelineOf(id, ['all'])
      if (said.some((line) => line.kind === kind && (line.data as Record<string, Json>).telling === telling)) return
      const line = {
        kind,
        audience: 'all' as const,
        data: { telling, ...(agency && message ? { agency, message } : {}) },
      }
      const next = changed(row, {})
      await store.updateCases([next])
      await store.insertTimeline([lineOf(row, line, 'system', clock.now())])
      await announce(sql, events, [next])
    })
  }
}
