// Invents the people of a country, their companies, cars and fines, from population.yaml: the same seed, the same people.
import type { Country } from '@ashlar/catalogue'
import { type FeelValue, toFeel, toJson } from '@ashlar/kernel/feel'
import type { Values } from '../register.ts'
import { seededRandom, seededUuid } from './random.ts'
import { type Draw, type Kitchen, prepare, type Scope } from './recipe.ts'

export type PopulationRecipe = NonNullable<Country['population']>
type Make = PopulationRecipe['make'][number]

export interface InventedRecord {
  register: string
  id: string
  values: Values
}

/** All records, registers in the order of the recipe, personas before the others. `today` moves what the recipe ties to it. */
export function inventPopulation(recipe: PopulationRecipe, today: string): InventedRecord[] {
  const rows = new Map<string, Scope[]>()
  return recipe.make.flatMap((make) => inventRegister(recipe, make, toFeel(today), rows))
}

/** The id of a persona, the same in every register that names it. */
export function personaId(recipe: Pick<PopulationRecipe, 'seed'>, name: string): string {
  return seededUuid(`${recipe.seed} persona ${name}`)
}

function inventRegister(
  recipe: PopulationRecipe,
  make: Make,
  today: FeelValue,
  rows: Map<string, Scope[]>,
): InventedRecord[] {
  const fields = Object.keys(make.fields)
  const own: Scope[] = []
  rows.set(make.register, own)
  const ids: string[] = []
  const kitchen: Omit<Kitchen, 'taken'> = {
    random: seededRandom(`${recipe.seed} ${make.register}`),
    lists: recipe.lists ?? {},
    names: ['today', 'index', 'size', 'position', 'ids', ...factsOf(make), ...fields],
    idOf: (scope) => idAt(recipe, make.register, Number(scope.index)),
    personaId: (name) => personaId(recipe, name),
    rowsOf: (register) => rows.get(register) ?? [],
  }

  const personas = Object.entries(recipe.personas?.[make.register] ?? {}).slice(0, make.count)
  for (const [name, persona] of personas) {
    const scope: Scope = { today, index: own.length + 1 }
    for (const field of fields) scope[field] = prepare(persona[field] ?? null, { ...kitchen, taken: new Set() })(scope)
    ids.push(typeof scope.id === 'string' ? scope.id : seededUuid(`${recipe.seed} ${make.register} ${name}`))
    own.push(scope)
  }

  const cook = cookOf(make, (field) => ({ ...kitchen, taken: new Set(own.map((row) => String(row[field]))) }))
  while (own.length < make.count) {
    const group = cook.group(today, make.count - own.length)
    const members = Array.from({ length: Number(group.size) }, (_, i) => own.length + 1 + i)
    group.ids = members.map((index) => idAt(recipe, make.register, index))
    for (const [i, index] of members.entries()) {
      own.push(cook.row({ ...group, index, position: i + 1 }))
      ids.push((group.ids as string[])[i] as string)
    }
  }
  return own.map((scope, i) => ({ register: make.register, id: ids[i] as string, values: toValues(scope, fields) }))
}

function idAt(recipe: PopulationRecipe, register: string, index: number): string {
  return seededUuid(`${recipe.seed} ${register} ${index}`)
}

function factsOf(make: Make): string[] {
  return [...Object.keys(make.group?.facts ?? {}), ...Object.keys(make.facts ?? {})]
}

/** The recipes of a register, ready to be drawn from, in the order in which they stand in the file. */
function cookOf(make: Make, kitchenOf: (field: string) => Kitchen) {
  const ready = (recipes: Record<string, unknown> | undefined): [string, Draw][] =>
    Object.entries(recipes ?? {}).map(([name, recipe]) => [name, prepare(recipe, kitchenOf(name))])
  const size = prepare(make.group?.size ?? 1, kitchenOf('size'))
  const groupFacts = ready(make.group?.facts)
  const rowDraws = [...ready(make.facts), ...ready(make.fields)]
  const fill = (scope: Scope, draws: [string, Draw][]): Scope => {
    for (const [name, draw] of draws) scope[name] = draw(scope)
    return scope
  }
  return {
    group: (today: FeelValue, most: number): Scope => {
      const members = Math.max(1, Math.min(most, Number(size({ today }))))
      return fill({ today, size: members }, groupFacts)
    },
    row: (scope: Scope): Scope => fill(scope, rowDraws),
  }
}

function toValues(scope: Scope, fields: string[]): Values {
  const known = fields.filter((field) => scope[field] !== null && scope[field] !== undefined)
  return Object.fromEntries(known.map((field) => [field, toJson(scope[field] as FeelValue)]))
}
