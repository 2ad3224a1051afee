// What the house may ask the catalogue: which services there are, what each version says, and what the country is.
import { createHash } from 'node:crypto'
import type { Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import type { Context, Database } from '@ashlar/kernel/sql'
import type { Country } from './country.ts'
import { CountryNotPublished, PublicServiceNotFound } from './problems.ts'
import type { Channel, PublicService, SignIn } from './public-service.ts'
import { catalogueStore, type Kind } from './store.ts'

/** The country without its services and its invented people. */
export type CountryView = Omit<Country, 'services' | 'population' | 'examples'>

/** A public service as lists show it. */
export interface Summary {
  id: string
  version: string
  authority: string
  authorityName: string
  title: string
  summary: string
  audience: PublicService['audience']
  channels: Channel[]
  signIn: SignIn
  lifeEvents: string[]
  languages: string[]
}

export interface PublishReport {
  /** Versions that were not known before. */
  published: { id: string; version: string }[]
  unchanged: string[]
  /** Not offered any more; their cases go on. */
  ended: string[]
  /** Drafts are not published. */
  drafts: string[]
  /** A changed definition under a version that is taken; the version that was published before still counts. */
  refused: { id: string; version: string; message: string; mend: string }[]
}

export interface Catalogue {
  /**
   * Publishes the active services of a country, each version once and for ever. The same again changes nothing. A
   * version that was published before and stands in the folder again counts again.
   */
  publish(country: Country): Promise<PublishReport>
  /** Throws CountryNotPublished. */
  current(): Promise<CountryView>
  /** A version, or the one that counts now. Throws PublicServiceNotFound. */
  get(id: string, version?: string): Promise<PublicService>
  /** The services that are offered now, in the language or the country's first. */
  list(language?: string): Promise<Summary[]>
  versions(id: string): Promise<{ version: string; hash: string; publishedAt: Date }[]>
}

export interface CatalogueNeeds {
  sql: Database
  clock: Clock
  events?: Events
}

const publisher: Context = {
  tenant: '*',
  actor: { kind: 'system', id: 'catalogue' },
  purpose: 'publish',
  channel: 'system',
  trace: 'publish',
}

export function createCatalogue({ sql, clock, events }: CatalogueNeeds): Catalogue {
  /** Versions never change, so what was read once is kept; all of a country's are a few megabytes. */
  const versions = new Map<string, Promise<PublicService | undefined>>()
  let now: Promise<{ country: CountryView; services: Map<string, string> }> | undefined

  const forget = () => {
    now = undefined
  }
  // Another process may publish; the glimpse comes after its commit.
  events?.watch('catalogue.published', forget)

  const load = (id: string, version: string): Promise<PublicService | undefined> => {
    const key = `${id}@${version}`
    let loaded = versions.get(key)
    if (loaded === undefined) {
      loaded = catalogueStore(sql).content<PublicService>('service', id, version)
      const drop = () => versions.delete(key)
      loaded.then((found) => found === undefined && drop(), drop)
      if (versions.size < 10_000) versions.set(key, loaded)
    }
    return loaded
  }

  const present = () => {
    now ??= readPresent().catch((error) => {
      forget()
      throw error
    })
    return now
  }

  const readPresent = async () => {
    const store = catalogueStore(sql)
    const [country] = await store.current('country')
    if (country === undefined) throw CountryNotPublished()
    const view = await store.content<CountryView>('country', country.id, country.version)
    if (view === undefined) throw CountryNotPublished()
    const services = await store.current('service')
    return { country: view, services: new Map(services.map(({ id, version }) => [id, version])) }
  }

  const get = async (id: string, version?: string): Promise<PublicService> => {
    const wanted = version ?? (await present()).services.get(id)
    const service = wanted === undefined ? undefined : await load(id, wanted)
    if (service === undefined) throw PublicServiceNotFound(id, version)
    return service
  }

  return {
    get,
    current: async () => (await present()).country,

    publish: async (country) => {
      const report = await sql.begin(publisher, async (sql) => {
        const store = catalogueStore(sql)
        await store.lock()
        const report: PublishReport = { published: [], unchanged: [], ended: [], drafts: [], refused: [] }
        const at = clock.now()
        const offered: string[] = []
        for (const service of Object.values(country.services)) {
          const { id, version, hash, status } = service
          if (status === 'draft') report.drafts.push(id)
          if (status !== 'active') continue
          offered.push(id)
          const kept = await store.keep({ kind: 'service', id, version, hash, content: service }, at)
          if (kept.hash !== hash) {
            report.refused.push({
              id,
              version,
              message: `version ${version} of '${id}' is published already, and says something else`,
              mend: `raise 'version:' in services/${id}/service.yaml to ${nextAfter(version)}`,
            })
            continue
          }
          await store.makeCurrent('service', id, version, at)
          if (kept.isNew) report.published.push({ id, version })
          else report.unchanged.push(id)
        }
        report.ended.push(...(await store.endOthers(offered)))
        await keepCountry(store, country, at)
        for (const { id, version } of report.published)
          await events?.publish(sql, {
            type: 'catalogue.published',
            key: `${id}@${version}`,
            data: { service: id, version },
          })
        return report
      })
      forget()
      return report
    },

    list: async (language) => {
      const { country, services } = await present()
      const found = await Promise.all([...services].map(([id, version]) => load(id, version)))
      return found.filter((service) => service !== undefined).map((service) => toSummary(service, country, language))
    },

    versions: async (id) => {
      const rows = await catalogueStore(sql).versions(id)
      return rows.map(({ published_at: publishedAt, ...row }) => ({ ...row, publishedAt }))
    },
  }
}

/** The country has no version of its own to raise: what it says is its address. */
async function keepCountry(store: ReturnType<typeof catalogueStore>, country: Country, at: Date): Promise<void> {
  const { services: _, population: __, examples: ___, ...view } = country
  const hash = createHash('sha256').update(JSON.stringify(view)).digest('hex')
  const kind: Kind = 'country'
  const version = `${country.version}+${hash.slice(0, 12)}`
  await store.keep({ kind, id: country.id, version, hash, content: view }, at)
  await store.makeCurrent(kind, country.id, version, at)
}

function nextAfter(version: string): string {
  const [major = '0', minor = '0', patch = '0'] = version.split('.')
  return `${major}.${minor}.${Number(patch) + 1}`
}

/** The text in the language, or in the first language of the service. */
export function textOf({ texts, languages }: PublicService, language: string | undefined, key: string): string {
  return texts[language ?? '']?.[key] ?? texts[languages[0] ?? '']?.[key] ?? key
}

function toSummary(service: PublicService, { agencies }: CountryView, language: string | undefined): Summary {
  const { id, version, authority, audience, channels, signIn, lifeEvents, languages } = service
  const names = agencies[authority]?.name ?? {}
  return {
    id,
    version,
    authority,
    authorityName: names[language ?? ''] ?? names[languages[0] ?? ''] ?? authority,
    title: textOf(service, language, 'title'),
    summary: textOf(service, language, 'summary'),
    audience,
    channels,
    signIn,
    lifeEvents,
    languages,
  }
}
