// `bench decisions`: FEEL conditions and rule tables beside feelin and zen, and a changed rule on a million past cases.
import { setTimeout as delay } from 'node:timers/promises'
import { createDecisions, createRuleReplay, decide, decisionJobs, type RuleTable } from '@ashlar/decisions'
import { compileFeel, type Shape } from '@ashlar/kernel/feel'
import type { Context } from '@ashlar/kernel/sql'
import { house, type TestHouse } from '@ashlar/kernel/testing'
import { evaluateExpressionSync, ZenEngine } from '@gorules/zen-engine'
import { evaluate as feelin, unaryTest } from 'feelin'
import { parse } from 'yaml'
import type { BenchOptions, Row } from './result.ts'

const bench = 'decisions'
const shape: Shape = {
  applicant: { age: 'number', income: 'number', resident: 'boolean' },
  fine: { amount: 'number', state: 'string', serious: 'boolean' },
  days: 'number',
}
const facts = {
  applicant: { age: 34, income: 2400, resident: true },
  fine: { amount: 120, state: 'unpaid', serious: false },
  days: 91,
}
/** As forms and flows ask: FEEL, and the same in zen's words. */
const conditions: [string, string][] = [
  ['days <= 60', 'days <= 60'],
  ['fine.state = "unpaid"', "fine.state == 'unpaid'"],
  ['applicant.age >= 18 and applicant.resident', 'applicant.age >= 18 and applicant.resident'],
  ['fine.amount * 0.65 > 75 or fine.serious', 'fine.amount * 0.65 > 75 or fine.serious'],
  ['fine.amount in [100..500] and not(fine.serious)', 'fine.amount in [100..500] and not fine.serious'],
]

const price: RuleTable = parse(`
  name: price
  inputs: { serious: fine.serious, days: days }
  rows:
    - { if: { serious: "true" }, then: { percent: "100" }, law: s.41(5) }
    - { if: { days: "<= 60" }, then: { percent: "65" }, law: s.41(3) }
    - { if: { days: "(60..365]" }, then: { percent: "75" }, law: s.41(4) }
    - { if: { days: "> 365" }, then: { percent: "100" }, law: s.41(1) }
`)
/** Thirty bands, of which the last but one applies. */
const bands: RuleTable = {
  name: 'band',
  inputs: { days: 'days', amount: 'fine.amount' },
  rows: Array.from({ length: 30 }, (_, n) => ({
    if: { days: n < 28 ? `[${n}..${n + 1})` : '>= 28', amount: n === 28 ? '> 50' : '> 100' },
    ...parse(`then: { fee: "${n * 10}" }`),
    law: `s.${n + 1}`,
  })),
}
const changed: RuleTable = parse(`
  name: price
  inputs: { serious: fine.serious, days: days }
  rows:
    - { if: { serious: "true" }, then: { percent: "110" }, law: s.41(5) }
    - { if: { days: "<= 30" }, then: { percent: "60" }, law: s.41(3) }
    - { if: {}, then: { percent: "90" }, law: s.41(1) }
`)

export async function decisions({ seconds, say }: BenchOptions): Promise<Row[]> {
  const each = seconds * 100
  const rows = [...conditionRows(each), ...(await tableRows(each))]
  const cases = Math.min(1_000_000, seconds * 100_000)
  say(`  ${cases} past decisions`)
  return [...rows, inMemory(cases), await inDatabase(cases, say)]
}

function conditionRows(ms: number): Row[] {
  const compiled = conditions.map(([source]) => compileFeel(source, { shape }))
  const [ours = 0, anew = 0, theirs = 0, zen = 0] = perSecond(ms, [
    () => {
      for (const one of compiled) one.evaluate(facts)
    },
    () => {
      for (const [source] of conditions) compileFeel(source, { shape }).evaluate(facts)
    },
    () => {
      for (const [source] of conditions) feelin(source, facts)
    },
    () => {
      for (const [, source] of conditions) evaluateExpressionSync(source, facts)
    },
  ])
  const all = (rate: number) => rate * conditions.length
  const row = (what: string, value: number, limit: string, beside: number, wanted?: string): Row => ({
    bench,
    what,
    value: all(value),
    unit: '/s',
    limit: { what: limit, value: all(beside) },
    ...(wanted ? { wanted } : {}),
  })
  return [
    row('FEEL conditions, compiled once', ours, 'feelin', theirs, '≥ 100 ×'),
    row('FEEL conditions, compiled once', ours, 'zen', zen, '> 1 ×'),
    row('FEEL conditions, compiled each time', anew, 'feelin', theirs),
  ]
}

