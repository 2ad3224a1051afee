// A lifecycle says as a table which event leads from which state to which; everything else is refused.
import { problem } from '../problem/index.ts'

type Table<T> = { [State in keyof T]: Record<string, keyof T> }
type States<T> = keyof T & string
type Events<T> = { [State in keyof T]: keyof T[State] }[keyof T] & string

export interface Lifecycle<State extends string, Event extends string> {
  /** In the order of the table; the first one is where a thing begins. */
  states: State[]
  initial: State
  /** States that nothing leaves. */
  final: State[]
  /** The state after the event; throws NotPossibleNow (409) if the table has no such step. */
  next(state: State, event: Event): State
  can(state: State, event: Event): boolean
  /** The events possible in this state. */
  events(state: State): Event[]
  /** A Mermaid state diagram, for the docs. */
  mermaid(): string
}

export type StateOf<L> = L extends Lifecycle<infer State, string> ? State : never
export type EventOf<L> = L extends Lifecycle<string, infer Event> ? Event : never

export const NotPossibleNow = problem(
  'not-possible-now',
  409,
  'That is not possible in the present state',
  (state: string, event: string, possible: string[]) =>
    `'${event}' is not possible in the state '${state}'; possible: ${possible.join(', ') || 'nothing any more'}.`,
  'The thing you act on has moved on, or never allows this step. Read it again and see what is possible now.',
)

/** Makes a lifecycle from its table; a target that is no state of the table does not compile, and throws at start. */
export function lifecycle<const T extends Table<T>>(table: T): Lifecycle<States<T>, Events<T>> {
  const steps = new Map(
    Object.entries(table).map(([state, events]) => [state, new Map(Object.entries(events as object))]),
  ) as Map<States<T>, Map<Events<T>, States<T>>>
  const states = [...steps.keys()]
  const initial = states[0]
  if (initial === undefined) throw new Error('a lifecycle needs at least one state')
  for (const [state, events] of steps)
    for (const [event, target] of events)
      if (!steps.has(target)) throw new Error(`lifecycle: ${state} --${event}--> ${target}: no such state`)

  const events = (state: States<T>): Events<T>[] => [...(steps.get(state)?.keys() ?? [])]

  return {
    states,
    initial,
    final: states.filter((state) => events(state).length === 0),
    events,
    can: (state, event) => steps.get(state)?.has(event) ?? false,
    next: (state, event) => {
      const target = steps.get(state)?.get(event)
      if (target === undefined) throw NotPossibleNow(state, event, events(state))
      return target
    },
    mermaid: () =>
      [
        'stateDiagram-v2',
        `  [*] --> ${initial}`,
        ...states.flatMap((state) =>
          events(state).length === 0
            ? [`  ${state} --> [*]`]
            : [...steps.get(state)!].map(([event, target]) => `  ${state} --> ${target}: ${event}`),
        ),
      ].join('\n'),
  }
}
