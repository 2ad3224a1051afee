// `ashlar replay`: tries the rule as it stands in the folder on what was decided so far; who gains, who loses.
import { setTimeout as delay } from 'node:timers/promises'
import type { RuleReplay } from '@ashlar/decisions'
import { readSettings } from '@ashlar/server'
import { type Arguments, settingsOf, UsageError } from './arguments.ts'
import { readCountryFolder } from './country.ts'
import { callRunning } from './running.ts'

const base = '/api/decisions/v1/replays'

export async function replay({ words, flags }: Arguments): Promise<number> {
  const settings = settingsOf(flags, ['json'])
  const [folder, id, name] = words.length === 2 ? [readSettings(settings).values.country.folder, ...words] : words
  if (!folder || !id || !name) throw new UsageError('Say which rule of which service: ashlar replay fine price')
  const { loaded, report } = await readCountryFolder(folder)
  const service = loaded.country?.services[id]
  const rule = service?.rules[name]
  if (!rule) throw new UsageError(`${folder} has no rule ${name} of a service ${id}.`)
  const broken = report.problems.find((one) => one.severity === 'error' && one.file.startsWith(`services/${id}/`))
  if (broken) throw new Error(`${broken.file}:${broken.line} ${broken.message}; ${broken.mend}`)

  const { hit, inputs, rows, outputs, model } = rule
  const charged = Object.values(service.fees).filter(({ amount }) => new RegExp(`\\b${name}\\b`).test(amount))
  const start = performance.now()
  let answer = await callRunning<RuleReplay>(settings, 'POST', base, {
    service: id,
    rule: name,
    table: { inputs, rows, ...(hit ? { hit } : {}), ...(outputs ? { outputs } : {}), ...(model ? { model } : {}) },
    amounts: Object.fromEntries(charged.map((fee) => [fee.name, fee.amount])),
  })
  while (answer.state === 'waiting') {
    await delay(200)
    answer = await callRunning<RuleReplay>(settings, 'GET', `${base}/${answer.id}`)
  }
  const seconds = (performance.now() - start) / 1000
  if (flags.json) console.log(JSON.stringify(answer, null, 2))
  else for (const line of toLines(answer, loaded.country!.currency.code, seconds)) console.log(line)
  return answer.state === 'done' ? 0 : 1
}

function toLines({ service, rule, report }: RuleReplay, currency: string, seconds: number): string[] {
  if (!report) return ['The rule asks for more steps, memory or time than one may have.']
  const { decisions, same, changed, results, outputs, amounts, untold, erased, examples } = report
  const lines = [
    `${rule} of ${service}: ${decisions} decisions made again in ${seconds.toFixed(1)} s; ${same} the same, ${changed} otherwise`,
  ]
  for (const { from, to, decisions: count } of results)
    lines.push(`  ${String(count).padStart(9)}  ${JSON.stringify(from)} → ${JSON.stringify(to)}`)
  const hidden = changed - results.reduce((sum, one) => sum + one.decisions, 0)
  if (hidden > 0) lines.push(`  ${String(hidden).padStart(9)}  of other kinds, each of fewer than five`)
  const unit = Object.keys(amounts).length > 0 ? amounts : outputs
  for (const [name, { lower, higher }] of Object.entries(unit)) {
    const money = unit === amounts ? ` ${currency}` : ''
    lines.push(
      `  ${name}: ${lower.decisions} less (${lower.sum}${money} together), ${higher.decisions} more (${higher.sum}${money} together)`,
    )
  }
  if (untold.decisions > 0)
    lines.push(`  ${untold.decisions} cannot be told: ${untold.facts.join(', ')} was not kept with them`)
  if (erased > 0) lines.push(`  ${erased} of persons whose data was erased`)
  if (examples.length > 0)
    lines.push(
      `  cases to look at: ${examples
        .slice(0, 5)
        .map((one) => one.case)
        .join(', ')}`,
    )
  return lines
}