async function tableRows(ms: number): Promise<Row[]> {
  const rows: Row[] = []
  for (const [name, table] of [
    ['4 rows', price],
    ['30 rows', bands],
  ] as const) {
    const definition = { facts: shape }
    const [ours = 0, theirs = 0] = perSecond(ms, [() => decide(table, facts, definition), () => byFeelin(table)])
    const zen = await zenPerSecond(ms, table)
    const row = (limit: string, value: number, wanted: string): Row => ({
      bench,
      what: `table of ${name}, with its trace`,
      value: ours,
      unit: '/s',
      limit: { what: limit, value },
      wanted,
    })
    rows.push(row('feelin, cell by cell', theirs, '≥ 100 ×'), row('zen', zen, '> 1 ×'))
  }
  return rows
}

/** feelin has no tables: its unary tests, row by row, as one would write it. */
function byFeelin({ inputs, rows }: RuleTable): unknown {
  const values = Object.fromEntries(
    Object.entries(inputs).map(([name, source]) => [name, plainOf(feelin(source, facts))]),
  )
  const row = rows.find((one) =>
    Object.entries(one.if).every(([name, test]) => plainOf(unaryTest(test, { ...facts, '?': values[name] })) === true),
  )
  return (
    row && Object.fromEntries(Object.entries(row.then).map(([name, source]) => [name, plainOf(feelin(source, facts))]))
  )
}

const plainOf = (result: unknown): unknown =>
  typeof result === 'object' && result !== null && 'value' in result ? result.value : result

/** zen's own table of the same rows; a hundred at a time, because its calls leave the thread. */
async function zenPerSecond(ms: number, { inputs, rows }: RuleTable): Promise<number> {
  const names = Object.keys(inputs)
  const outputs = Object.keys(rows[0]!.then)
  const at = { x: 0, y: 0 }
  const content = {
    hitPolicy: 'first',
    inputs: names.map((name) => ({ id: name, name, field: inputs[name] })),
    outputs: outputs.map((name) => ({ id: `out-${name}`, name, field: name })),
    rules: rows.map((row, n) => ({
      _id: String(n),
      ...Object.fromEntries(names.map((name) => [name, row.if[name] ?? ''])),
      ...Object.fromEntries(outputs.map((name) => [`out-${name}`, row.then[name]])),
    })),
  }
  const engine = new ZenEngine()
  const decision = engine.createDecision({
    nodes: [
      { id: 'in', name: 'in', type: 'inputNode', position: at },
      { id: 'table', name: 'table', type: 'decisionTableNode', position: at, content },
      { id: 'out', name: 'out', type: 'outputNode', position: at },
    ],
    edges: [
      { id: 'a', sourceId: 'in', targetId: 'table', type: 'edge' },
      { id: 'b', sourceId: 'table', targetId: 'out', type: 'edge' },
    ],
  })
  const start = performance.now()
  let made = 0
  while (performance.now() - start < ms) {
    await Promise.all(Array.from({ length: 100 }, () => decision.evaluate(facts)))
    made += 100
  }
  const rate = (made / (performance.now() - start)) * 1000
  engine.dispose()
  return rate
}

function inMemory(cases: number): Row {
  const replay = createRuleReplay({ table: changed, amounts: { due: '120 * price.percent / 100' } })
  const again = replay.of({ table: price, shape })
  const start = performance.now()
  for (let n = 0; n < cases; n++) {
    const past = { fine: { serious: n % 9 === 0 }, days: n % 400 }
    again({ id: 'd', caseId: 'c', facts: past, output: { percent: n % 9 === 0 ? 100 : 65 } })
  }
  const taken = (performance.now() - start) / 1000
  return {
    bench,
    what: `changed table on ${cases} cases, in memory`,
    value: taken,
    unit: 's',
    wanted: 'seconds',
    detail: replay.report(),
  }
}

