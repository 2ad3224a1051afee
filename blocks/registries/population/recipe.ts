// A recipe of population.yaml, made ready: FEEL is compiled once, then each call draws one value.
import { compileFeel, FeelError, type FeelValue, toFeel } from '@ashlar/kernel/feel'
import type { Random } from './random.ts'

/** What is known where a value is drawn. */
export type Scope = Record<string, FeelValue>
export type Draw = (scope: Scope) => FeelValue

/** What recipes draw from; shared by all recipes of one register. */
export interface Kitchen {
  random: Random
  lists: unknown
  /** Names that FEEL may read. */
  names: string[]
  /** The id of the row that is being made. */
  idOf(scope: Scope): string
  personaId(name: string): string
  /** Rows made so far. */
  rowsOf(register: string): readonly Scope[]
  /** Values that a pattern of this field has made, and those of personas. */
  taken: Set<string>
}

export class RecipeFault extends Error {
  override name = 'RecipeFault'
}

type Fields = Record<string, unknown>

/** Throws RecipeFault for a recipe that cannot be followed. */
export function prepare(recipe: unknown, kitchen: Kitchen): Draw {
  if (typeof recipe === 'string') return recipe.startsWith('=') ? feel(recipe, kitchen) : always(recipe)
  if (typeof recipe !== 'object' || recipe === null || Array.isArray(recipe)) return always(recipe)
  const fields = recipe as Fields
  for (const [word, make] of Object.entries(words)) if (Object.hasOwn(fields, word)) return make(fields, kitchen)
  return always(recipe)
}

const words: Record<string, (recipe: Fields, kitchen: Kitchen) => Draw> = {
  uuid: (_, { idOf }) => idOf,
  persona: ({ persona }, { personaId }) => always(personaId(String(persona))),
  pattern: ({ pattern }, kitchen) => patterned(String(pattern), kitchen),
  pick: ({ pick }, kitchen) => (Array.isArray(pick) ? pickOf(pick, kitchen) : pickByPath(String(pick), kitchen)),
  weights: ({ weights }, kitchen) => weighted(weights as Record<string, number>, kitchen),
  number: ({ number }, kitchen) => ranged(number as Fields, kitchen),
  date: ({ date }, kitchen) => dated(date as Fields, kitchen),
  row: ({ row }, kitchen) => rowOf(row as Fields, kitchen),
  list: ({ list }, kitchen) => listed(list as Fields, kitchen),
  sometimes: ({ sometimes, then, else: otherwise }, kitchen) => {
    const [yes, no] = [prepare(then, kitchen), prepare(otherwise ?? null, kitchen)]
    const chance = Number(sometimes)
    return (scope) => (kitchen.random.next() < chance ? yes(scope) : no(scope))
  },
  when: ({ when, then, else: otherwise }, kitchen) => {
    const [test, yes, no] = [prepare(when, kitchen), prepare(then, kitchen), prepare(otherwise ?? null, kitchen)]
    return (scope) => (test(scope) === true ? yes(scope) : no(scope))
  },
}

function always(value: unknown): Draw {
  const constant = toFeel(value)
  return () => constant
}

function feel(source: string, { names }: Kitchen): Draw {
  try {
    const { evaluate } = compileFeel(source.slice(1), { names })
    return evaluate
  } catch (error) {
    if (error instanceof FeelError) throw new RecipeFault(`${source}: ${error.message}`, { cause: error })
    throw error
  }
}

function pickOf(items: unknown[], { random }: Kitchen): Draw {
  const values = items.map((item) => toFeel(item))
  return values.length === 0 ? always(null) : () => random.pick(values)
}

/** `given.{script}.{sex}`: a list by its path, parts of which are values that are known. */
function pickByPath(path: string, kitchen: Kitchen): Draw {
  const known = new Map<string, Draw>()
  return (scope) => {
    const place = path.replace(/\{(\w+)\}/g, (_, name: string) => String(scope[name]))
    let draw = known.get(place)
    if (!draw) {
      const items = place.split('.').reduce<unknown>((at, step) => (at as Fields | undefined)?.[step], kitchen.lists)
      if (!Array.isArray(items)) throw new RecipeFault(`there is no list '${place}'`)
      draw = pickOf(items, kitchen)
      known.set(place, draw)
    }
    return draw(scope)
  }
}

function weighted(weights: Record<string, number>, { random }: Kitchen): Draw {
  const values = Object.keys(weights).map((key) => (/^-?\d+$/.test(key) ? Number(key) : key))
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0)
  const sums = Object.values(weights).map((_, i, all) => all.slice(0, i + 1).reduce((sum, weight) => sum + weight, 0))
  return () => {
    const drawn = random.next() * total
    return values[sums.findIndex((sum) => drawn < sum)] as FeelValue
  }
}

function ranged({ from, to, step }: Fields, kitchen: Kitchen): Draw {
  const [low, high, by] = [prepare(from, kitchen), prepare(to, kitchen), Number(step ?? 1)]
  return (scope) => {
    const [a, b] = [Number(low(scope)), Number(high(scope))]
    return a + by * kitchen.random.between(0, Math.floor((b - a) / by))
  }
}

const DAY = 86_400_000
const dayOf = (value: FeelValue) => Date.parse(String(value)) / DAY

function dated({ from, to }: Fields, kitchen: Kitchen): Draw {
  const [first, last] = [prepare(from, kitchen), prepare(to, kitchen)]
  return (scope) => {
    const [a, b] = [dayOf(first(scope)), dayOf(last(scope))]
    if (Number.isNaN(a) || Number.isNaN(b)) throw new RecipeFault('a date needs days for `from` and `to`')
    const day = kitchen.random.between(Math.min(a, b), b)
    return toFeel(new Date(day * DAY).toISOString().slice(0, 10))
  }
}

const TRIES = 50

function rowOf({ of, give, where, nth }: Fields, kitchen: Kitchen): Draw {
  const register = String(of)
  if (nth !== undefined) {
    // Each once: the row at the same place in line, and none beyond the last.
    const place = prepare(nth, kitchen)
    return (scope) => {
      const row = kitchen.rowsOf(register)[Number(place(scope)) - 1]
      return row === undefined || give === undefined ? (row ?? null) : (row[String(give)] ?? null)
    }
  }
  const test = where === undefined ? undefined : prepare(where, { ...kitchen, names: namesOf(kitchen, register) })
  return () => {
    const rows = kitchen.rowsOf(register)
    if (rows.length === 0) return null
    for (let tries = 0; tries < TRIES; tries++) {
      const row = kitchen.random.pick(rows)
      if (test && test(row) !== true) continue
      return give === undefined ? row : (row[String(give)] ?? null)
    }
    return null
  }
}

function namesOf({ rowsOf, names }: Kitchen, register: string): string[] {
  return [...names, ...Object.keys(rowsOf(register)[0] ?? {})]
}

function listed({ of, size }: Fields, kitchen: Kitchen): Draw {
  const [item, length] = [prepare(of, kitchen), prepare(size, kitchen)]
  return (scope) => Array.from({ length: Math.min(100, Number(length(scope))) }, () => item(scope))
}

function patterned(pattern: string, { random, taken }: Kitchen): Draw {
  const once = () =>
    pattern.replace(/[#@]/g, (sign) =>
      sign === '#' ? String(random.between(0, 9)) : String.fromCharCode(65 + random.between(0, 25)),
    )
  return () => {
    for (let tries = 0; tries < 1000; tries++) {
      const value = once()
      if (taken.has(value)) continue
      taken.add(value)
      return value
    }
    throw new RecipeFault(`the pattern '${pattern}' has no more values`)
  }
}
