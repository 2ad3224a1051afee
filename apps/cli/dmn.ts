// `ashlar dmn`: the rules of a service as a DMN 1.5 file, to be opened in any modeler.
import { writeFile } from 'node:fs/promises'
import { writeDmn } from '@ashlar/decisions'
import { readSettings } from '@ashlar/server'
import { type Arguments, settingsOf, UsageError } from './arguments.ts'
import { readCountryFolder } from './country.ts'

export async function dmn({ words, flags }: Arguments): Promise<number> {
  const [first = '', second] = words
  const folder = second === undefined ? readSettings(settingsOf(flags, ['out'])).values.country.folder : first
  const { loaded } = await readCountryFolder(folder)
  const service = loaded.country?.services[second ?? first]
  if (!service) throw new UsageError(`${folder} has no service ${second ?? first}.`)

  const xml = writeDmn({
    name: service.id,
    namespace: `urn:ashlar:${loaded.country!.id}:${service.id}:${service.version}`,
    rules: Object.values(service.rules),
    facts: service.facts,
  })
  if (typeof flags.out === 'string') await writeFile(flags.out, xml)
  else process.stdout.write(xml)
  return 0
}