const people = 20_000
const ground = { purpose: 'case-work', channel: 'system', trace: 'bench' } as const
const agency: Context = { tenant: 'police', actor: { kind: 'system', id: 'workflow' }, ...ground }

/** From sealed traces: read, opened with each person's own key, made again, counted. */
async function inDatabase(cases: number, say: (text: string) => void): Promise<Row> {
  const home = await house({ blocks: ['decisions'] })
  try {
    const made = createDecisions({ ...home.decisions, ruleOf: async () => ({ table: price, facts: shape }) })
    decisionJobs(made, home.jobs)
    await home.jobs.start()
    await record(made)
    await multiply(home, cases)
    say('  recorded; now the changed table')
    const wanted = { service: 'fine', rule: 'price', change: { table: changed, amounts: {} } }
    const start = performance.now()
    const before = process.cpuUsage()
    const id = await made.replays.begin(wanted, agency)
    while ((await made.replays.get(id, agency)).state === 'waiting') await delay(50)
    const taken = (performance.now() - start) / 1000
    const { user, system } = process.cpuUsage(before)
    const cpu = (user + system) / 1e6
    const { report } = await made.replays.get(id, agency)
    if (report?.decisions !== cases) throw new Error(`${report?.decisions} of ${cases} decisions were made again`)
    say(`  ${cpu.toFixed(1)} s of CPU beside the database`)
    return {
      bench,
      what: `changed table on ${cases} sealed decisions`,
      value: taken,
      unit: 's',
      wanted: 'seconds',
      detail: { report, keys: people, cpu },
    }
  } finally {
    await home.stop()
  }
}

async function record(made: ReturnType<typeof createDecisions>): Promise<void> {
  const id = (n: number) => `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
  for (let from = 0; from < people; from += 1000)
    await made.recordAll(
      Array.from({ length: 1000 }, (_, i) => {
        const n = from + i
        const past = { fine: { serious: n % 9 === 0 }, days: n % 400 }
        return {
          key: `bench:${n}`,
          trace: decide(price, past, { facts: shape }).trace,
          caseId: id(n),
          service: { id: 'fine', version: '1.0.0' },
          context: { ...agency, subject: id(n) },
        }
      }),
    )
}

/** The same decisions over and over, in the order of their ids, as time writes them: what is sealed for a person stays theirs. */
async function multiply({ decisions }: TestHouse<'decisions'>, cases: number): Promise<void> {
  for (let copies = 1; copies < cases / people; copies++)
    await decisions.sql.begin(
      { ...agency, tenant: '*' },
      (sql) => sql`
        insert into decisions.decision
          (id, key, tenant, person, case_id, service, version, rule, table_hash, hits, sealed, decided_at)
        select ('0199' || lpad(to_hex(${copies}::integer), 8, '0') || substr(replace(id::text, '-', ''), 13))::uuid, key || ${`:${copies}`}, tenant, person, case_id, service, version, rule, table_hash, hits,
          sealed, decided_at
        from decisions.decision where key ~ '^bench:[0-9]+$'
        order by substr(replace(id::text, '-', ''), 13)`,
    )
}

/** Calls in a second of each, in turns, so that what else the machine does meets them alike; the best turn of five counts. */
function perSecond(ms: number, works: (() => void)[]): number[] {
  const best = works.map(() => 0)
  for (let turn = 0; turn < 6; turn++)
    for (const [n, work] of works.entries()) {
      const start = performance.now()
      let made = 0
      while (performance.now() - start < ms / 5) {
        for (let i = 0; i < 10; i++) work()
        made += 10
      }
      const rate = (made / (performance.now() - start)) * 1000
      // The first turn warms up.
      if (turn > 0) best[n] = Math.max(best[n]!, rate)
    }
  return best
}
