// What a process.bpmn asks of blocks and people, as items of a flow in the order of the file: for texts, needs and faces. What
// it executes, and what it does not, is the business of the workflow block.
import { childOf, childrenOf, readXml, type XmlElement, XmlError } from '@ashlar/kernel/xml'
import { toFact } from './flow.ts'
import type { FlowItem } from './public-service.ts'

/** Beside service.yaml, in place of `flow:`. */
export const PROCESS_FILE = 'process.bpmn'

const listOf = (text = '') =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

/** No items if the file cannot be read: workflow says why. */
export function drawnItems(xml: string): FlowItem[] {
  try {
    return [...elementsOf(readXml(xml))].flatMap(toItem)
  } catch (error) {
    if (error instanceof XmlError) return []
    throw error
  }
}

function* elementsOf(element: XmlElement): Generator<XmlElement> {
  yield element
  for (const child of element.children) yield* elementsOf(child)
}

function wordsOf(extensions: XmlElement | undefined): Record<string, string> {
  const pairs = [
    ...childrenOf(childOf(extensions, 'taskHeaders'), 'header').map(({ attributes }) => [
      attributes.key,
      attributes.value,
    ]),
    ...childrenOf(childOf(extensions, 'properties'), 'property').map(({ attributes }) => [
      attributes.name,
      attributes.value,
    ]),
  ]
  return Object.fromEntries(pairs.map(([name, value]) => [name ?? '', value ?? '']))
}

function toItem(element: XmlElement): FlowItem[] {
  const extensions = childOf(element, 'extensionElements')
  const words = wordsOf(extensions)
  const task = childOf(extensions, 'taskDefinition')?.attributes.type
  if (element.name === 'userTask' && task === undefined)
    return [personal(element.attributes.id ?? '', extensions, words)]
  if (element.name === 'businessRuleTask' && task === undefined) {
    const decision = childOf(extensions, 'calledDecision')?.attributes.decisionId
    return decision === undefined ? [] : [{ kind: 'decide', rule: toFact(decision) }]
  }
  if (element.name === 'endEvent' && words.result !== undefined) return [{ kind: 'close', result: words.result }]
  return task === undefined ? [] : [toStep(task, words)]
}

function toStep(task: string, words: Record<string, string>): FlowItem {
  const { evidence, fee, output, message } = words
  if (task === 'registries.lookUp' && evidence !== undefined) return { kind: 'look-up', evidence }
  if (task === 'payments.collect' && fee !== undefined) return { kind: 'pay', fee }
  if (task === 'payments.refund' && fee !== undefined) return { kind: 'refund', fee, reason: fee }
  if (task === 'documents.issue' && output !== undefined) return { kind: 'issue', output, saveAs: toFact(output) }
  if (task === 'messaging.notify' && message !== undefined) return { kind: 'notify', message }
  return { kind: 'step', step: task, with: {}, undo: [] }
}

function personal(id: string, extensions: XmlElement | undefined, words: Record<string, string>): FlowItem {
  const role = listOf(childOf(extensions, 'assignmentDefinition')?.attributes.candidateGroups)[0] ?? ''
  const outcomes = listOf(words.outcomes)
  const reasons = Object.entries(words).filter(([name]) => name.startsWith('reasons.'))
  const shared = {
    name: id,
    saveAs: words.resultVariable ?? toFact(id),
    questions: [],
    outcomes: outcomes.length === 0 ? ['done'] : outcomes,
    facts: listOf(words.facts),
    ...(words.within === undefined ? {} : { within: words.within }),
    ...(words.onExpiry === undefined ? {} : { onExpiry: words.onExpiry }),
  }
  if (role === 'applicant')
    return { kind: 'ask', party: role, ...shared, ...(words.message === undefined ? {} : { message: words.message }) }
  return {
    kind: 'task',
    role,
    ...shared,
    reasons: Object.fromEntries(reasons.map(([name, value]) => [name.slice('reasons.'.length), listOf(value)])),
    fourEyes: words.fourEyes === 'true',
    ...(words.agency === undefined ? {} : { agency: words.agency }),
  }
}
