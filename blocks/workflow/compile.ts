// Compiles the `flow:` of a public service to the graph that the engine executes; refuses by name what it cannot run.
import type { FlowItem } from '@ashlar/catalogue'
import { toFactName } from './fact-name.ts'
import type { Graph, Handler, Node, Trigger } from './graph.ts'
import { type CompilableService, createItems } from './items.ts'
import { FlowNotExecutable, type FlowProblem } from './problems.ts'

type OnBranch = Extract<FlowItem, { kind: 'on' }>['branches'][number]

/** The steps of other blocks that compiled flows name. */
export const stepsOfFlows = [
  'registries.lookUp',
  'registries.write',
  'decisions.record',
  'cases.task',
  'cases.ask',
  'cases.askParty',
  'payments.collect',
  'payments.refund',
  'documents.issue',
  'messaging.notify',
] as const

/** Throws FlowNotExecutable (422), which names every item that is not executed, and where. */
export function compileFlow(definition: CompilableService): Graph {
  const nodes: Record<string, Node> = {}
  const problems: FlowProblem[] = []
  const refuse = (at: string, what: string) => problems.push({ at, what })

  const newId = (wanted: string): string => {
    for (let n = 1; ; n++) {
      const id = n === 1 ? wanted : `${wanted}-${n}`
      if (!(id in nodes)) {
        nodes[id] = { kind: 'end', result: '' } // holds the name until the node is known
        return id
      }
    }
  }

  const itemNode = createItems(definition, { nodes, newId, refuse })

  /** Adds the items and gives the id of the first; the last leads to `next`. Ids are given in reading order. */
  const sequence = (items: FlowItem[], at: string, next: () => string, first = 0): string => {
    const item = items[first]
    if (item === undefined) return next()
    const id = newId(nameOf(item))
    // The rest may be wanted by several branches, or by none after a `close`; it is compiled once, when first wanted.
    let following: string | undefined
    const after = () => {
      following ??= sequence(items, at, next, first + 1)
      return following
    }
    nodes[id] = toNode(item, id, `${at}/${first}`, after)
    return id
  }

  const toNode = (item: FlowItem, id: string, at: string, next: () => string): Node => {
    switch (item.kind) {
      case 'write':
      case 'step':
        if (item.kind === 'step' && item.step === 'workflow.compensate') return { kind: 'compensate', next: next() }
        return { ...itemNode(item, at, next), ...taken(item.undo, at, id) }
      case 'when':
        return {
          kind: 'choice',
          branches: [{ when: item.when, next: sequence(item.then, `${at}/then`, next) }],
          otherwise: sequence(item.else, `${at}/else`, next),
        }
      case 'choose':
        return {
          kind: 'choice',
          branches: item.branches.map((branch, n) => ({
            when: branch.when,
            next: sequence(branch.then, `${at}/${n}/then`, next),
          })),
          otherwise: sequence(item.else, `${at}/else`, next),
        }
      case 'parallel': {
        const legs = Object.entries(item.legs)
        const join = newId(`${id}-done`)
        nodes[join] = { kind: 'join', of: legs.length, next: next() }
        return { kind: 'fork', branches: legs.map(([name, leg]) => sequence(leg, `${at}/${name}`, () => join)) }
      }
      case 'wait':
        return {
          kind: 'timer',
          ...(item.for === undefined ? {} : { for: item.for }),
          ...(item.until === undefined ? {} : { until: item.until }),
          next: next(),
        }
      case 'close':
        return { kind: 'end', result: item.result }
      case 'each':
        return {
          kind: 'scope',
          start: sequence(item.do, `${at}/do`, newFinish(id)),
          own: true,
          repeat: {
            in: item.in,
            as: item.as,
            ...(item.collect === undefined ? {} : { collect: { saveAs: item.collect.as, value: item.collect.value } }),
          },
          next: next(),
        }
      case 'on':
        return { kind: 'await', on: item.branches.map((branch, n) => toHandler(branch, id, `${at}/${n}/do`, next)) }
      default:
        return itemNode(item, at, next)
    }
  }

  /** One finish for all paths that lead there. */
  const newFinish = (id: string) => {
    let finish: string | undefined
    return () => {
      if (finish === undefined) {
        finish = newId(`${id}-done`)
        nodes[finish] = { kind: 'finish' }
      }
      return finish
    }
  }

  const taken = (undo: FlowItem[], at: string, id: string): { undo?: string } =>
    undo.length === 0 ? {} : { undo: sequence(undo, `${at}/undo`, newFinish(`undo-${id}`)) }

  /** An event with a key is meant for this case; without one it is for everybody. A message is about this case. */
  const toHandler = (branch: OnBranch, id: string, at: string, next: () => string): Handler => {
    const { event, message, key, after } = branch
    const name = event ?? message
    if (name === undefined && after === undefined) refuse(at, 'an `on` that names neither event, message nor time')
    const trigger = (): Trigger => {
      if (event !== undefined)
        return key === undefined ? { on: 'signal', signal: event } : { on: 'message', message: event, key }
      if (message !== undefined) return { on: 'message', message, key: key ?? 'case.reference' }
      return { on: 'timer', for: after ?? '0 days' }
    }
    return {
      id: newId(`${id}-${name === undefined ? 'after' : name.replaceAll('.', '-')}`),
      trigger: trigger(),
      ...(name === undefined ? {} : { saveAs: toFactName(name) }),
      next: sequence(branch.do, at, next),
    }
  }

  const start = sequence(definition.flow, 'flow', () => {
    const id = newId('end')
    nodes[id] = { kind: 'end', result: 'done' }
    return id
  })
  if (problems.length > 0) throw FlowNotExecutable(problems)
  return { start, nodes }
}

/** The readable part of a node's id, by which history, incidents and keys name it. */
function nameOf(item: FlowItem): string {
  switch (item.kind) {
    case 'look-up':
      return `look-up-${item.evidence}`
    case 'decide':
      return `decide-${item.rule}`
    case 'task':
    case 'ask':
      return item.name
    case 'pay':
      return `price-${item.fee}`
    case 'refund':
      return `refund-${item.fee ?? 'payment'}`
    case 'issue':
      return `issue-${item.output}`
    case 'notify':
      return `notify-${item.message}`
    case 'write':
      return `write-${item.register}`
    case 'close':
      return `close-${item.result}`
    case 'step':
      return item.step.replace('.', '-')
    default:
      return item.kind
  }
}
