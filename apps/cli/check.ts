// `ashlar check`: what is wrong in a country, where and how to mend it; and what its services need that no block offers yet.
import { isOffered, toLine } from '@ashlar/catalogue'
import { readSettings } from '@ashlar/server'
import { offers } from '@ashlar/server/offers'
import { type Arguments, settingsOf } from './arguments.ts'
import { readCountryFolder } from './country.ts'

export async function check({ words, flags }: Arguments): Promise<number> {
  const { values } = readSettings(settingsOf(flags, ['json']))
  const folder = words[0] ?? values.country.folder
  const { loaded, report } = await readCountryFolder(folder)
  const errors = report.problems.filter(({ severity }) => severity === 'error')
  if (flags.json) {
    console.log(JSON.stringify({ folder, ...report }, null, 2))
    return errors.length ? 1 : 0
  }

  for (const problem of report.problems)
    if (problem.severity !== 'draft') console.log(toLine({ ...problem, file: `${folder}/${problem.file}` }))
  const services = Object.values(loaded.country?.services ?? {})
  for (const service of services) {
    const missing = [
      ...new Set(service.needs.filter((need) => !isOffered(need, offers)).map(({ what, name }) => `${what} ${name}`)),
    ]
    const state = missing.length
      ? `no block offers yet: ${missing.join(', ')}`
      : service.status === 'draft'
        ? 'draft'
        : 'runs'
    console.log(`${service.id.padEnd(28)} ${service.version.padEnd(7)} ${state}`)
  }
  const { files, services: count, expressions, texts, examples } = report.examined
  console.error(
    `${errors.length} errors in ${files} files: ${count} services, ${expressions} expressions, ${texts} texts, ${examples} examples examined`,
  )
  return errors.length ? 1 : 0
}
