// The flow of a service: from what stands in the file to items of one form, and a walk over all of them.
import type { FlowItem, Question, TaskItem } from './public-service.ts'
import type { FlowSource, QuestionSource } from './schema/service.ts'

/** confirm-match → confirmMatch */
export function toFact(id: string): string {
  return id.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

export function toQuestion(name: string, source: QuestionSource): Question {
  const { columns = {}, ...rest } = source
  return {
    ...rest,
    name,
    optional: source.optional ?? false,
    options: source.options ?? [],
    show: source.show ?? [],
    none: source.none ?? false,
    accept: source.accept ?? [],
    columns: Object.entries(columns).map(([column, inner]) => toQuestion(column, inner)),
  }
}

const toQuestions = (sources: Record<string, QuestionSource> = {}): Question[] =>
  Object.entries(sources).map(([name, source]) => toQuestion(name, source))

/** `four-eyes: true` is a second of the same role, always. */
function toSecond({
  role,
  second,
  'four-eyes': fourEyes,
}: Pick<Extract<FlowSource, { task: string }>, 'role' | 'second' | 'four-eyes'>): TaskItem['second'] {
  if (second === undefined) return fourEyes ? { role, sample: 1 } : undefined
  const { sample, when } = second
  const share = sample === undefined ? (when === undefined ? 1 : 0) : Number.parseFloat(String(sample)) / 100
  return { role: second.role, sample: share, ...given({ when }) }
}

export function toFlow(sources: FlowSource[] = []): FlowItem[] {
  return sources.map(toItem)
}

function toItem(source: FlowSource): FlowItem {
  if ('look-up' in source) return { kind: 'look-up', evidence: source['look-up'] }
  if ('decide' in source) return { kind: 'decide', rule: source.decide }
  if ('task' in source)
    return {
      kind: 'task',
      name: source.task,
      saveAs: toFact(source.task),
      role: source.role,
      facts: source.facts ?? [],
      outcomes: source.outcomes,
      reasons: source.reasons ?? {},
      fourEyes: (source['four-eyes'] ?? false) || source.second !== undefined,
      ...given({ second: toSecond(source), skills: source.skills, bulk: source.bulk }),
      questions: toQuestions(source.questions),
      ...given({
        agency: source.agency,
        unit: source.unit,
        within: source.within,
        onExpiry: source['on-expiry'],
        panel: source.panel,
      }),
    }
  if ('ask' in source)
    return {
      kind: 'ask',
      name: source.ask,
      saveAs: toFact(source.ask),
      party: source.party ?? 'applicant',
      facts: source.facts ?? [],
      questions: toQuestions(source.questions),
      outcomes: source.outcomes ?? [],
      ...given({ within: source.within, onExpiry: source['on-expiry'], message: source.message }),
    }
  if ('pay' in source) {
    const { pay, ...rest } = source
    return { kind: 'pay', fee: pay, ...rest }
  }
  if ('refund' in source) {
    const { refund } = source
    return typeof refund === 'string' ? { kind: 'refund', fee: refund, reason: refund } : { kind: 'refund', ...refund }
  }
  if ('issue' in source) return { kind: 'issue', output: source.issue, saveAs: toFact(source.issue) }
  if ('notify' in source) return { kind: 'notify', message: source.notify }
  if ('write' in source) {
    const { register, key = {}, set, agreement, purpose, as, undo } = source.write
    return { kind: 'write', register, key, set, agreement, purpose, undo: toFlow(undo), ...given({ saveAs: as }) }
  }
  // biome-ignore lint/suspicious/noThenProperty: the word of the language of flows
  if ('when' in source) return { kind: 'when', when: source.when, then: toFlow(source.then), else: toFlow(source.else) }
  if ('choose' in source) {
    const branches = source.choose.filter((branch) => 'when' in branch)
    const rest = source.choose.filter((branch) => 'else' in branch)
    return {
      kind: 'choose',
      // biome-ignore lint/suspicious/noThenProperty: the word of the language of flows
      branches: branches.map(({ when, then }) => ({ when, then: toFlow(then) })),
      else: rest.flatMap((branch) => toFlow(branch.else)),
    }
  }
  if ('parallel' in source)
    return {
      kind: 'parallel',
      legs: Object.fromEntries(Object.entries(source.parallel).map(([leg, items]) => [leg, toFlow(items)])),
    }
  if ('each' in source) return { kind: 'each', ...source.each, do: toFlow(source.each.do) }
  if ('wait' in source) return { kind: 'wait', ...source.wait }
  if ('on' in source) {
    const branches = Array.isArray(source.on) ? source.on : [source.on]
    return { kind: 'on', branches: branches.map((branch) => ({ ...branch, do: toFlow(branch.do) })) }
  }
  if ('close' in source) return { kind: 'close', result: source.close }
  const { step, with: inputs = {}, as, within, undo } = source
  return {
    kind: 'step',
    step,
    with: inputs,
    undo: toFlow(undo),
    ...given({ saveAs: as, within, onExpiry: source['on-expiry'] }),
  }
}

/** Without the keys whose value is undefined. */
function given<T extends Record<string, unknown>>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}

/** A place in service.yaml. */
export type Place = (string | number)[]

/** The flows inside an item, each with its place in the file. */
export function innerFlows(item: FlowItem, at: Place): { items: FlowItem[]; at: Place; leg?: string }[] {
  switch (item.kind) {
    case 'when':
      return [
        { items: item.then, at: [...at, 'then'] },
        { items: item.else, at: [...at, 'else'] },
      ]
    case 'choose':
      return [
        ...item.branches.map(({ then }, n) => ({ items: then, at: [...at, 'choose', n, 'then'] })),
        { items: item.else, at: [...at, 'choose', item.branches.length, 'else'] },
      ]
    case 'parallel':
      return Object.entries(item.legs).map(([leg, items]) => ({ items, at: [...at, 'parallel', leg], leg }))
    case 'each':
      return [{ items: item.do, at: [...at, 'each', 'do'] }]
    case 'on':
      return item.branches.map((branch, n) => ({ items: branch.do, at: [...at, 'on', n, 'do'] }))
    case 'write':
      return [{ items: item.undo, at: [...at, 'write', 'undo'] }]
    case 'step':
      return [{ items: item.undo, at: [...at, 'undo'] }]
    default:
      return []
  }
}

/** Every item of a flow, those inside others too, in reading order. */
export function* eachItem(items: FlowItem[], at: Place = ['flow']): Generator<{ item: FlowItem; at: Place }> {
  for (const [n, item] of items.entries()) {
    const here = [...at, n]
    yield { item, at: here }
    for (const inner of innerFlows(item, here)) yield* eachItem(inner.items, inner.at)
  }
}
