// Which questions of a page stand where: alone, or under the option that they belong to, so that one form asks them all.
import type { Facts, Page, PublicService, Question } from '@ashlar/catalogue'
import { holds, readsOf } from './feel.ts'

export interface Placed {
  question: Question
  /** The option under which it stands, of the question by this name. */
  under?: { question: string; option: string }
}

/**
 * A question with a condition that reads a choice on the same page stands under the option that makes it hold: without
 * a script one sees it there, and the server asks it only if that option is chosen.
 */
export function placeQuestions(service: PublicService, page: Page, facts: Facts): Placed[] {
  const onPage = new Map(page.questions.map((question) => [question.name, question]))
  return page.questions.flatMap((question): Placed[] => {
    if (question.when === undefined) return [{ question }]
    const reads = readsOf(service, question.when)
    const parent = reads.map((name) => onPage.get(name)).find((one) => one !== undefined && one !== question)
    if (parent === undefined) return holds(service, question.when, facts) ? [{ question }] : []
    const options = optionsOf(parent)
    if (options.length === 0) return [{ question }]
    const opening = options.filter(({ value }) =>
      holds(service, question.when, { ...facts, [parent.name]: value, answers: null }),
    )
    if (opening.length === 0) return []
    if (opening.length === options.length) return [{ question }]
    return [{ question, under: { question: parent.name, option: opening[0]?.option ?? '' } }]
  })
}

function optionsOf({ type, options, none }: Question): { option: string; value: string | boolean }[] {
  if (type === 'yesNo')
    return [
      { option: 'yes', value: true },
      { option: 'no', value: false },
    ]
  if (type !== 'choice' || options.length > 12) return []
  return [...options, ...(none ? ['none'] : [])].map((option) => ({ option, value: option }))
}
