// The words of a public service and the facts of registers, as a visitor reads them.
import type { Country, PublicService, Register, RegisterField } from '@ashlar/catalogue'
import type { Visit } from '@ashlar/face'
import { readTerm } from '@ashlar/kernel/calendar'
import { createTexts, type Texts, type TextValues } from '@ashlar/kernel/language'
import { moneyOf } from '@ashlar/kernel/money'
import { type Html, html, isolate, join } from '@ashlar/ui'

/** The texts of one version of a public service in the visitor's language. */
export interface Words {
  (key: string, values?: TextValues): string
  /** Undefined if the service has no such text in this language. */
  maybe(key: string, values?: TextValues): string | undefined
}

type Json = string | number | boolean | null | Json[] | { [name: string]: Json }

const kept = new WeakMap<PublicService, Texts>()

function textsOf(service: PublicService, { languages, zone }: Pick<Country, 'languages' | 'zone'>): Texts {
  let texts = kept.get(service)
  if (texts === undefined) {
    const spoken = languages.filter(({ code }) => service.languages.includes(code))
    texts = createTexts({ languages: spoken.length ? spoken : languages, texts: service.texts, zone })
    kept.set(service, texts)
  }
  return texts
}

/** What the country says otherwise than the house is no matter of the service: its texts stand alone. */
export function wordsOf(visit: Visit, service: PublicService, country: Country): Words {
  const texts = textsOf(service, country)
  const words = (key: string, values?: TextValues) => texts.text(visit.language, key, values)
  return Object.assign(words, {
    maybe: (key: string, values?: TextValues) =>
      texts.has(visit.language, key) ? texts.text(visit.language, key, values) : undefined,
  })
}

/** How a case ended, in the service's words, or in those that hold for every service: withdrawn, decided by the law. */
export function resultText({ t }: Visit, words: Words, result: string): string {
  return words.maybe(`result.${result}.title`) ?? t(`case.result.${result}`)
}

/** Paragraphs of a text are separated by empty lines. */
export function paragraphsOf(text: string): string[] {
  return text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '')
}

/** A value of a register as people read it; undefined for nothing, and for ids, which say nothing to anybody. */
function shownField(
  visit: Visit,
  country: Country,
  field: Pick<RegisterField, 'is' | 'of' | 'optionLabels'>,
  value: unknown,
): string | Html | undefined {
  if (value === null || value === undefined || value === '') return undefined
  switch (field.is) {
    case 'uuid':
    case 'person':
    case 'organisation':
      return undefined
    case 'money':
      return typeof value === 'number'
        ? visit.money(moneyOf(value, country.currency.code, country.currency.decimals))
        : String(value)
    case 'choice': {
      const label = field.optionLabels[String(value)]
      return label === undefined ? String(value) : visit.of(label)
    }
    case 'list': {
      if (!Array.isArray(value)) return undefined
      const item = { is: field.of ?? 'text', optionLabels: field.optionLabels }
      const items = value.map((one) => shownField(visit, country, item, one)).filter((one) => one !== undefined)
      return items.length === 0 ? undefined : join(items, html`<br>`)
    }
    case 'name':
    case 'text':
      return isolate(String(value))
    default:
      return visit.fact(value)
  }
}

/** Fields of a record that the person themself may see, with their labels, in the order asked for. */
export function shownRecord(
  visit: Visit,
  country: Country,
  register: Register | undefined,
  fields: string[],
  record: unknown,
): { label: string; text: string | Html }[] {
  if (register === undefined || typeof record !== 'object' || record === null) return []
  const { self } = register.access
  return fields
    .filter((name) => self.length === 0 || self.includes(name))
    .flatMap((name) => {
      const field = register.fields[name]
      const text = field && shownField(visit, country, field, (record as Record<string, Json>)[name])
      return field === undefined || text === undefined ? [] : [{ label: visit.of(field.label), text }]
    })
}

export function agencyName(visit: Visit, country: Country, id: string): string {
  return visit.of(country.agencies[id]?.name) || id
}

/** A term of the law in words: "10 working days". */
export function termText({ t }: Visit, term: string): string {
  const { n, unit } = readTerm(term)
  return t(`portal.term.${unit.replace(' ', '-')}`, { count: n })
}

/** A citation in brackets; it keeps its own direction among other words. */
export function lawText({ say, cite }: Visit, law: string): Html {
  return say('portal.law', { law: isolate(cite(law)) })
}
