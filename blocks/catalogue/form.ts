// The form of a service as it stands for one person: which pages, what is still to be answered, what to look up. Pure.
import { moneyOf } from '@ashlar/kernel/money'
import { compiledFeel, type Decide, evaluateJson, type Facts, holds, isKnown, type Json, unanswered } from './facts.ts'
import type { Page, PublicService, Question } from './public-service.ts'

export interface FormInput {
  /** Answers as readPage gave them; a question left out has none. */
  answers: Facts
  applicant: { id: string | null; kind: 'person' | 'organisation' | 'anonymous'; name: string | null }
  /** What was looked up so far, by evidence: a record's fields, null if there is none, or a list. */
  evidence: Facts
  /** yyyy-mm-dd in the zone of the country. */
  today: string
  now?: string
  language?: string
}

export interface FormPage {
  page: Page
  /** The questions that are asked, given what is known. */
  questions: Question[]
  isComplete: boolean
}

export interface Form {
  /** The pages that are shown, in order; a page that stops is the last. */
  pages: FormPage[]
  /** The first page that is not complete. */
  next?: FormPage
  /** The page on which the form ends without being sent. */
  stop?: Page
  /** Every question is answered, nothing is missing in a register, and nothing stops: it can be sent. */
  isComplete: boolean
  /** The answers that count: those of questions that are asked. */
  answers: Facts
  /** Facts for expressions, for the case and for texts. */
  facts: Facts
  /** Evidence for which no record was found, with the page and the questions whose answers looked for it. */
  missing: { evidence: string; page?: string; questions: string[] }[]
}

/**
 * Goes through the pages in order. An answer counts only while its question is asked, so that a change of mind leaves
 * nothing behind; a page that depends on a rule sees the rule as soon as all that it reads is known.
 */
export function formOf(service: PublicService, input: FormInput, decide?: Decide): Form {
  const facts = startFacts(service, input)
  const answers: Facts = {}
  const missing: Form['missing'] = []
  const pages: FormPage[] = []
  let stop: Page | undefined
  settle()
  for (const page of service.form) {
    if (!holds(service, page.when, facts)) continue
    if (page.stop) {
      stop = page
      pages.push({ page, questions: [], isComplete: false })
      break
    }
    const questions = page.questions.filter((question) => {
      if (!holds(service, question.when, facts)) return false
      if (Object.hasOwn(input.answers, question.name)) answers[question.name] = input.answers[question.name] as Json
      facts[question.name] = answers[question.name] ?? unanswered(question)
      return true
    })
    facts.answers = { ...answers }
    settle()
    if (questions.length === 0 && page.show.length === 0) continue
    const asked = questions.map(({ name }) => name)
    const lost = notFound(service, facts, input.evidence, asked)
    missing.push(...lost.map((one) => ({ ...one, page: page.id })))
    pages.push({
      page,
      questions,
      isComplete: lost.length === 0 && asked.every((name) => Object.hasOwn(answers, name)),
    })
  }
  missing.push(...notFound(service, facts, input.evidence, []))
  const next = pages.find(({ page, isComplete }) => !page.stop && !isComplete)
  return {
    pages,
    isComplete: next === undefined && stop === undefined && missing.length === 0,
    answers,
    facts,
    missing,
    ...(next === undefined ? {} : { next }),
    ...(stop === undefined ? {} : { stop }),
  }

  /** Rules whose facts are all known by now. */
  function settle() {
    if (decide === undefined) return
    for (const rule of Object.values(service.rules)) {
      if (rule.model?.implied || (facts[rule.name] !== null && facts[rule.name] !== undefined)) continue
      if (Object.values(rule.inputs).every((source) => isKnown(service, source, facts)))
        facts[rule.name] = decide(rule, facts).output as Json
    }
  }
}

function startFacts(service: PublicService, input: FormInput): Facts {
  const facts: Facts = {
    applicant: { ...input.applicant },
    today: input.today,
    now: input.now ?? `${input.today}T00:00:00Z`,
    language: input.language ?? service.languages[0] ?? 'en',
    answers: {},
  }
  for (const [name, { at, many }] of Object.entries(service.evidence))
    if (at === 'form') facts[name] = input.evidence[name] ?? (many ? [] : null)
  for (const page of service.form) for (const question of page.questions) facts[question.name] = unanswered(question)
  return facts
}

