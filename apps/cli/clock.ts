// `ashlar clock`: shows or moves the legal clock of the demo that runs in the data folder.
import { type Arguments, settingsOf, UsageError } from './arguments.ts'
import { callRunning } from './running.ts'

interface ClockAnswer {
  now: string
  zone: string
  moved: string
  done?: number
}

export async function clock({ words, flags }: Arguments): Promise<number> {
  const [by] = words
  if (by !== undefined && by !== 'reset' && !/^\+?(\d+[smhdwy]|\d+mo|P.+)$/.test(by))
    throw new UsageError(`"${by}" is no move: say +7d, +2h, +1y, P30D or reset.`)
  const settings = settingsOf(flags, ['json'])
  const answer = await callRunning<ClockAnswer>(settings, by ? 'POST' : 'GET', '/demo/clock', by ? { by } : undefined)
  if (flags.json) console.log(JSON.stringify(answer))
  else console.log(`It is ${answer.now} in ${answer.zone}${answer.moved === '0' ? '' : ` (moved by ${answer.moved})`}.`)
  return 0
}
