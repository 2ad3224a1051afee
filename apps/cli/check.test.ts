// `ashlar check` and `ashlar test` find what is planted in a country: file, line, reason, mend.
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { toLine } from '@ashlar/catalogue'
import { UsageError } from './arguments.ts'
import { readCountryFolder } from './country.ts'
import { testCountry } from './test.ts'

const norland = fileURLToPath(new URL('../../tests/country/norland', import.meta.url))
const service = 'services/place-de-port'
let folder: string

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'ashlar-check-'))
  cpSync(norland, join(folder, 'norland'), { recursive: true })
})
after(() => rmSync(folder, { recursive: true, force: true }))

/** The lines that `check` gives with one change in one file, which is taken back after it. */
async function checkedWith(file: string, change: (text: string) => string): Promise<string[]> {
  const path = join(folder, 'norland', file)
  const whole = readFileSync(path, 'utf8')
  const changed = change(whole)
  assert.notEqual(changed, whole, 'the fault was planted')
  writeFileSync(path, changed)
  try {
    const { report } = await readCountryFolder(join(folder, 'norland'))
    return report.problems.filter(({ severity }) => severity === 'error').map(toLine)
  } finally {
    writeFileSync(path, whole)
  }
}

const lineOf = (file: string, part: string): number =>
  readFileSync(join(folder, 'norland', file), 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(part)) + 1

describe('a country in which something is wrong', () => {
  it('is found in order before anything is planted', async () => {
    const { report } = await readCountryFolder(join(folder, 'norland'))

    assert.deepEqual(report.problems, [])
    assert.ok(report.examined.files >= 15 && report.examined.texts >= 40 && report.examined.expressions >= 20)
  })

  it('wrong YAML is told once, where it is, and with what mends it', async () => {
    const found = await checkedWith(`${service}/service.yaml`, (text) => text.replace('prefix: PP', 'prefix: [PP'))

    assert.equal(found.length, 1)
    assert.match(found[0]!, /^services\/place-de-port\/service\.yaml:\d+:\d+ error: .+; .+/)
  })

  it('a field that no register has, in a rule, comes with the nearest name', async () => {
    const file = `${service}/service.yaml`
    const found = await checkedWith(file, (text) => text.replace('[1].longueur" }', '[1].longeur" }'))

    const line = lineOf(file, 'inputs: { longueur')
    assert.equal(found.length, 1)
    assert.match(found[0]!, new RegExp(`^${file}:${line}:\\d+ error: .*longeur.*; write 'longueur'$`))
  })

  it('a rule table with a gap says which case nobody decided', async () => {
    const found = await checkedWith(`${service}/service.yaml`, (text) => text.replace(/ *- \{ if: \{\}, then.*\n/, ''))

    assert.ok(
      found.some((one) =>
        /service\.yaml:\d+:\d+ error: no row of tarif applies when longueur = 16; add a row/.test(one),
      ),
      found.join('\n'),
    )
  })

  it('a missing text is named by its key, with the file that wants it', async () => {
    const found = await checkedWith(`${service}/texts/fr.yaml`, (text) => text.replace(/ {2}impaye:.*\n/, ''))

    assert.ok(
      found.some((one) =>
        /^services\/place-de-port\/texts\/fr\.yaml:\d+:\d+ error: .*result\.impaye\.title.*; /.test(one),
      ),
      found.join('\n'),
    )
  })

  it('an agreement that does not cover what a service reads is found', async () => {
    const found = await checkedWith('agreements/capitainerie-bateaux.yaml', (text) => text.replace(', tirant]', ']'))

    assert.match(found.join('\n'), /tirant/)
  })
})

describe('examples', () => {
  it('pass as they stand', async () => {
    const [tested] = await testCountry(join(folder, 'norland'))

    assert.equal(tested?.results.length, 3)
    assert.deepEqual(
      tested?.results.flatMap(({ failures }) => failures),
      [],
    )
  })

  it('say what was expected and what came instead', async () => {
    const file = join(folder, 'norland', service, 'examples/petit-bateau.yaml')
    const whole = readFileSync(file, 'utf8')
    writeFileSync(file, whole.replace('price: { redevance: 25.313 }', 'price: { redevance: 25.31 }'))
    const [tested] = await testCountry(join(folder, 'norland'))
    writeFileSync(file, whole)

    const failures = tested?.results.flatMap(({ failures }) => failures)
    assert.deepEqual(failures, [{ what: 'price', expected: { redevance: 25.31 }, got: { redevance: 25.313 } }])
  })

  it('of a service that is not there come with a suggestion', async () => {
    await assert.rejects(testCountry(join(folder, 'norland'), ['place-du-port']), (error: unknown) => {
      assert.ok(error instanceof UsageError)
      assert.match(error.message, /Did you mean "place-de-port"/)
      return true
    })
  })
})
