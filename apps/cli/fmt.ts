// `ashlar fmt`: every YAML file of a country in canonical form; comments stay.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { formatFile } from '@ashlar/catalogue'
import { readSettings } from '@ashlar/server'
import { type Arguments, settingsOf } from './arguments.ts'

export async function fmt({ words, flags }: Arguments): Promise<number> {
  const { values } = readSettings(settingsOf(flags, ['check']))
  const folder = words[0] ?? values.country.folder
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort()
  let changed = 0
  for (const file of files) {
    const path = join(folder, file)
    const before = readFileSync(path, 'utf8')
    const after = formatFile(before)
    if (before === after) continue
    changed += 1
    console.log(path)
    if (!flags.check) writeFileSync(path, after)
  }
  console.log(`${changed} of ${files.length} files ${flags.check ? 'are not in canonical form' : 'were written'}`)
  return flags.check && changed ? 1 : 0
}
