// List functions (DMN 1.5, tables 75 to 77) and sort (table 81). Positions begin at 1; negative ones count from the end.
import { addValues, isDuration, operations } from '../arithmetic.ts'
import { allocate, spend } from '../budget.ts'
import { compare, equal } from '../compare.ts'
import { add, divide, exact, type FeelNumber, isNumber, multiply, settle, subtract } from '../number.ts'
import { FeelFunction, type FeelList, type FeelValue } from '../values.ts'
import { call, define, on } from './define.ts'

// min(list) as well as min(a, b, c).
const aggregate = (apply: (list: FeelList) => FeelValue) => [on('list: list', apply), on('...c: any', apply)]

export const listFunctions = define({
  'list contains': on('list: list, element: any', (list, element) => {
    spend(list.length)
    return list.some((item) => equal(item, element) === true)
  }),
  count: on('list: list', (list) => list.length),
  min: aggregate((list) => extreme(list, -1)),
  max: aggregate((list) => extreme(list, 1)),
  sum: aggregate(sum),
  product: aggregate((list) => fold(list, multiply)),
  mean: aggregate((list) => {
    const total = sum(list)
    return total === null ? null : operations['/'](total, list.length)
  }),
  median: aggregate(median),
  stddev: aggregate(deviation),
  mode: aggregate(mode),
  all: aggregate((list) => quantify(list, false)),
  any: aggregate((list) => quantify(list, true)),
  sublist: on('list: list, start position: integer, length?: integer', sublist),
  append: on('list: list, ...item: any', (list, items) => copied([...list, ...items])),
  concatenate: on('...list: any', (lists) => joined(lists)),
  'insert before': on('list: list, position: integer, newItem: any', (list, position, item) => {
    const at = indexOf(list, position)
    return at < 0 ? null : copied(list.toSpliced(at, 0, item))
  }),
  remove: on('list: list, position: integer', (list, position) => {
    const at = indexOf(list, position)
    return at < 0 ? null : copied(list.toSpliced(at, 1))
  }),
  'list replace': [
    on('list: list, position: any, newItem: any', replace),
    on('list: list, match: any, newItem: any', replace),
  ],
  reverse: on('list: list', (list) => copied(list.toReversed())),
  'index of': on('list: list, match: any', (list, match) => {
    spend(list.length)
    return copied(list.flatMap((item, i) => (equal(item, match) === true ? [i + 1] : [])))
  }),
  union: on('...list: any', (lists) => {
    const all = joined(lists)
    return all && distinct(all)
  }),
  'distinct values': on('list: list', distinct),
  flatten: on('list: list', (list) => {
    const flat: FeelList = []
    flatten(list, flat)
    return flat
  }),
  sort: on('list: list, precedes: function', sort),
})

function copied(list: FeelList): FeelList {
  allocate(list.length)
  return list
}

/** The index of a position, or -1 if the list has none such. */
function indexOf(list: FeelList, position: number): number {
  const at = position > 0 ? position - 1 : list.length + position
  return position === 0 || at < 0 || at >= list.length ? -1 : at
}

function extreme(list: FeelList, sign: number): FeelValue {
  spend(list.length)
  let best = list[0] ?? null
  if (compare(best, best) === null) return null
  for (const item of list) {
    const order = compare(item, best)
    if (order === null) return null
    if (order === sign) best = item
  }
  return best
}

function sum(list: FeelList): FeelValue {
  if (!list.length) return null
  spend(list.length)
  let total: FeelValue = list[0]!
  if (!isNumber(total) && !isDuration(total)) return null
  for (const item of list.slice(1)) {
    const next: FeelValue = isNumber(item) || isDuration(item) ? addValues(total, item) : null
    if (next === null) return null
    total = next
  }
  return total
}

function fold(list: FeelList, combine: (a: FeelNumber, b: FeelNumber) => FeelNumber | null): FeelNumber | null {
  spend(list.length)
  let total: FeelNumber | null = null
  for (const [i, item] of list.entries()) {
    if (!isNumber(item)) return null
    total = i === 0 ? item : combine(total!, item)
    if (total === null) return null
  }
  return total
}

