// Which of the rows that apply decide, and what comes of them (DMN 1.5, 8.2.10); for rule tables and DMN files alike.
import { compare, compileFeel, equal, type FeelValue } from '@ashlar/kernel/feel'

export const hitPolicies = [
  'unique',
  'any',
  'first',
  'priority',
  'rule order',
  'output order',
  'collect',
  'collect sum',
  'collect min',
  'collect max',
  'collect count',
] as const

/**
 * Which of the rows that apply decide (DMN 1.5, 8.2.10).
 * unique: only one may apply. any: several may if they say the same. first: the first. priority: the one whose outputs come
 * first in the order of `outputs`. rule order, output order: all, in that order. collect: all, or their sum, least, most, number.
 */
export type HitPolicy = (typeof hitPolicies)[number]

export type Outputs = { [name: string]: FeelValue }

/** The possible values of outputs, the most important first; outputs from left to right. */
export type Priorities = { name: string; values: FeelValue[] }[]

export interface Chosen {
  /** Outputs, a list of them, their number, or null. */
  output: FeelValue
  hits: number[]
  /** The rows may not apply together. */
  conflict?: boolean
}

/** `applying` are the numbers of the rows that apply, at least one, and `outputs` what each of them says. */
export function chooseHits(hit: HitPolicy, applying: number[], outputs: Outputs[], priorities: Priorities): Chosen {
  switch (hit) {
    case 'first':
      return { output: outputs[0]!, hits: [applying[0]!] }
    case 'unique':
      return applying.length === 1 ? { output: outputs[0]!, hits: applying } : conflict
    case 'any': {
      const agree = outputs.every((one) => equal(one, outputs[0]!) === true)
      return agree ? { output: outputs[0]!, hits: applying } : conflict
    }
    case 'priority':
    case 'output order': {
      const rank = ranking(priorities)
      const order = applying.map((n, i) => ({ n, output: outputs[i]! })).sort((a, b) => rank(a.output, b.output))
      if (hit === 'priority') return { output: order[0]!.output, hits: [order[0]!.n] }
      return { output: order.map(({ output }) => output), hits: order.map(({ n }) => n) }
    }
    case 'rule order':
    case 'collect':
      return { output: outputs, hits: applying }
    case 'collect count':
      return { output: applying.length, hits: applying }
    default:
      return { output: aggregated(outputs, hit), hits: applying }
  }
}

const conflict: Chosen = { output: null, hits: [], conflict: true }

// A value that is not listed comes last.
function ranking(priorities: Priorities): (a: Outputs, b: Outputs) => number {
  const place = (values: FeelValue[], value: FeelValue) => {
    const at = values.findIndex((one) => equal(one, value) === true)
    return at < 0 ? values.length : at
  }
  return (a, b) => {
    for (const { name, values } of priorities) {
      const difference = place(values, a[name] ?? null) - place(values, b[name] ?? null)
      if (difference !== 0) return difference
    }
    return 0
  }
}

function aggregated(outputs: Outputs[], hit: 'collect sum' | 'collect min' | 'collect max'): FeelValue {
  const result: Outputs = Object.create(null)
  for (const name of Object.keys(outputs[0]!)) {
    const values = outputs.map((one) => one[name] ?? null)
    result[name] = hit === 'collect sum' ? sum(values) : extreme(values, hit === 'collect min' ? -1 : 1)
  }
  return result
}

function extreme(values: FeelValue[], sign: number): FeelValue {
  let best: FeelValue = values[0]!
  for (const value of values) {
    const order = compare(value, best)
    if (order === null) return null
    if (order === sign) best = value
  }
  return best
}

const total = compileFeel('sum(values)')
const sum = (values: FeelValue[]): FeelValue => total.evaluate({ values })
