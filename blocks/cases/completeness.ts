// The step by which a process says that an application is complete: from then on the clock of the law runs.
import type { PublicService } from '@ashlar/catalogue'
import type { Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import type { Database } from '@ashlar/kernel/sql'
import type { Outcome, Step } from '@ashlar/workflow'
import type { Json } from './case.ts'
import { announce, asWorker, changed, lineOf } from './change.ts'
import { clockStore } from './clock-store.ts'
import type { Content } from './content.ts'
import type { Deadlines } from './deadlines.ts'
import { COMPLETE } from './flow.ts'
import type { Forms } from './forms.ts'
import { caseStore } from './store.ts'

interface CompletenessNeeds {
  sql: Database
  clock: Clock
  events: Events
  forms: Forms
  deadlines: Deadlines
  definition(service: string, version?: string): Promise<PublicService>
  open(row: { person: string }, sealed: Buffer | null): Promise<Json>
}

/** Twice is once: a clock that runs is left alone. */
export function completeStep({ sql, clock, events, forms, deadlines, definition, open }: CompletenessNeeds): Step {
  return {
    name: COMPLETE,
    input: { type: 'object', additionalProperties: false, properties: {} },
    output: { type: 'object', properties: { deadline: { type: ['string', 'null'] } } },
    run: (commands) =>
      sql.begin(asWorker, async (sql) => {
        const at = clock.now()
        const store = caseStore(sql)
        const ids = [...new Set(commands.map(({ caseId }) => caseId))]
        const rows = new Map((await store.lockCases(ids)).map((row) => [row.id, row]))
        const applications = await store.applicationsOf(ids)
        for (const application of applications) {
          const row = rows.get(application.caseId)!
          if (row.deadline !== null || row.status === 'closed') continue
          const service = await definition(row.service, row.serviceVersion)
          const content = (await open(application, application.content)) as unknown as Content
          const { facts } = forms.filled(service, content, application.language)
          const started = deadlines.begin(service, facts, at)
          if (started === undefined) continue
          const { term, deadline, variant, nextAt, reminded } = started
          const next = changed(row, { term, deadline })
          rows.set(row.id, next)
          await clockStore(sql).startClock(row.id, term, deadline, variant)
          await clockStore(sql).setClocks([{ id: row.id, nextAt, reminded, extended: 0 }])
          await clockStore(sql).follow(row.id, deadline)
          await store.updateCases([next])
          const data = { deadline: deadline.toISOString(), term }
          await store.insertTimeline([lineOf(row, { kind: 'clock-started', audience: 'all', data }, 'system', at)])
          await deadlines.expect(sql, nextAt)
          await announce(sql, events, [next])
        }
        return commands.map(({ caseId }): Outcome => {
          const row = rows.get(caseId)
          if (row === undefined) return { failed: { code: 'case-not-found', title: 'There is no such case' } }
          return { done: { deadline: row.deadline?.toISOString() ?? null } }
        })
      }),
  }
}
