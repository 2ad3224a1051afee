// Decisions of .dmn files in a public service: every rule of the model country, written as one, serves in its place.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import {
  type Country,
  checkCountry,
  createCatalogue,
  holidaysOf,
  type LoadedCountry,
  readCountry,
  runExamples,
  toLine,
} from '@ashlar/catalogue'
import { checkTable, decide, writeDmn } from '@ashlar/decisions'
import { createCalendar } from '@ashlar/kernel/calendar'
import { house } from '@ashlar/kernel/testing'
import { compileFlow, rehearse } from '@ashlar/workflow'

const root = new URL('../../countries/veridia/', import.meta.url)
const contents = new Map(
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(yaml|typ|svg)$/.test(name))
    .map((name) => [name.replaceAll('\\', '/'), readFileSync(new URL(name, root), 'utf8')]),
)
const before = readCountry('veridia', contents).country as Country
const tried = ['fine', 'criminal-record-extract']

const check = (loaded: LoadedCountry) =>
  checkCountry(loaded, { checkTable })
    .problems.filter(({ severity, file }) => severity !== 'draft' && tried.some((id) => file.includes(`/${id}/`)))
    .map(toLine)

interface Rules {
  yaml: string
  files: Record<string, string>
}

/** The country with other rules in its services, and the files that these name. */
function changed(rules: (id: string) => Rules): LoadedCountry {
  const files = new Map(contents)
  for (const id of tried) {
    const path = `services/${id}/service.yaml`
    const { yaml, files: more } = rules(id)
    files.set(path, files.get(path)!.replace(/\nrules:\n[\s\S]*?\n(?=[a-z-]+:)/, `\n${yaml}\n`))
    for (const [name, text] of Object.entries(more)) files.set(`services/${id}/${name}`, text)
  }
  return readCountry('veridia', files)
}

const written = (id: string) => {
  const { rules, facts } = before.services[id]!
  return writeDmn({ name: id, namespace: `urn:ashlar:${id}`, rules: Object.values(rules), facts })
}

function examplesOf(country: Country) {
  const calendar = createCalendar({
    weekend: country.weekend,
    holidays: holidaysOf(country, 2020, 2032),
    zone: country.zone,
  })
  return tried.flatMap((id) =>
    runExamples(country.services[id]!, country.examples[id]!, country, {
      play: (service, facts, rules, answer) => rehearse(compileFlow(service), facts, rules, answer),
      decide: (table, facts) => decide(table, facts),
      deadline: calendar.deadline,
    }),
  )
}

test('a service is decided by its .dmn file as by its own table: every example holds', async () => {
  const loaded = changed((id) => ({
    yaml: `rules:\n${Object.keys(before.services[id]!.rules)
      .map((name) => `  ${name}: { model: rules.dmn, decision: ${name} }\n`)
      .join('')}`,
    files: { 'rules.dmn': written(id) },
  }))
  const country = loaded.country!

  assert.deepEqual(check(loaded), [])
  const results = examplesOf(country)
  assert.deepEqual(
    results.filter(({ failures }) => failures.length > 0),
    [],
  )
  assert.ok(results.length > 10)
  // The flow is checked against what the file gives as against what the rows gave.
  for (const id of tried) assert.deepEqual(country.services[id]!.facts, before.services[id]!.facts)
  assert.deepEqual(country.services.fine!.rules.price!.model!.law, [
    ...new Set(before.services.fine!.rules.price!.rows.map(({ law }) => law)),
  ])

  const home = await house({ blocks: ['catalogue'] })
  const catalogue = createCatalogue(home.catalogue)
  await catalogue.publish({ ...country, services: Object.fromEntries(tried.map((id) => [id, country.services[id]!])) })
  const published = await catalogue.get('fine')
  assert.equal(published.rules.price!.model!.xml, country.services.fine!.files['rules.dmn'])
  await home.stop()
})

test('decide names a decision of a .dmn file that nobody declared; what is read in the form is declared', () => {
  const match = changed(
    (id): Rules =>
      id === 'fine'
        ? { yaml: 'rules: { price: { model: price.dmn } }', files: { 'price.dmn': written(id) } }
        : { yaml: '', files: { 'rules.dmn': written(id) } },
  )

  assert.deepEqual(check(match), [])
  assert.deepEqual(
    examplesOf(match.country!).filter(({ failures }) => failures.length > 0),
    [],
  )
})

