// The words of a version of a public service, as the office shows them.
import type { Catalogue, Country, PublicService } from '@ashlar/catalogue'
import { createTexts, type Texts, type TextValues } from '@ashlar/kernel/language'

export interface Words {
  service: PublicService
  /** A text of the service, or `otherwise`, or the last part of the key. */
  say(language: string, key: string, values?: TextValues, otherwise?: string): string
  /** The label of a field of a register, or of a question, in the language. */
  label(language: string, place: { register?: string | undefined; name: string }): string
  /** A value as the register or the form names it: the label of an option. */
  option(language: string, place: { register?: string | undefined; name: string }, value: string): string | undefined
}

export type WordsOf = (service: { id: string; version: string }) => Promise<Words>

/** Versions never change, so each is read once. */
export function createWords(catalogue: Pick<Catalogue, 'get'>, country: Country): WordsOf {
  const known = new Map<string, Promise<Words>>()
  return ({ id, version }) => {
    const key = `${id}@${version}`
    let words = known.get(key)
    if (!words) {
      words = catalogue.get(id, version).then((service) => toWords(service, country))
      words.catch(() => known.delete(key))
      known.set(key, words)
    }
    return words
  }
}

function toWords(service: PublicService, country: Country): Words {
  const languages = country.languages.filter(({ code }) => service.languages.includes(code))
  const texts: Texts = createTexts({ languages, texts: service.texts, zone: country.zone })
  const has = (language: string, key: string) => texts.has(language, key) || texts.keys().includes(key)
  return {
    service,
    say: (language, key, values, otherwise) =>
      has(language, key) ? texts.text(language, key, values) : (otherwise ?? key.split('.').at(-1) ?? key),
    label: (language, { register, name }) => {
      const field = register ? country.registers[register]?.fields[name] : undefined
      if (field) return field.label[language] ?? Object.values(field.label)[0] ?? name
      const key = `question.${name}.label`
      return has(language, key) ? texts.text(language, key) : name
    },
    option: (language, { register, name }, value) => {
      const labels = register ? country.registers[register]?.fields[name]?.optionLabels[value] : undefined
      if (labels) return labels[language] ?? Object.values(labels)[0]
      const key = `question.${name}.option.${value}`
      return !register && has(language, key) ? texts.text(language, key) : undefined
    },
  }
}
