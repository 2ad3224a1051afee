// `npm run test:trust`: what people may trust, proved by trying to break it. Prints one table, writes .out/trust.json, ends with
// "N passed, N failed". `-- --kills 50` kills longer; `-- crash`, `checks`, `points`, `clocks` or `controls` runs a part.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { checks } from './checks.ts'
import { passesAYear } from './clocks.ts'
import { type CrashReport, runCrash, type Target } from './crash.ts'
import { refusesForgetfulness } from './durability.ts'
import { type Figure, figure, printFigures } from './figure.ts'
import { diesAtEveryPoint } from './points.ts'

const { values, positionals } = parseArgs({
  options: {
    kills: { type: 'string', default: '10' },
    clients: { type: 'string', default: '16' },
    seed: { type: 'string', default: '1' },
    folder: { type: 'string', default: join(tmpdir(), `ashlar-trust-${process.pid}`) },
    keep: { type: 'boolean', default: false },
  },
  allowPositionals: true,
})
const folder = values.folder
const seed = Number(values.seed)
const clients = Number(values.clients)
const wanted = (part: string) => positionals.length === 0 || positionals.includes(part)
const say = (text: string) => process.stderr.write(`  ${text}\n`)
const figures: Figure[] = []
const began = performance.now()
mkdirSync(folder, { recursive: true })

if (wanted('checks')) {
  say('short checks')
  figures.push(...(await checks({ folder: join(folder, 'checks'), seed, say })))
}
if (wanted('points')) {
  say('the engine killed at each of its named points')
  figures.push(...(await diesAtEveryPoint({ say })))
}
if (wanted('clocks')) {
  say('a year at once over 10,000 open cases')
  figures.push(...(await passesAYear({ cases: 10_000, say })))
}
if (wanted('crash')) {
  say(`crash: ${values.kills} kills, seed ${seed}`)
  const report = await runCrash({ folder: join(folder, 'crash'), kills: Number(values.kills), clients, seed, say })
  figures.push(...crashFigures(report))
  explain('crash', report)
}
if (wanted('controls')) {
  say('control: a database that forgets')
  const forgetful = await runCrash({
    folder: join(folder, 'forgetful'),
    kills: 3,
    clients,
    seed,
    launcher: join(import.meta.dirname, 'forgetful-launcher.ts'),
    targets: ['database'],
    settleLimit: 3,
    say,
  })
  say('control: clients without keys')
  const keyless = await runCrash({
    folder: join(folder, 'keyless'),
    kills: 2,
    clients,
    seed,
    keys: 'left-out',
    impatience: 0.4,
    targets: ['server'],
    settleLimit: 20,
    say,
  })
  figures.push(
    figure('A1c', 'Control: synchronous_commit=off loses what it has acknowledged', forgetful.lost.length, '> 0', {
      examined: forgetful.acknowledged.applications,
    }),
    figure('A1c', 'Control: without idempotency keys wishes are done twice', keyless.doubled.length, '> 0', {
      examined: keyless.acknowledged.applications,
    }),
    ...(await refusesForgetfulness({ folder: join(folder, 'forgetful'), say })),
  )
}

const failed = figures.filter(({ ok }) => !ok)
printFigures(figures)
const out = join(import.meta.dirname, '../.out')
mkdirSync(out, { recursive: true })
writeFileSync(
  join(out, 'trust.json'),
  JSON.stringify(
    { at: new Date().toISOString(), seed, seconds: Math.round((performance.now() - began) / 1000), figures },
    null,
    2,
  ),
)
if (failed.length === 0 && !values.keep) rmSync(folder, { recursive: true, force: true })
else console.log(`What ran is kept in ${folder}`)
console.log(`${figures.length - failed.length} passed, ${failed.length} failed`)
process.exitCode = failed.length === 0 ? 0 : 1

function crashFigures(report: CrashReport): Figure[] {
  const { acknowledged, kills, recovery, examined } = report
  const acks = acknowledged.applications + acknowledged.payments
  const killed = Object.values(kills).reduce((sum, count) => sum + count, 0)
  const how = (Object.entries(kills) as [Target, number][]).map(([target, count]) => `${target} ${count}`).join(', ')
  const worst = (times: number[]) => Math.max(0, ...times) / 1000
  return [
    figure('A1', `Acknowledged and lost, after ${killed} kills -9 (${how})`, report.lost.length, '= 0', {
      examined: acks,
    }),
    figure('A1', 'Done twice: cases, processes, letters, messages, charges, bills', report.doubled.length, '= 0', {
      examined: examined.cases! + examined.documents! + examined.messages! + examined.charges! + examined.bills!,
    }),
    figure('A1', 'Not as acknowledged; ledger and clearing balance', report.wrong.length, '= 0', {
      examined: acks + examined.replays! + examined.entries!,
    }),
    figure('A1', 'Stuck when nothing is due any more', report.stuck.length, '= 0', { examined: examined.cases! }),
    figure('A1', 'Refused although it was in order', report.refused.length, '= 0', { examined: report.tries }),
    figure('B4', 'Reads and writes of registers without their entry in the log', report.unlogged.length, '= 0', {
      examined: examined.uses!,
    }),
    figure('B5', 'Entries that the person is not shown', report.seenByPersons.missing, '= 0', {
      examined: report.seenByPersons.uses,
    }),
    figure('A1', 'Planted: kinds of faults in the database that the checker finds', report.plantedFound.length, '= 5', {
      findings: report.plantedFound,
    }),
    figure('A1', 'Acknowledged applications', acknowledged.applications, '> 0'),
    figure('A1', 'Acknowledged payments', acknowledged.payments, '> 0'),
    figure('A1', 'Longest wait of a client for one answer, seconds', report.longestStall / 1000, '<= 30'),
    figure('A1', 'Longest until the server serves again, seconds', worst(recovery.server), '<= 30'),
    figure('A3', 'Longest until the database serves again, seconds', worst(recovery.database), '<= 30'),
  ]
}

/** The first of each kind of finding, so that a failure says what it is. */
function explain(name: string, report: CrashReport): void {
  for (const kind of ['lost', 'doubled', 'wrong', 'stuck', 'unlogged', 'refused'] as const)
    for (const finding of report[kind].slice(0, 5)) say(`${name}: ${kind}: ${finding}`)
}
