// scratch
import { randomUUID } from 'node:crypto'
import * as catalogue from '@ashlar/catalogue'
import { decide } from '@ashlar/decisions'
import { createCalendar } from '@ashlar/kernel/calendar'
import { house } from '@ashlar/kernel/testing'
import { createWorkflow, type Step } from '@ashlar/workflow'
import pg from 'pg'
import { createCases } from '../cases.ts'

const main = async () => {
  const home = await house({ blocks: ['cases', 'workflow'] })
  const loaded = await catalogue.loadCountry(new URL('../../../countries/veridia', import.meta.url))
  const service = loaded.country!.services['criminal-record-extract']!
  const definition = async () => service
  const calendar = createCalendar({ weekend: [5, 6], holidays: [], zone: 'UTC' })
  const cases = createCases({
    ...home.cases,
    calendar,
    form: catalogue,
    decide,
    decimals: 2,
    definition,
    lookUp: async () => ({
      records: [
        {
          id: randomUUID(),
          values: {
            personNumber: 'p',
            fullName: 'A B',
            latinName: 'A B',
            formerNames: [],
            dateOfBirth: '1980-01-01',
            placeOfBirth: 'X',
            sex: 'f',
            nationality: 'VD',
          },
          version: 1,
          at: '2026-01-01T00:00:00Z',
        },
      ],
      count: 1,
      bestScore: 0,
      use: randomUUID(),
      at: home.clock.now().toISOString(),
    }),
    consent: { record: async () => randomUUID() },
  })
  const calls: Record<string, number[]> = {}
  const stub = (name: string, done: (input: unknown) => never): Step => ({
    name,
    run: async (commands) => {
      ;(calls[name] ??= []).push(commands.length)
      return commands.map(({ input }) => ({ done: done(input) }))
    },
  })
  const workflow = createWorkflow({
    ...home.workflow,
    definition,
    decide,
    calendar,
    money: (v) => ({ value: v, currency: 'VRD' }),
    steps: [
      ...cases.steps,
      stub('registries.lookUp', () => ({ count: 0, bestScore: 0, records: [] }) as never),
      stub(
        'documents.issue',
        () =>
          ({
            id: 'x',
            reference: 'D-1',
            verifyUrl: 'u',
            issuedAt: '2026-03-02T09:00:00Z',
            validUntil: '2026-05-31',
          }) as never,
      ),
      stub('messaging.notify', () => ({}) as never),
      stub('decisions.record', () => ({ id: 'x' }) as never),
    ],
  })
  cases.followProcesses(workflow)
  await home.jobs.start()
  const n = Number(process.env.N ?? 1000)
  const run = async (count: number) => {
    const drafts: { id: string; context: never }[] = []
    for (let i = 0; i < count; i++) {
      const id = randomUUID()
      const context = {
        tenant: null,
        actor: { kind: 'person' as const, id },
        subject: id,
        purpose: 'apply',
        channel: 'web' as const,
        trace: 't',
      }
      const d = await cases.startDraft({ service: service.id, language: 'en' }, context)
      await cases.saveDraft({ draft: d.id, page: 'purpose', body: { purpose: 'visa' }, version: 1 }, context)
      const e = await cases.saveDraft({ draft: d.id, page: 'other-names', body: {}, version: 2 }, context)
      if (!e.form.isComplete) throw new Error(JSON.stringify(e.form.pages))
      drafts.push({ id: d.id, context: context as never })
    }
    const admin = new pg.Client({ connectionString: home.url })
    await admin.connect()
    const cpu = process.cpuUsage()
    const x0 = (
      await admin.query(
        'select xact_commit, tup_inserted, tup_updated, tup_deleted from pg_stat_database where datname=current_database()',
      )
    ).rows[0]
    const s = performance.now()
    let next = 0
    await Promise.all(
      Array.from({ length: 32 }, async () => {
        for (;;) {
          const d = drafts[next++]
          if (!d) return
          await cases.submit(d.id, d.context)
        }
      }),
    )
    const submitted = performance.now() - s
    await home.jobs.idle()
    const all = performance.now() - s
    const used = process.cpuUsage(cpu)
    await new Promise((r) => setTimeout(r, 1200))
    const x1 = (
      await admin.query(
        'select xact_commit, tup_inserted, tup_updated, tup_deleted from pg_stat_database where datname=current_database()',
      )
    ).rows[0]
    const per = Object.fromEntries(Object.keys(x0).map((k) => [k, ((x1[k] - x0[k]) / count).toFixed(2)]))
    const closed = (await admin.query("select count(*)::int c from cases.case where status='closed'")).rows[0].c
    console.log({
      count,
      submitMs: submitted | 0,
      allMs: all | 0,
      perSecond: ((count / all) * 1000) | 0,
      cpuMsPerCase: ((used.user + used.system) / 1000 / count).toFixed(2),
      per,
      closed,
      calls: Object.fromEntries(Object.entries(calls).map(([k, v]) => [k, v.length])),
    })
    await admin.end()
  }
  await run(200)
  await run(n)
  await home.stop()
}
await main()
process.exit(0)
