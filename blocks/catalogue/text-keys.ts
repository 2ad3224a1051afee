// Which texts a public service must have, and which values each may use.
import { namesIn } from './decision-model.ts'
import { eachItem } from './flow.ts'
import type { PublicService, Question } from './public-service.ts'

export interface TextKey {
  key: string
  required: boolean
  /** Names of the values that the text may use; undefined: any. */
  values: string[]
}

/** Texts of the start page of a service. */
const ofTheService = ['title', 'summary', 'who', 'cost', 'time', 'needs', 'otherWays', 'after', 'law']

export function textKeys(service: PublicService): TextKey[] {
  const keys = new Map<string, TextKey>()
  const add = (key: string, required: boolean, values: string[] = []) => {
    const known = keys.get(key)
    keys.set(key, {
      key,
      required: required || (known?.required ?? false),
      values: [...(known?.values ?? []), ...values],
    })
  }
  const must = (key: string, values?: string[]) => add(key, true, values)
  const may = (key: string, values?: string[]) => add(key, false, values)

  for (const key of ofTheService) must(key)
  for (const page of service.form) {
    must(`page.${page.id}.title`)
    if (page.stop) must(`page.${page.id}.body`)
    else may(`page.${page.id}.body`)
    page.questions.forEach(question)
  }
  for (const [name, { at, by, match, many }] of Object.entries(service.evidence)) {
    must(`evidence.${name}.title`)
    if (at === 'form' && !many && match === undefined && by.length > 0) must(`evidence.${name}.notFound`)
  }
  const decided = new Set([...eachItem(service.flow)].flatMap(({ item }) => (item.kind === 'decide' ? item.rule : [])))
  for (const [name, { inputs, rows, model }] of Object.entries(service.rules)) {
    if (model?.implied && !decided.has(name)) continue
    must(`rule.${name}.title`)
    for (const [input, source] of Object.entries(inputs))
      if (model === undefined) must(`rule.${name}.input.${input}`)
      else if (/^[a-z][A-Za-z0-9]*$/.test(source)) may(`rule.${name}.input.${source}`)
    const named = model === undefined ? { inputs: [], reasons: [] } : namesIn(model.xml)
    for (const input of named.inputs) may(`rule.${name}.input.${input}`)
    for (const reason of named.reasons) may(`rule.${name}.reason.${reason}`)
    for (const { reason } of rows) if (reason !== undefined) must(`rule.${name}.reason.${reason}`)
  }
  for (const name of Object.keys(service.fees)) must(`fee.${name}.title`)
  for (const { item } of eachItem(service.flow)) {
    if (item.kind === 'task') {
      must(`task.${item.name}.title`)
      may(`task.${item.name}.help`)
      for (const outcome of item.outcomes) must(`task.${item.name}.outcome.${outcome}`)
      for (const reason of Object.values(item.reasons).flat()) must(`task.${item.name}.reason.${reason}`)
      item.questions.forEach(question)
    }
    if (item.kind === 'ask') {
      must(`ask.${item.name}.title`)
      may(`ask.${item.name}.body`)
      for (const outcome of item.outcomes) must(`ask.${item.name}.outcome.${outcome}`)
      item.questions.forEach(question)
    }
    if (item.kind === 'refund') must(`refund.${item.reason}`)
    if (item.kind === 'close') {
      must(`result.${item.result}.title`)
      may(`result.${item.result}.body`)
    }
  }
  for (const reason of service.clock?.extend?.reasons ?? []) must(`clock.extension.${reason}`)
  for (const reason of Object.keys(service.asks ?? {})) must(`asks.${reason}`)
  for (const { name, channels, facts } of Object.values(service.messages)) {
    const values = Object.keys(facts)
    must(`message.${name}.subject`, values)
    must(`message.${name}.body`, values)
    if (channels.includes('sms')) must(`message.${name}.sms`, values)
    else may(`message.${name}.sms`, values)
  }
  for (const { name } of Object.values(service.outputs)) must(`output.${name}.title`)
  for (const name of Object.keys(service.parties)) if (name !== 'applicant') must(`party.${name}`)
  for (const { name } of service.offers) {
    must(`offer.${name}.title`)
    must(`offer.${name}.why`)
  }
  return [...keys.values()]

  function question({ name, options, none, columns }: Question) {
    must(`question.${name}.label`)
    may(`question.${name}.hint`)
    may(`question.${name}.why`)
    for (const code of errorCodes) may(`question.${name}.error.${code}`)
    for (const option of options) must(`question.${name}.option.${option}`)
    if (none) must(`question.${name}.none`)
    for (const column of columns) {
      must(`question.${name}.column.${column.name}`)
      for (const option of column.options) must(`question.${name}.option.${option}`)
    }
  }
}

/** Texts that a service may have besides, by their beginning: the letters' own, with the values of their output. */
export function freeTexts(service: PublicService): { prefix: string; values: string[] }[] {
  return Object.values(service.outputs).map(({ name, facts }) => ({
    prefix: `letter.${name}.`,
    values: Object.keys(facts),
  }))
}

/** Why an answer is refused. Texts: `question.<name>.error.<code>` of the service, else `error.<code>` of the house. */
export const errorCodes = [
  'required',
  'tooLong',
  'tooShort',
  'tooMany',
  'tooFew',
  'notAChoice',
  'notADate',
  'notANumber',
  'notAnAmount',
  'tooManyDecimals',
  'tooSmall',
  'tooLarge',
  'tooEarly',
  'tooLate',
  'notAnEmail',
  'notAPhone',
  'notAnAccount',
  'notLike',
  'mustConfirm',
  'unreadable',
  'notFound',
  'fileTooLarge',
  'fileType',
] as const

export type ErrorCode = (typeof errorCodes)[number]
