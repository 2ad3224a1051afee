// The node of a BPMN task: the step that its type names, told by its words or by its data mappings.
import type { FlowItem } from '@ashlar/catalogue'
import { isTerm } from '@ashlar/kernel/calendar'
import type { BpmnElement, Expression } from './bpmn-model.ts'
import { toFactName } from './fact-name.ts'
import type { Mapping, Next, Node } from './graph.ts'
import type { ItemNode, LeafItem } from './items.ts'

export interface TaskNeeds {
  next(): Next
  refuse(what: string, mend: string): void
  mapping(expression: Expression): Mapping
  saves: Record<string, string> | undefined
}

const stepName = /^[a-z][A-Za-z]*\.[a-z][A-Za-z]*$/

/** Words (task headers or properties) by which a step of the language is told what the service declares. */
const declared: Record<string, { word: string; item(name: string): LeafItem }> = {
  'registries.lookUp': { word: 'evidence', item: (evidence) => ({ kind: 'look-up', evidence }) },
  'payments.collect': { word: 'fee', item: (fee) => ({ kind: 'pay', fee }) },
  'payments.refund': { word: 'fee', item: (fee) => ({ kind: 'refund', fee, reason: fee }) },
  'documents.issue': { word: 'output', item: (output) => ({ kind: 'issue', output, saveAs: toFactName(output) }) },
  'messaging.notify': { word: 'message', item: (message) => ({ kind: 'notify', message }) },
}

export function bpmnTask(element: BpmnElement, items: ItemNode, needs: TaskNeeds): Node {
  const { zeebe, type } = element
  if (type === 'userTask' && zeebe.task === undefined) return userTask(element, items, needs)
  if (zeebe.task === undefined || zeebe.task === '') {
    needs.refuse(
      `a ${type} without a task type`,
      'name the step of a block with zeebe:taskDefinition, e.g. documents.issue',
    )
    return { kind: 'finish' }
  }
  if (zeebe.assignment !== undefined || zeebe.schedule !== undefined)
    needs.refuse(`a person assigned to a ${type}`, 'draw a user task')
  const known = declared[zeebe.task]
  const name = known === undefined ? undefined : zeebe.words[known.word]
  if (known !== undefined && name !== undefined) {
    const item = known.item(name)
    const within = zeebe.words.within
    return shaped(
      items(item.kind === 'pay' && within !== undefined ? { ...item, within } : item, element.id, needs.next),
      needs,
    )
  }
  if (!stepName.test(zeebe.task))
    needs.refuse(`the task type '${zeebe.task}'`, 'name the step of a block: payments.collect, documents.issue')
  const { detached, resultVariable, within, onExpiry } = zeebe.words
  return {
    kind: 'step',
    step: zeebe.task,
    with: inputsOf(element, needs),
    ...term(within, onExpiry, needs),
    ...(needs.saves === undefined ? { saveAs: resultVariable ?? toFactName(element.id) } : { saves: needs.saves }),
    ...(detached === 'true' ? { detached: true as const } : {}),
    next: needs.next(),
  }
}

/** What data mappings say comes on top of what the service declares. */
function shaped(node: Node, { saves }: TaskNeeds): Node {
  return node.kind === 'step' && saves !== undefined ? { ...node, saves } : node
}

function inputsOf({ zeebe }: BpmnElement, { mapping }: TaskNeeds): Record<string, Mapping> {
  return Object.fromEntries((zeebe.inputs ?? []).map(([target, source]) => [target, mapping(source)]))
}

function term(within: string | undefined, onExpiry: string | undefined, { refuse }: TaskNeeds) {
  if (within === undefined) return {}
  if (!isTerm(within)) refuse(`the term '${within}'`, "write '10 working days', '30 days', '2 hours'")
  const supposed = onExpiry === undefined ? {} : { onExpiry: { outcome: onExpiry, expired: true } }
  return { within: { term: within, ...supposed } }
}

/** Work for an office: its role is the candidate group; outcomes, reasons, facts, term are properties. */
function userTask(element: BpmnElement, items: ItemNode, needs: TaskNeeds): Node {
  const { zeebe } = element
  const { assignment, words, schedule } = zeebe
  const groups = listOf(assignment?.groups)
  if (assignment?.assignee !== undefined || assignment?.users !== undefined)
    needs.refuse('a user task for named people', 'name the role as candidate group: the office shares out its work')
  if (groups.length !== 1 || groups[0]!.startsWith('='))
    needs.refuse('a user task without one role', 'name one role as candidateGroups of zeebe:assignmentDefinition')
  if (schedule !== undefined) needs.refuse('the dates of a user task', "give it the property within: '10 working days'")
  if (words.within !== undefined && !isTerm(words.within))
    needs.refuse(`the term '${words.within}'`, "write '10 working days', '30 days', '2 hours'")
  const outcomes = listOf(words.outcomes)
  const shared = {
    name: element.id,
    saveAs: words.resultVariable ?? toFactName(element.id),
    outcomes: outcomes.length === 0 ? ['done'] : outcomes,
    questions: [],
    ...(words.within === undefined ? {} : { within: words.within }),
    ...(words.onExpiry === undefined ? {} : { onExpiry: words.onExpiry }),
  }
  const role = groups[0] ?? ''
  const item: FlowItem & { kind: 'task' | 'ask' } =
    role === 'applicant'
      ? {
          kind: 'ask',
          party: 'applicant',
          facts: [],
          ...shared,
          ...(words.message === undefined ? {} : { message: words.message }),
        }
      : {
          kind: 'task',
          role,
          facts: listOf(words.facts),
          reasons: reasonsOf(words),
          fourEyes: words.fourEyes === 'true',
          ...(words.fourEyes === 'true' ? { second: { role, sample: 1 } } : {}),
          ...(words.unit === undefined ? {} : { unit: words.unit }),
          ...(words.agency === undefined ? {} : { agency: words.agency }),
          ...shared,
        }
  const node = items(item, element.id, needs.next)
  if (node.kind !== 'step') return node
  const form: Record<string, Mapping> = zeebe.form === undefined ? {} : { form: { value: zeebe.form } }
  return shaped({ ...node, with: { ...node.with, ...inputsOf(element, needs), ...form } }, needs)
}

/** 'reasons.refuse' = 'late, unclear' */
function reasonsOf(words: Record<string, string>): Record<string, string[]> {
  const given = Object.entries(words).filter(([name]) => name.startsWith('reasons.'))
  return Object.fromEntries(given.map(([name, value]) => [name.slice('reasons.'.length), listOf(value)]))
}

function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}
