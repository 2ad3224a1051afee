// `ashlar new`: what it writes passes check and test, compiles, and never takes the place of something.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { formatFile } from '@ashlar/catalogue'
import { UsageError } from './arguments.ts'
import { readCountryFolder } from './country.ts'
import { make } from './new.ts'
import { testCountry } from './test.ts'

const house = fileURLToPath(new URL('../../', import.meta.url))
let root: string
let country: string

before(() => {
  root = mkdtempSync(join(tmpdir(), 'ashlar-new-'))
  country = join(root, 'countries/norland')
  cpSync(join(house, 'tests/country/norland'), country, { recursive: true })
  symlinkSync(join(house, 'node_modules'), join(root, 'node_modules'))
})
after(() => rmSync(root, { recursive: true, force: true }))

const inOrder = async (folder: string) => {
  const { report } = await readCountryFolder(folder)
  return report.problems.filter(({ severity }) => severity === 'error')
}
const passing = async (folder: string, name: string) => {
  const [tested] = await testCountry(folder, [name])
  return tested!.results.map(({ failures }) => failures.length)
}

test('a new public service passes check and its examples, in a country of another language and money, too', async () => {
  const { files } = await make('service', 'permis-de-peche', { root, country })

  assert.ok(files.includes(join(country, 'services/permis-de-peche/texts/fr.yaml')))
  assert.deepEqual(await inOrder(country), [])
  assert.deepEqual(await passing(country, 'permis-de-peche'), [0, 0])
  for (const file of files.filter((path) => path.endsWith('.yaml')))
    assert.equal(formatFile(readFileSync(file, 'utf8')), readFileSync(file, 'utf8'), `${file} is in canonical form`)
})

test('two services with the same initials have different references', async () => {
  await make('service', 'place-publique', { root, country })

  assert.deepEqual(await inOrder(country), [])
})

test('a new country has a register, people, an officer and a service, and is in order', async () => {
  await make('country', 'southland', { root, country })

  const folder = join(root, 'countries/southland')
  assert.deepEqual(await inOrder(folder), [])
  assert.deepEqual(await passing(folder, 'example-permit'), [0, 0])
})

test('a new block compiles, and its test passes on a real database', async () => {
  await make('block', 'parcels', { root, country })
  const folder = join(root, 'blocks/parcels')
  const file = join(folder, 'parcels.test.ts')
  // Here it does not stand in the house's own blocks/, where its migrations would be found.
  const text = readFileSync(file, 'utf8')
  const found = text.replace(
    "blocks: ['parcels'] }",
    "blocks: ['parcels'], migrations: { parcels: new URL('./migrations/', import.meta.url) } }",
  )
  assert.notEqual(found, text)
  writeFileSync(file, found)
  writeFileSync(
    join(root, 'tsconfig.json'),
    JSON.stringify({ extends: join(house, 'tsconfig.json'), include: ['blocks'] }),
  )

  const compiled = await run(join(house, 'node_modules/.bin/tsc'), ['-p', root])
  const ran = await run(process.execPath, ['--no-warnings', '--test', file])

  assert.equal(compiled, '')
  assert.match(ran, /pass 1\n[\s\S]*fail 0/)
})

/** What a program says on stdout; a test run inside a test must not report to the outer one. */
function run(program: string, args: string[]): Promise<string> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  return new Promise((resolve) => execFile(program, args, { env }, (_error, stdout) => resolve(stdout)))
}

test('decisions are numbered after those that stand', async () => {
  mkdirSync(join(root, 'docs/decisions'), { recursive: true })
  writeFileSync(join(root, 'docs/decisions/0041-an-old-one.md'), '# 41. An old one\n')

  const { files } = await make('decision', 'Letters are printed twice', { root, country })

  assert.deepEqual(files, [join(root, 'docs/decisions/0042-letters-are-printed-twice.md')])
  assert.match(readFileSync(files[0]!, 'utf8'), /^# 42\. Letters are printed twice\n/)
})

test('nothing that stands is written over', async () => {
  writeFileSync(join(country, 'services/place-de-port/service.yaml.keep'), 'mine')
  for (const [kind, name] of [
    ['service', 'place-de-port'],
    ['country', 'norland'],
    ['decision', 'An old one'],
  ] as const)
    await assert.rejects(make(kind, name, { root, country }), /stands already.*nothing was written/)

  assert.ok(existsSync(join(country, 'services/place-de-port/service.yaml.keep')))
})

test('names that will not do are refused with one that would', async () => {
  const refused = async (kind: string, name: string, told: RegExp) =>
    assert.rejects(make(kind, name, { root, country }), (error: unknown) => {
      assert.ok(error instanceof UsageError, String(error))
      assert.match(error.message, told)
      return true
    })

  await refused('service', 'Fishing Licence', /e\.g\. fishing-licence/)
  await refused('service', '../../etc', /will not do/)
  await refused('service', '', /Name the service/)
  await refused('service', 'x'.repeat(41), /will not do/)
  await refused('block', 'bulk-payments', /e\.g\. bulkpayments/)
  await refused('block', 'utils', /does not say what the block does/)
  await refused('servise', 'a', /Did you mean "service"/)
  await refused('', '', /What shall it be/)
  await refused('decision', '???', /gives no file name/)
})
