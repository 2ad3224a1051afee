// `ashlar doctor`: looks for what keeps the country from running; says the cause and what mends it.
import { fileURLToPath } from 'node:url'
import type { Settings } from '@ashlar/server'
import { type Arguments, settingsOf } from './arguments.ts'
import { type Finding, fault, fine, type Surroundings, thisMachine } from './doctor/finding.ts'
import { examineProgram } from './doctor/program.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const marks = { fine: '✓', warning: '!', fault: '✗' }

export async function doctor({ flags }: Arguments): Promise<number> {
  const findings = await examine({ root, flags: settingsOf(flags, ['json']), ...thisMachine })
  const faults = findings.filter(({ state }) => state === 'fault')
  if (flags.json) console.log(JSON.stringify(findings, null, 2))
  else
    for (const { state, about, says, mend } of findings) {
      console.log(`${marks[state]} ${about.padEnd(14)} ${says.replaceAll('\n', `\n${' '.repeat(17)}`)}`)
      if (mend) console.log(`${' '.repeat(17)}Mend: ${mend}`)
    }
  const warnings = findings.filter(({ state }) => state === 'warning').length
  console.error(`${findings.length} things examined: ${faults.length} faults, ${warnings} warnings`)
  return faults.length ? 1 : 0
}

/** Every examination, in the order in which a fault would show; those that need the settings only if these are right. */
export async function examine(at: Surroundings): Promise<Finding[]> {
  const program = await examineProgram(at)
  if (program.some(({ about, state }) => about === 'packages' && state === 'fault')) return program
  const settings = await examineSettings(at)
  if ('state' in settings) return [...program, settings]

  const findings: Finding[] = []
  for (const room of await rooms()) findings.push(...(await room(at, settings)))
  return [...program, fine('settings', 'are right'), ...findings]
}

/** Loaded only now: they need packages, whose absence is a finding of its own. */
async function rooms() {
  const { examinePlace } = await import('./doctor/place.ts')
  const { examineRunning } = await import('./doctor/running.ts')
  const { examineDatabase } = await import('./doctor/database.ts')
  const { examineCountry } = await import('./doctor/country.ts')
  const { examineClock } = await import('./doctor/clock.ts')
  return [examinePlace, examineRunning, examineDatabase, examineCountry, examineClock]
}

async function examineSettings({ flags }: Surroundings): Promise<Settings | Finding> {
  const { readSettings, refusalOf } = await import('@ashlar/server')
  try {
    const { values } = readSettings(flags)
    const refusal = refusalOf(values)
    return refusal ? fault('settings', refusal, 'say --demo.enabled=false, or leave --http.host at 127.0.0.1') : values
  } catch (error) {
    return fault('settings', (error as Error).message, 'correct the flag, variable or line of ashlar.yaml named here')
  }
}
