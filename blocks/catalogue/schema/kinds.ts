// The kinds of files that a country is made of: where each stands, and the schema that it keeps to.
import { Agency, Agreement, Country, Example, LifeEvent, Population, Register, Staff, Texts } from './country.ts'
import { Service } from './service.ts'
import type { TSchema } from './words.ts'

export interface FileKind {
  /** Also the name of the published schema: 'service' is schemas/service.json. */
  name: string
  /** Its path inside the folder of the country. */
  path: RegExp
  /** The key whose value must be the name of the file or folder. */
  named?: string
  schema: TSchema
}

const slug = '[a-z0-9][a-z0-9-]*'
const path = (source: string) => new RegExp(`^${source.replaceAll('*', slug)}\\.yaml$`)

export const fileKinds: FileKind[] = [
  { name: 'country', path: path('country'), schema: Country },
  { name: 'agency', path: path('agencies/*'), named: 'agency', schema: Agency },
  { name: 'register', path: path('registries/*'), named: 'register', schema: Register },
  { name: 'agreement', path: path('agreements/*'), named: 'agreement', schema: Agreement },
  { name: 'service', path: path('services/*/service'), named: 'service', schema: Service },
  { name: 'texts', path: path('services/*/texts/*'), schema: Texts },
  { name: 'texts', path: path('texts/*'), schema: Texts },
  { name: 'example', path: path('services/*/examples/*'), schema: Example },
  { name: 'life-event', path: path('life-events/*'), named: 'life-event', schema: LifeEvent },
  { name: 'staff', path: path('staff'), schema: Staff },
  { name: 'population', path: path('population'), schema: Population },
]

/** The JSON Schemas as they are published in schemas/, by file name. */
export function publishedSchemas(): Record<string, string> {
  return Object.fromEntries(
    fileKinds.map(({ name, schema }) => [`${name}.json`, `${JSON.stringify(schema, null, 2)}\n`]),
  )
}
