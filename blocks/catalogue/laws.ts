// How a law is cited: definitions write it in the country's first language, people read it in theirs.
import type { Country } from './country.ts'
import type { PublicService } from './public-service.ts'

export interface Citation {
  text: string
  /** In which language it is; the country's first one where a name or pattern is missing. */
  language: string
}

type Citing = Pick<Country, 'languages'> & Partial<Pick<Country, 'laws'>>

/** 'Road Traffic Act s.41(3)' in a language of the country. What does not follow the pattern stays as it is written. */
export function cite(country: Citing, written: string, language: string): Citation {
  const first = country.languages[0]!.code
  if (language === first) return { text: written, language }
  const parts = partsOf(country, written)
  const name = country.laws?.names[parts.law]?.[language]
  const pattern = parts.section === undefined ? '{law}' : country.laws?.cited[language]
  if (name === undefined || pattern === undefined) return { text: written, language: first }
  return {
    text: pattern.replace(/\{(law|section)\}/g, (_, part) => (part === 'law' ? name : (parts.section ?? ''))),
    language,
  }
}

/** Names of laws that a person may meet, each with the languages in which it has no name. Drafts may still be without. */
export function unnamedLaws(country: Country): { law: string; missing: string[] }[] {
  const [first, ...others] = country.languages.map(({ code }) => code)
  const wanted = new Map<string, Set<string>>()
  const want = (written: string | undefined, languages: string[]) => {
    if (!written) return
    const { law } = partsOf(country, written)
    wanted.set(law, new Set([...(wanted.get(law) ?? []), ...languages.filter((code) => code !== first)]))
  }
  const active = Object.values(country.services).filter(({ status }) => status === 'active')
  for (const service of active) for (const law of lawsOf(service)) want(law, service.languages)
  const used = new Set(active.flatMap(({ evidence }) => Object.values(evidence).map(({ agreement }) => agreement)))
  for (const { id, status, law } of Object.values(country.agreements))
    if (status === 'active' && used.has(id)) want(law, others)
  return [...wanted].flatMap(([law, languages]) => {
    const missing = [...languages].filter((code) => country.laws?.names[law]?.[code] === undefined)
    return missing.length === 0 ? [] : [{ law, missing }]
  })
}

/** Every citation in a definition, in whichever part of it. */
export function lawsOf(service: PublicService): string[] {
  const found = new Set<string>()
  const look = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) look(one)
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) {
        if (key === 'law' && typeof inner === 'string') found.add(inner)
        else if (key === 'law' && Array.isArray(inner)) for (const one of inner) found.add(String(one))
        else if (key !== 'texts' && key !== 'files' && key !== 'facts') look(inner)
      }
  }
  look(service)
  return [...found]
}

function partsOf({ languages, laws }: Citing, written: string): { law: string; section?: string } {
  const pattern = laws?.cited[languages[0]!.code] ?? '{law} s.{section}'
  const [before = '', between = '', after = ''] = pattern.split(/\{law\}|\{section\}/)
  const from = written.startsWith(before) ? before.length : 0
  const at = between === '' ? -1 : written.lastIndexOf(between)
  if (at < from || !written.endsWith(after)) return { law: written }
  return { law: written.slice(from, at), section: written.slice(at + between.length, written.length - after.length) }
}