function numbersOf(list: FeelList): FeelNumber[] | null {
  spend(list.length * Math.max(1, Math.log2(list.length + 1)))
  return list.every(isNumber) ? (list as FeelNumber[]) : null
}

function median(list: FeelList): FeelValue {
  const sorted = numbersOf(list)?.toSorted((a, b) => compare(a, b)!)
  if (!sorted?.length) return null
  const middle = Math.floor(sorted.length / 2)
  if (sorted.length % 2) return sorted[middle]!
  const total = add(sorted[middle - 1]!, sorted[middle]!)
  return total === null ? null : divide(total, 2)
}

// Of a sample: the squares are divided by one less than their number.
function deviation(list: FeelList): FeelValue {
  if (list.length < 2) return null
  const total = fold(list, add)
  const mean = total === null ? null : divide(total, list.length)
  if (mean === null) return null

  let squares: FeelNumber | null = 0
  for (const item of list as FeelNumber[]) {
    const difference: FeelNumber | null = subtract(item, mean)
    const square: FeelNumber | null = difference === null ? null : multiply(difference, difference)
    squares = squares === null || square === null ? null : add(squares, square)
  }
  const variance = squares === null ? null : divide(squares, list.length - 1)
  return variance === null ? null : settle(exact(variance).sqrt())
}

function mode(list: FeelList): FeelValue {
  const sorted = numbersOf(list)?.toSorted((a, b) => compare(a, b)!)
  if (!sorted) return null
  const counts: { value: FeelNumber; count: number }[] = []
  for (const value of sorted) {
    const last = counts.at(-1)
    if (last && compare(last.value, value) === 0) last.count++
    else counts.push({ value, count: 1 })
  }
  const most = counts.reduce((most, { count }) => Math.max(most, count), 0)
  return counts.filter(({ count }) => count === most).map(({ value }) => value)
}

// all: false decides; any: true decides. What is not a boolean makes either null.
function quantify(list: FeelList, deciding: boolean): FeelValue {
  spend(list.length)
  if (list.some((item) => item !== null && typeof item !== 'boolean')) return null
  if (list.includes(deciding)) return deciding
  return list.includes(null) ? null : !deciding
}

function sublist(list: FeelList, start: number, length: number | undefined): FeelValue {
  const from = indexOf(list, start)
  if (from < 0 || (length !== undefined && (length < 1 || from + length > list.length))) return null
  return copied(list.slice(from, length === undefined ? undefined : from + length))
}

function joined(lists: FeelValue[]): FeelList | null {
  const all: FeelList = []
  for (const list of lists) {
    if (list === null) return null
    for (const item of Array.isArray(list) ? list : [list]) all.push(item)
    allocate(Array.isArray(list) ? list.length : 1)
  }
  return all
}

// Texts and numbers by set, the rest one by one.
function distinct(list: FeelList): FeelList {
  const seen = new Set<FeelValue>()
  const others: FeelList = []
  const result: FeelList = []
  for (const item of list) {
    if (typeof item !== 'object' || item === null) {
      if (seen.has(item)) continue
      seen.add(item)
    } else {
      spend(others.length)
      if (others.some((other) => equal(other, item) === true)) continue
      others.push(item)
    }
    result.push(item)
  }
  return copied(result)
}

function flatten(list: FeelList, into: FeelList): void {
  allocate(list.length)
  for (const item of list) {
    if (Array.isArray(item)) flatten(item, into)
    else into.push(item)
  }
}

function replace(list: FeelList, where: FeelValue, item: FeelValue): FeelValue {
  if (where instanceof FeelFunction) {
    const replaced: FeelList = []
    for (const old of list) {
      const matches = call(where, [old, item])
      if (typeof matches !== 'boolean') return null
      replaced.push(matches ? item : old)
    }
    return copied(replaced)
  }
  const position = isNumber(where) ? Math.trunc(Number(where)) : 0
  const at = indexOf(list, position)
  return at < 0 ? null : copied(list.with(at, item))
}

function sort(list: FeelList, precedes: FeelFunction): FeelValue {
  if (!precedes.signatures.some(({ length }) => length === 2)) return null
  return copied(
    list.toSorted((a, b) => (call(precedes, [a, b]) === true ? -1 : call(precedes, [b, a]) === true ? 1 : 0)),
  )
}
