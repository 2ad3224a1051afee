// `ashlar test`: runs the examples of a country's services, without a database, and says where they differ.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Country, type ExampleResult, isOffered, type PublicService, runExamples } from '@ashlar/catalogue'
import { nearest } from '@ashlar/kernel/language'
import { readSettings } from '@ashlar/server'
import { offers } from '@ashlar/server/offers'
import { type Arguments, settingsOf, UsageError } from './arguments.ts'
import { readCountryFolder } from './country.ts'
import { exampleEngine } from './engine.ts'

interface TestedPublicService {
  service: string
  version: string
  /** What its flow needs that no block offers yet: its examples cannot run before. */
  missing: string[]
  results: ExampleResult[]
}

export async function test({ words, flags }: Arguments): Promise<number> {
  const { values } = readSettings(settingsOf(flags, ['json']))
  const named = words[0] !== undefined && existsSync(join(words[0], 'country.yaml'))
  const folder = named ? words[0]! : values.country.folder
  const tested = await testCountry(folder, named ? words.slice(1) : words)
  const results = tested.flatMap((one) => one.results)
  const failed = results.filter(({ failures }) => failures.length > 0)

  if (flags.json)
    console.log(JSON.stringify({ folder, passed: results.length - failed.length, services: tested }, null, 2))
  else for (const line of tested.flatMap((one) => reportOf(one, folder))) console.log(line)
  console.error(`${results.length - failed.length} passed, ${failed.length} failed: examples of ${folder}`)
  if (!results.length) console.error('No example ran: a service without examples cannot be published.')
  return failed.length || !results.length ? 1 : 0
}

/** Throws UsageError for a service that is not there, an error if the folder cannot be read. */
export async function testCountry(folder: string, wanted: string[] = []): Promise<TestedPublicService[]> {
  const { loaded } = await readCountryFolder(folder)
  const { country } = loaded
  if (!country) throw new Error(`${folder} cannot be read: run npx ashlar check ${folder}`)
  const known = Object.keys(country.services)
  const unknown = wanted.find((id) => !known.includes(id))
  if (unknown !== undefined) {
    const meant = nearest(unknown, known)
    throw new UsageError(`${folder} has no service "${unknown}".${meant ? ` Did you mean "${meant}"?` : ''}`)
  }

  const services = Object.values(country.services).filter(({ id }) => !wanted.length || wanted.includes(id))
  return services.map((service) => testOne(service, country))
}

function testOne(service: PublicService, country: Country): TestedPublicService {
  const examples = country.examples[service.id] ?? []
  const years = examples.map(({ today }) => Number(today.slice(0, 4)))
  const engine = exampleEngine(country, { from: Math.min(...years, 2026) - 1, to: Math.max(...years, 2026) + 5 })
  const missing = [
    ...new Set(service.needs.filter((need) => !isOffered(need, offers)).map(({ what, name }) => `${what} ${name}`)),
  ].sort()
  return {
    service: service.id,
    version: service.version,
    missing,
    results: missing.length ? [] : runExamples(service, examples, country, engine),
  }
}

function reportOf({ service, version, missing, results }: TestedPublicService, folder: string): string[] {
  const failed = results.filter(({ failures }) => failures.length > 0)
  const state = missing.length
    ? `cannot run yet: no block offers ${missing.length} things it needs (npx ashlar check names them)`
    : `${results.length - failed.length} of ${results.length} examples pass`
  return [
    `${failed.length ? '✗' : missing.length ? '·' : '✓'} ${service.padEnd(28)} ${version.padEnd(7)} ${state}`,
    ...failed.flatMap(({ file, example, failures }) => [
      `    ${join(folder, file)}: ${example}`,
      ...failures.map(
        ({ what, expected, got }) =>
          `        ${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`,
      ),
    ]),
  ]
}
