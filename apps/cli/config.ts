// `ashlar config explain`: every setting, its value and which source won.
import { readSettings } from '@ashlar/server'
import { type Arguments, settingsOf, UsageError } from './arguments.ts'

export async function config({ words, flags }: Arguments): Promise<number> {
  if (words[0] !== 'explain') throw new UsageError('Say: npx ashlar config explain')
  const rows = readSettings(settingsOf(flags, ['json'])).explain()
  if (flags.json) {
    console.log(JSON.stringify(rows, null, 2))
    return 0
  }
  const width = Math.max(...rows.map(({ key }) => key.length))
  for (const { key, value, source, overridden, about } of rows) {
    console.log(`${key.padEnd(width)}  ${value || '(not set)'}   from ${source}`)
    for (const other of overridden) console.log(`${' '.repeat(width)}    instead of ${other}`)
    if (about) console.log(`${' '.repeat(width)}    ${about}`)
  }
  return 0
}
