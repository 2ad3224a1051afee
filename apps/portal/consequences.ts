// What an answer would lead to, said beside it before it is given: what it would cost, or that one could not go on.
import { type Facts, formOf, type Page, type Question } from '@ashlar/catalogue'
import { decide } from '@ashlar/decisions'
import type { Visit } from '@ashlar/face'
import type { OpenDraft } from './draft.ts'
import { pricesOf } from './evidence.ts'
import type { Site } from './site.ts'

/** By option; empty where nothing is known yet. The form is asked as if each option were chosen. */
export function consequencesOf(
  site: Site,
  visit: Visit,
  { draft, service, words }: OpenDraft,
  page: Page,
  { name, type, options, when }: Question,
): Record<string, string> {
  if (type !== 'choice' || when !== undefined || page.show.length === 0) return {}
  const { facts, answers } = draft.form
  const about = {
    applicant: facts.applicant as Parameters<typeof formOf>[1]['applicant'],
    evidence: Object.fromEntries(draft.evidence.map(({ name, fact }) => [name, fact])) as Facts,
    today: String(facts.today),
    now: String(facts.now),
    language: visit.language,
  }
  return Object.fromEntries(
    options.flatMap((option) => {
      const then = formOf(service, { ...about, answers: { ...answers, [name]: option } }, (table, known) =>
        decide(table, known, service),
      )
      if (then.stop !== undefined) return [[option, words(`page.${then.stop.id}.title`)]]
      const prices = pricesOf(site, service, words, then.facts).map(({ title, amount, reasons }) =>
        visit
          .t('portal.question.if-chosen', { title, amount: visit.money(amount), reason: reasons[0]?.text ?? '' })
          .trim(),
      )
      return prices.length > 0 ? [[option, prices.join(' ')]] : []
    }),
  )
}
