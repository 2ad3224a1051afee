// What a running expression stands in: the facts, and the values bound around it.
import type { FeelValue } from './values.ts'

/** What an expression runs in: the facts, and the values bound by loops, functions, contexts and filters around it. */
export class Frame {
  readonly facts: Record<string, unknown>
  /** Written again only for a function that is bound under its own name. */
  value: FeelValue
  readonly parent: Frame | null

  constructor(facts: Record<string, unknown>, value: FeelValue, parent: Frame | null) {
    this.facts = facts
    this.value = value
    this.parent = parent
  }
}

export type Code = (frame: Frame) => FeelValue

/** What a frame of the running expression holds; told when compiling, so that a name becomes a number of steps up. */
export interface Binder {
  kind: 'name' | 'item'
  name: string
  parent: Binder | null
}

export function valueUp(up: number): Code {
  if (up === 0) return (frame) => frame.value
  if (up === 1) return (frame) => frame.parent!.value
  return (frame) => frameUp(frame, up).value
}

export function frameUp(frame: Frame, up: number): Frame {
  let at = frame
  for (let i = 0; i < up; i++) at = at.parent!
  return at
}
