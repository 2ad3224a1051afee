// A country is read anew exactly when one of its files changed.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Country } from '@ashlar/catalogue'
import { keptCountry } from './kept-country.ts'

const place = mkdtempSync(join(tmpdir(), 'ashlar-kept-'))
after(() => rmSync(place, { recursive: true }))
const folder = join(place, 'country')
const file = join(place, 'kept')
mkdirSync(join(folder, 'services'), { recursive: true })
writeFileSync(join(folder, 'country.yaml'), 'country: one')

let reads = 0
const read = async () => ({ id: `read ${++reads}` }) as Country
const idOf = async () => (await keptCountry(folder, file, read)).id

test('a country that did not change is read once', async () => {
  assert.deepEqual([await idOf(), await idOf()], ['read 1', 'read 1'])
})

test('a changed, new or lost file makes it be read anew', async () => {
  writeFileSync(join(folder, 'country.yaml'), 'country: two')
  assert.deepEqual([await idOf(), await idOf()], ['read 2', 'read 2'])
  writeFileSync(join(folder, 'services', 'new.yaml'), 'service: new')
  assert.deepEqual([await idOf(), await idOf()], ['read 3', 'read 3'])
  rmSync(join(folder, 'services', 'new.yaml'))
  assert.deepEqual([await idOf(), await idOf()], ['read 4', 'read 4'])
})

test('half a file is no country', async () => {
  writeFileSync(file, 'half')

  assert.equal(await idOf(), 'read 5')
})

test('a country that cannot be read is not kept', async () => {
  writeFileSync(join(folder, 'country.yaml'), 'wrong')
  const failing = async (): Promise<Country> => {
    throw new Error('wrong')
  }

  await assert.rejects(keptCountry(folder, file, failing), /wrong/)
  await assert.rejects(keptCountry(folder, file, failing), /wrong/)
})