/** The pages that are shown, in order. */
export function pagesOf(service: PublicService, input: FormInput, decide?: Decide): FormPage[] {
  return formOf(service, input, decide).pages
}

export interface WantedEvidence {
  evidence: string
  register: string
  /** Fields and the values that they must have. */
  by?: Facts
  match?: Facts
  fields: string[]
  many: boolean
  purpose: string
  agreement: string
}

/**
 * What has to be looked up for the form as far as it is filled in. The same answers want the same, so what was asked
 * with the same keys before need not be asked again.
 */
export function lookUpsOf(service: PublicService, facts: Facts): WantedEvidence[] {
  return Object.entries(service.evidence).flatMap(([name, evidence]) => {
    if (evidence.at !== 'form' || evidence.register === undefined) return []
    const keys = keysOf(service, name, facts)
    if (keys === undefined) return []
    const { register, fields, many, purpose, agreement } = evidence
    return [{ evidence: name, register, ...keys, fields, many, purpose, agreement }]
  })
}

/** How the record is to be found; undefined while that is not known. */
function keysOf(service: PublicService, name: string, facts: Facts): { by: Facts } | { match: Facts } | undefined {
  const evidence = service.evidence[name]
  if (evidence === undefined || !holds(service, evidence.when, facts)) return undefined
  if (evidence.match !== undefined) {
    const values = valuesOf(service, evidence.match, facts)
    return Object.values(values).every((value) => value !== null) ? { match: values } : undefined
  }
  for (const { when, keys } of evidence.by) {
    if (!holds(service, when, facts)) continue
    const values = valuesOf(service, keys, facts)
    if (Object.values(values).every((value) => value !== null)) return { by: values }
  }
  return undefined
}

const valuesOf = (service: PublicService, sources: Record<string, string>, facts: Facts): Facts =>
  Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, evaluateJson(service, source, facts)]))

/** Evidence that was looked for with the answers of these questions (none: with no answers at all), and is not there. */
function notFound(
  service: PublicService,
  facts: Facts,
  evidence: Facts,
  questions: string[],
): { evidence: string; questions: string[] }[] {
  const all = new Set(service.form.flatMap((page) => page.questions.map(({ name }) => name)))
  return Object.entries(service.evidence).flatMap(([name, { at, many, match, by }]) => {
    if (at !== 'form' || many || match !== undefined || evidence[name] !== null) return []
    const keys = keysOf(service, name, facts)
    if (keys === undefined || !('by' in keys)) return []
    const way = by.find(({ when, keys: sources }) => {
      return holds(service, when, facts) && Object.keys(sources).join() === Object.keys(keys.by).join()
    })
    const reads = Object.values(way?.keys ?? {}).flatMap((source) => compiledFeel(service, source).reads)
    const read = [...new Set(reads.map((path) => path.split('.')[0] ?? ''))].filter((fact) => all.has(fact))
    // It belongs to the page that asks the last of what it was looked for with.
    const isHere = questions.length === 0 ? read.length === 0 : read.some((fact) => questions.includes(fact))
    return isHere ? [{ evidence: name, questions: read }] : []
  })
}

export interface Price {
  fee: string
  /** In the currency's minor unit. */
  amount: { value: number; currency: string }
  law?: string
}

/** What it costs as far as that is known. `currency` is the country's. */
export function priceOf(service: PublicService, facts: Facts, currency: { code: string; decimals: number }): Price[] {
  return Object.values(service.fees).flatMap(({ name, amount, law, when }) => {
    if (!holds(service, when, facts)) return []
    const value = evaluateJson(service, `round half up((${amount}), ${currency.decimals})`, facts)
    if (typeof value !== 'number') return []
    const money = moneyOf(value, currency.code, currency.decimals)
    return [{ fee: name, amount: money, ...(law === undefined ? {} : { law }) }]
  })
}