const faults: [string, string, string, RegExp][] = [
  [
    'a file that is not there',
    'price: { model: prise.dmn }',
    '',
    /service\.yaml:\d+:\d+ error: there is no \.dmn file 'prise\.dmn'; write 'price\.dmn'/,
  ],
  [
    'a decision that is not there',
    'price: { model: price.dmn, decision: prize }',
    '',
    /error: there is no decision in the file 'prize'; write 'price'/,
  ],
  [
    'an input that is not there',
    'price: { model: price.dmn, inputs: { fien: fine } }',
    '',
    /error: there is no input of the decision 'fien'; write 'fine'/,
  ],
  [
    'a cell that is no FEEL',
    'price: { model: price.dmn }',
    '<text>100 +</text>',
    /price\.dmn:\d+:1 error: price: The expression ends/,
  ],
  [
    'a name that is none',
    'price: { model: price.dmn }',
    '<text>now()</text>',
    /price\.dmn:\d+:1 error: price: There is no clock here.*give the model an input 'today'/,
  ],
  ['XML that is none', 'price: { model: price.dmn }', '<text>100</txet>', /price\.dmn:\d+:1 error: .*; mend the XML/],
  [
    'a table with a gap',
    'price: { model: price.dmn }',
    '',
    /price\.dmn:\d+:1 warning: no row of price applies when .*fine\.serious = false/,
  ],
]

for (const [what, rule, cell, expected] of faults)
  test(`check finds ${what}, with file, line and mend`, () => {
    const loaded = changed(
      (id): Rules =>
        id !== 'fine'
          ? { yaml: '', files: { 'rules.dmn': written(id) } }
          : {
              yaml: `rules:\n  ${rule}\n`,
              files: {
                'price.dmn': cell
                  ? written(id).replace('<text>100</text>', cell)
                  : written(id).replace('<text>&gt; 365</text>', '<text>&gt; 366</text>'),
              },
            },
    )

    const found = check(loaded)

    assert.ok(
      found.some((line) => expected.test(line)),
      `expected ${expected}, got:\n${found.join('\n') || '(nothing)'}`,
    )
  })

test('an input that is no fact is told where it stands in the file', () => {
  const loaded = changed(
    (id): Rules =>
      id !== 'fine'
        ? { yaml: '', files: { 'rules.dmn': written(id) } }
        : {
            yaml: 'rules:\n  price: { model: price.dmn }\n',
            files: {
              'price.dmn': written(id)
                .replace('name="today"><variable name="today"', 'name="Day of payment"><variable name="Day of payment"')
                .replaceAll('(today -', '(Day of payment -'),
            },
          },
  )

  const found = check(loaded)

  assert.equal(found.length, 1, found.join('\n'))
  assert.match(
    found[0]!,
    /price\.dmn:\d+:1 error: .*'price' needs 'Day of payment', and there is no fact 'dayOfPayment'/,
  )
})

const tables: [string, string, RegExp | undefined][] = [
  ['collect', 'hit: collect sum\n    inputs: { days: (today - fine.placedOn).days }', undefined],
  [
    'a policy that is none',
    'hit: frist\n    inputs: { days: (today - fine.placedOn).days }',
    /service\.yaml:\d+:\d+ error: 'frist' is not one of the words that can stand here; write 'first'/,
  ],
  [
    'priorities that nothing orders',
    'hit: priority\n    inputs: { days: (today - fine.placedOn).days }',
    /error: nothing says which outputs come first; add 'outputs:' with 'values:'/,
  ],
  [
    'an output that no row has',
    'inputs: { days: (today - fine.placedOn).days }\n    outputs: { precent: { otherwise: 100 } }',
    /error: there is no output 'precent'; write 'percent'/,
  ],
]

for (const [what, head, expected] of tables)
  test(`a table of YAML may have every hit policy of DMN: ${what}`, () => {
    const loaded = changed((id): Rules => {
      const files: Record<string, string> = id === 'fine' ? {} : { 'rules.dmn': written(id) }
      const rows =
        '[{ if: { days: "<= 60" }, then: { percent: 65 }, law: a }, { if: {}, then: { percent: 35 }, law: b }]'
      return { yaml: id === 'fine' ? `rules:\n  price:\n    ${head}\n    rows: ${rows}\n` : '', files }
    })

    const found = check(loaded).filter((line) => !line.includes('/texts/'))

    if (expected)
      assert.ok(
        found.some((line) => expected.test(line)),
        found.join('\n') || '(nothing)',
      )
    else assert.deepEqual(found, [])
  })
