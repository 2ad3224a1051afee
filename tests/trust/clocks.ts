// Moves the legal clock a year ahead over many open cases: every reminder and every end happens once, in the law's order.
import { randomUUID } from 'node:crypto'
import { type CaseNeeds, createCases } from '@ashlar/cases'
import * as catalogue from '@ashlar/catalogue'
import { createCalendar } from '@ashlar/kernel/calendar'
import type { Context } from '@ashlar/kernel/sql'
import { house } from '@ashlar/kernel/testing'
import { type Figure, figure } from './figure.ts'

const service = `version: 1.0.0
authority: labour
law: [Permit Act s.1]
audience: [anyone]
channels: [web]
sign-in: none
parties: { applicant: { is: either } }
flow:
  - close: granted
`
const files = new Map([
  [
    'country.yaml',
    `country: lowland
version: 1.0.0
name: { en: Lowland }
languages: [{ code: en, name: English, direction: ltr }]
currency: { code: LWD, decimals: 2, name: { en: Dollar } }
zone: UTC
weekend: [0, 6]
holidays: []
people: population
`,
  ],
  [
    'services/alarm/service.yaml',
    `service: alarm
prefix: AL
${service}clock: { term: 30 days, from: submitted, on-breach: alarm, remind: [10 days, 3 working days] }
`,
  ],
  [
    'services/silence/service.yaml',
    `service: silence
prefix: SI
${service}clock: { term: 30 days, from: submitted, on-breach: granted }
`,
  ],
])
const asWorker: Context = {
  tenant: '*',
  actor: { kind: 'system', id: 'trust' },
  purpose: 'trust',
  channel: 'system',
  trace: 'trust',
}

/** `cases`: how many are open, with ends over 300 days, a third of them decided by silence. */
export async function passesAYear({ cases: many, say }: { cases: number; say(text: string): void }): Promise<Figure[]> {
  const { country } = catalogue.readCountry('lowland', files)
  const at = await house({ blocks: ['cases'], at: '2026-03-02T09:00:00Z' })
  try {
    const never = () => Promise.reject(new Error('nobody asks for this here'))
    const needs = {
      ...at.cases,
      calendar: createCalendar({ weekend: [6, 0], holidays: [], zone: 'UTC' }),
      form: catalogue,
      decide: () => ({ output: null }),
      decimals: 2,
      leads: [],
      definition: async (id: string) => country!.services[id]!,
      lookUp: never,
      consent: { record: never },
    }
    createCases(needs as unknown as CaseNeeds)
    const now = at.clock.now()
    await at.cases.sql.begin(asWorker, async (sql) => {
      const rows = Array.from({ length: many }, (_, n) => {
        const deadline = new Date(now.getTime() + (20 + ((n * 7919) % 300)) * 86_400_000 + (n % 86_400) * 1000)
        const id = randomUUID()
        const isSilent = n % 3 === 0
        const nextAt = isSilent ? deadline : new Date(deadline.getTime() - 10 * 86_400_000)
        return {
          id,
          person: randomUUID(),
          reference: `T-${n}`,
          service: isSilent ? 'silence' : 'alarm',
          deadline,
          nextAt,
        }
      })
      const columns = {
        id: 'uuid',
        person: 'uuid',
        reference: 'text',
        service: 'text',
        deadline: 'timestamptz',
        next_at: 'timestamptz',
      }
      await sql`
        insert into cases.case (id, reference, service, service_version, tenant, person, anonymous, status, version, term,
          deadline, submitted_at, next_at)
        select id, reference, service, '1.0.0', 'labour', person, true, 'received', 1, '30 days', deadline, ${now}, next_at
        from ${sql.unnest(columns, rows)}`
      const runAt = new Date(now.getTime() + 86_400_000)
      await at.jobs.add(sql, { queue: 'cases.deadline', key: 'trust', payload: {}, runAt })
    })
    await at.jobs.start()
    const began = performance.now()
    await at.clock.move('P1Y')
    await at.jobs.idle()
    const seconds = (performance.now() - began) / 1000
    say(`${many} open cases, a year at once: ${seconds.toFixed(1)} s`)
    await at.clock.move('P1Y')
    await at.jobs.idle()

    const lines = await at.cases.sql.begin(
      asWorker,
      (sql) => sql<{ id: string; kind: string; deadline: string }>`
        select t.case_id as id, t.kind, t.data->>'deadline' as deadline from cases.timeline t
        where t.kind in ('overdue', 'reminded') order by t.id`,
    )
    const ends = lines.filter(({ kind }) => kind === 'overdue')
    const order = ends.filter(({ deadline }, n) => n > 0 && deadline < ends[n - 1]!.deadline)
    const reminders = lines.length - ends.length
    const silent = Math.ceil(many / 3)
    const open = await at.cases.sql.begin(
      asWorker,
      (sql) => sql<{ count: number }>`
        select count(*)::int as count from cases.case where service = 'silence' and result is distinct from 'granted'`,
    )
    const examined = { examined: many }
    return [
      figure(
        'F3',
        'Ends of terms that were missed, or came twice',
        many - new Set(ends.map(({ id }) => id)).size + (ends.length - many),
        '= 0',
        examined,
      ),
      figure('F3', 'Ends of terms out of the order of the law', order.length, '= 0', examined),
      figure(
        'F3',
        'Reminders that were missed, or came twice',
        Math.abs(reminders - 2 * (many - silent)),
        '= 0',
        examined,
      ),
      figure('F3', 'Cases that silence did not decide', open[0]!.count, '= 0', { examined: silent }),
      figure('F3', 'Seconds for a year at once', seconds, '<= 120', examined),
    ]
  } finally {
    await at.stop()
  }
}
