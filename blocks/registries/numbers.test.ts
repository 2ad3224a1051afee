// Proves that a register gives each number once, however often it is asked, and finds records by dates without reading them.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { DataUse } from '@ashlar/consent'
import { isProblem } from '@ashlar/kernel/problem'
import type { Context } from '@ashlar/kernel/sql'
import { house, type TestHouse } from '@ashlar/kernel/testing'
import { createRegistries, type Registries, registrySteps } from './index.ts'
import type { RegisterDeclaration } from './register.ts'

const field = (is: string, required = false) => ({
  is,
  required,
  personal: true,
  label: {},
  options: [],
  optionLabels: {},
})
const cards = {
  id: 'cards',
  version: '1.0.0',
  status: 'active',
  authority: 'health',
  law: ['Act'],
  title: {},
  about: 'person',
  person: 'holder',
  identifiers: ['id', 'number'],
  indexes: ['validUntil'],
  matching: {},
  access: { self: [], bearer: [], everybody: [], roles: {} },
  fields: { id: field('uuid', true), number: field('text', true), holder: field('person'), validUntil: field('date') },
} as unknown as RegisterDeclaration

let home: TestHouse<'registries'>
let registries: Registries
let uses: DataUse[]
let permitted = true

before(async () => {
  home = await house({ blocks: ['registries'] })
  uses = []
  registries = createRegistries({
    ...home.registries,
    consent: {
      permits: async () =>
        permitted
          ? { permitted: true, agreement: { id: 'a', reader: 'health', law: 'Act s.1', basis: 'law' } as never }
          : { permitted: false, reason: 'no-agreement', detail: 'There is none.' },
      recordAll: async (list) => {
        uses.push(...list)
        return list.map(() => randomUUID())
      },
    },
  })
  await registries.publish([cards])
})
after(() => home?.stop())

const context: Context = {
  tenant: 'health',
  actor: { kind: 'system', id: 'workflow' },
  purpose: 'process',
  channel: 'system',
  trace: 't',
}
const access = { agreement: 'a', purpose: 'p' }
const command = (key: string, like: string, set = {}) => ({
  key,
  instance: 'i',
  caseId: randomUUID(),
  service: { id: 's', version: '1.0.0' },
  context,
  input: { register: 'cards', field: 'number', like, set, agreement: 'a', purpose: 'p' },
})
const issue = async (...commands: ReturnType<typeof command>[]) =>
  (await registrySteps(registries)['registries.issueNumber'].run(commands as never)) as {
    done: { id: string; number: string }
  }[]

test('a number is given once for one command, in the form that is wanted, with an id of its own', async () => {
  const holder = randomUUID()
  const order = command('k-1', 'C-####-@', { holder })

  const [first, second] = await Promise.all([issue(order), issue(order)])
  const [again] = await issue(order)

  const { number, id } = first![0]!.done
  assert.match(number, /^C-\d{4}-@$/)
  assert.deepEqual([second![0], again], [first![0], first![0]])
  const found = await registries.lookUp({
    register: 'cards',
    by: { number },
    fields: ['id', 'holder'],
    access,
    context,
  })
  assert.deepEqual(
    found.records.map(({ values }) => values),
    [{ id, holder }],
  )
})

test('of few numbers that there are, each is given to one only', async () => {
  const given = await issue(...Array.from({ length: 6 }, (_, n) => command(`few-${n}`, 'F-#')))

  assert.equal(new Set(given.map(({ done }) => done.number)).size, 6)
})

test('records are found by a span of dates, page by page, and nobody’s data was used for it', async () => {
  for (const [n, validUntil] of ['2026-05-01', '2026-05-02', '2026-06-30', '2026-07-01'].entries())
    await issue(command(`dated-${n}`, 'D-####', { validUntil }))
  const before = uses.length
  const span = { register: 'cards', field: 'validUntil', from: '2026-05-02', until: '2026-06-30', access, context }

  const all = await registries.dated(span)
  const [first] = await registries.dated({ ...span, limit: 1 })
  const rest = await registries.dated({ ...span, limit: 1, after: first!.id })

  assert.deepEqual(all.map(({ date }) => date).sort(), ['2026-05-02', '2026-06-30'])
  assert.deepEqual([first, ...rest], all)
  assert.equal(uses.length, before)
})

test('by what is no indexed date, or without an agreement, nothing is found', async () => {
  const span = { register: 'cards', field: 'number', from: '2026-05-02', until: '2026-06-30', access, context }

  await assert.rejects(
    registries.dated(span),
    (error) => isProblem(error) && error.code === 'register-field-not-indexed',
  )
  permitted = false
  await assert.rejects(
    registries.dated({ ...span, field: 'validUntil' }),
    (error) => isProblem(error) && error.code === 'access-refused',
  )
  permitted = true
})
