// The form of a public service as cases ask for it: the catalogue's reading, with messages in the applicant's language.
import type { Form } from '@ashlar/cases'
import { type Facts, formOf, type PublicService, readPage } from '@ashlar/catalogue'
import { decide } from '@ashlar/decisions'
import type { Texts } from '@ashlar/kernel/language'

interface FormNeeds {
  clock: { today(): string; now(): Date }
  /** Texts of refusals: error.<code>. */
  texts: Texts
  /** Decimals of the country's currency. */
  decimals: number
}

type Applicant = Parameters<typeof formOf>[1]['applicant']

export function createForm({ clock, texts, decimals }: FormNeeds): Form {
  const inputOf = (definition: PublicService, facts: Facts) => ({
    answers: (facts.answers ?? {}) as Facts,
    applicant: facts.applicant as unknown as Applicant,
    evidence: Object.fromEntries(
      Object.keys(definition.evidence).flatMap((name) => (facts[name] === undefined ? [] : [[name, facts[name]]])),
    ) as Facts,
    today: clock.today(),
    now: clock.now().toISOString(),
    language: typeof facts.language === 'string' ? facts.language : (definition.languages[0] ?? 'en'),
  })
  const decideRule: Parameters<typeof formOf>[2] = (table, facts) => decide(table, facts)

  return {
    pagesOf: (definition, facts) =>
      formOf(definition, inputOf(definition, facts), decideRule).pages.map(({ page }) => page),

    readPage: (definition, page, body, facts) => {
      const input = inputOf(definition, facts)
      const read = readPage(definition, page.id, body, { ...input, decimals, decide: decideRule })
      const own = definition.texts[input.language] ?? definition.texts[definition.languages[0] ?? ''] ?? {}
      return {
        answers: read.answers,
        errors: read.errors.map(({ question, field, code, key, values }) => ({
          pointer: `/${field}`,
          code,
          message:
            own[key] ??
            texts.text(input.language, key, { ...values, question: own[`question.${question}.label`] ?? question }),
        })),
      }
    },
  }
}
