// Tests of invented people: the same seed gives the same people, families hang together, and faults name themselves.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { inventPopulation, type PopulationRecipe, personaId } from './population.ts'

const recipe: PopulationRecipe = parse(`
country: nowhere
seed: nowhere-1
lists:
  given: { latin: [Ann, Bo], arabic: [ليلى, عمر] }
  colours: [{ name: red, code: 7 }]
make:
  - register: people
    count: 50
    group:
      size: { weights: { "2": 1, "3": 1 } }
      facts: { script: { weights: { latin: 1, arabic: 1 } } }
    facts: { child: = position > 2 }
    fields:
      id: { uuid: true }
      number: { pattern: "#@" }
      name: { pick: "given.{script}" }
      born: { date: { from: 1990-01-01, to: = today } }
      age: "= years and months duration(born, today).years"
      partner: "= if child then null else ids[3 - position]"
      cat: { sometimes: 0.5, then: tom }
      lucky: { list: { of: { number: { from: 2, to: 10, step: 2 } }, size: 3 } }
  - register: cars
    count: 20
    facts: { paint: { pick: colours } }
    fields:
      plate: { pattern: "##-@@" }
      colour: = paint.name
      owner: { row: { of: people, give: id, where: = age >= 18 } }
      kind: { when: = index = 1, then: first, else: { pick: [van, bus] } }
personas:
  people:
    grace: { id: { persona: grace }, number: 4A, name: Grace, born: '= today - duration("P40D")' }
`)
const today = '2026-03-02'

test('the same seed gives the same people, another seed others', () => {
  const once = inventPopulation(recipe, today)
  const again = inventPopulation(structuredClone(recipe), today)
  const others = inventPopulation({ ...recipe, seed: 'nowhere-2' }, today)

  assert.deepEqual(again, once)
  assert.equal(once.length, 70)
  assert.ok(!others.some(({ id }) => once.some((record) => record.id === id)))
})

test('personas come first, under an id that every register may name; what they lack is absent', () => {
  const [grace] = inventPopulation(recipe, today)

  assert.equal(grace?.id, personaId(recipe, 'grace'))
  assert.deepEqual(grace?.values, { id: grace?.id, number: '4A', name: 'Grace', born: '2026-01-21' })
})

test('members of a group know each other; patterns never repeat, not even those of personas', () => {
  const people = inventPopulation(recipe, today).filter(({ register }) => register === 'people')
  const byId = new Map(people.map((record) => [record.id, record.values]))

  for (const { id, values } of people.slice(1))
    if (values.partner) assert.equal(byId.get(values.partner as string)?.partner, id)
  assert.equal(new Set(people.map(({ values }) => values.number)).size, people.length)
})

test('rows of other registers are drawn as a condition says, and choices keep to what they offer', () => {
  const all = inventPopulation(recipe, today)
  const ages = new Map(all.map(({ id, values }) => [id, values.age as number]))
  const cars = all.filter(({ register }) => register === 'cars').map(({ values }) => values)

  for (const car of cars) assert.ok(!car.owner || (ages.get(car.owner as string) as number) >= 18)
  assert.ok(cars.every(({ colour }) => colour === 'red'))
  assert.deepEqual(cars.map(({ kind }) => kind === 'first').indexOf(true), 0)
  for (const { values } of all)
    for (const lucky of (values.lucky as number[] | undefined) ?? [])
      assert.ok(lucky >= 2 && lucky <= 10 && lucky % 2 === 0)
})

test('only dates that name today move with it', () => {
  const later = inventPopulation(recipe, '2027-03-02')

  assert.equal(later[0]?.values.born, '2027-01-21')
})

test('a recipe that cannot be followed says why', () => {
  const broken = (fields: Record<string, unknown>) => () =>
    inventPopulation({ ...recipe, personas: {}, make: [{ register: 'people', count: 30, fields }] }, today)

  assert.throws(broken({ a: '= if then' }), { name: 'RecipeFault' })
  assert.throws(broken({ a: { pick: 'none.here' } }), { name: 'RecipeFault', message: /none\.here/ })
  assert.throws(broken({ a: { pattern: '#' } }), { name: 'RecipeFault', message: /no more values/ })
  assert.throws(broken({ a: { date: { from: 'x', to: 'y' } } }), { name: 'RecipeFault' })
})
