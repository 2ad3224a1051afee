// The plan of the platform: what each public service of a country still needs that no block offers.
import type { Country } from './country.ts'
import { isOffered, type Offers } from './needs.ts'
import type { Need } from './public-service.ts'

export interface PlanRow {
  service: string
  title: string
  status: 'draft' | 'active' | 'withdrawn'
  /** How many different things it needs, and how many of them are offered. */
  needs: number
  offered: number
  /** What is not offered yet, by kind, each once and in order. */
  missing: Partial<Record<Need['what'], string[]>>
  /** Languages of the country in which it is not written yet. */
  languages: string[]
}

export interface Plan {
  services: PlanRow[]
  /** What is missing, most wanted first: the next thing to build. */
  wanted: { what: Need['what']; name: string; services: string[] }[]
}

export function plan(country: Country, offers: Offers): Plan {
  const wanted = new Map<string, Plan['wanted'][number]>()
  const services = Object.values(country.services).map((service): PlanRow => {
    const needs = new Map(service.needs.map((need) => [`${need.what} ${need.name}`, need]))
    const missing: PlanRow['missing'] = {}
    for (const [key, need] of [...needs].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (isOffered(need, offers)) continue
      const list = missing[need.what] ?? []
      missing[need.what] = [...list, need.name]
      const want = wanted.get(key) ?? { what: need.what, name: need.name, services: [] }
      wanted.set(key, { ...want, services: [...want.services, service.id] })
    }
    const absent = Object.values(missing).flat().length
    return {
      service: service.id,
      title: service.texts[country.languages[0]?.code ?? 'en']?.title ?? service.id,
      status: service.status,
      needs: needs.size,
      offered: needs.size - absent,
      missing,
      languages: country.languages.map(({ code }) => code).filter((code) => !service.languages.includes(code)),
    }
  })
  return {
    services: services.sort((a, b) => (a.service < b.service ? -1 : 1)),
    wanted: [...wanted.values()].sort((a, b) => b.services.length - a.services.length || (a.name < b.name ? -1 : 1)),
  }
}

/** The plan as a page of the docs. */
export function planPage({ services, wanted }: Plan): string {
  const cell = (names: string[] | undefined) => (names ?? []).map((name) => `\`${name}\``).join(', ') || '–'
  const rows = services.map(
    ({ service, title, status, needs, offered, missing, languages }) =>
      `| ${title} (\`${service}\`) | ${status} | ${offered} of ${needs} | ${cell(missing.step)} | ${cell(missing.question)} | ${cell(
        [...(missing.party ?? []), ...(missing.evidence ?? []), ...(missing.clock ?? []), ...(missing.trigger ?? [])],
      )} | ${languages.join(', ') || '–'} |`,
  )
  const wishes = wanted.map(
    ({ what, name, services }) => `| ${what} | \`${name}\` | ${services.length} | ${services.join(', ')} |`,
  )
  return [
    '# What each public service still needs',
    '',
    'Generated from the definitions and from what the blocks offer: a service runs when nothing is missing.',
    '',
    '| public service | status | offered | steps missing | question types missing | parties, evidence, clocks, triggers missing | languages missing |',
    '|---|---|---|---|---|---|---|',
    ...rows,
    '',
    '## Most wanted',
    '',
    '| what | name | services | which |',
    '|---|---|---|---|',
    ...wishes,
    '',
  ].join('\n')
}
