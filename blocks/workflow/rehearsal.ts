// Plays a whole process in memory, for examples and previews: the caller answers for the steps. Pure, no time passes.
import { advance, beforeStart } from './engine.ts'
import type { Graph, Json } from './graph.ts'
import type { AskedCommand, Facts, Happening, Moved, Rules, State } from './state.ts'

/** What the caller answers for a step. `expire` lets its term pass; `wait` leaves the process waiting there. */
export type RehearsedOutcome = { done: Json } | { expire: true } | { wait: true } | { failed: string }

export interface Rehearsal {
  state: State
  facts: Facts
  result?: string
  commands: AskedCommand[]
  decisions: Moved['decisions']
  path: string[]
  /** Nodes where it waits, or why it is stuck. */
  waits: { node: string; stuck?: string }[]
}

/**
 * Timers are taken as passed, those that come again once. What it waits for comes if `hear` gives what comes with it. Steps
 * that nothing waits for are told too; their answer does not matter. `from` goes on where an instance stands.
 */
export function rehearse(
  graph: Graph,
  facts: Facts,
  rules: Rules,
  answer: (command: AskedCommand, facts: Facts) => RehearsedOutcome,
  hear: (awaited: Moved['awaited'][number]) => Json | undefined = () => undefined,
  from: { state: State; happening: Happening } = { state: beforeStart, happening: { kind: 'start' } },
): Rehearsal {
  const rehearsal: Rehearsal = { state: from.state, facts, commands: [], decisions: [], path: [], waits: [] }
  const ahead: Happening[] = [from.happening]
  const again = comingAgain(graph)
  for (let happening = ahead.shift(); happening !== undefined; happening = ahead.shift()) {
    const moved = advance(graph, rehearsal, happening, rules)
    if (moved === undefined) continue
    rehearsal.state = moved.state
    rehearsal.facts = moved.facts
    rehearsal.commands.push(...moved.commands)
    rehearsal.decisions.push(...moved.decisions)
    rehearsal.path.push(...moved.path)
    for (const awaited of moved.awaited) {
      const { node, visit } = awaited
      const content = hear(awaited)
      if (content !== undefined) ahead.push({ kind: 'event', node, visit, content })
    }
    const timers = moved.timers.filter(({ node, visit }) => visit === 1 || !again.has(node))
    ahead.push(...timers.map(({ node, visit }) => ({ kind: 'due' as const, node, visit })))
    for (const command of moved.commands) {
      const happens = toHappening(command, answer(command, moved.facts))
      if (happens !== undefined && !command.detached) ahead.push(happens)
    }
  }
  return {
    ...rehearsal,
    ...(rehearsal.state.result === undefined ? {} : { result: rehearsal.state.result }),
    waits: rehearsal.state.tokens.map(({ node, stuck }) => (stuck === undefined ? { node } : { node, stuck })),
  }
}

function toHappening({ node, visit, onExpiry }: AskedCommand, outcome: RehearsedOutcome): Happening | undefined {
  if ('done' in outcome) return { kind: 'done', node, visit, output: outcome.done }
  if ('failed' in outcome) return { kind: 'failed', node, visit, why: outcome.failed }
  if ('expire' in outcome && onExpiry !== undefined) return { kind: 'done', node, visit, output: onExpiry }
  return undefined
}

/** Events of timers that come again. */
function comingAgain({ nodes, events = [] }: Graph): Set<string> {
  const all = Object.values(nodes).flatMap((node) => [
    ...('on' in node ? (node.on ?? []) : []),
    ...(node.kind === 'scope' ? (node.events ?? []) : []),
  ])
  const repeated = [...all, ...events].filter(
    ({ trigger }) => trigger.on === 'timer' && (trigger.every ?? trigger.everyFeel) !== undefined,
  )
  return new Set(repeated.map(({ id }) => id))
}
