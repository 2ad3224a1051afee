// The generated reference: a page that was changed, lost or left behind is found stale; the same code gives the same pages.
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { staleDocs, writeDocs } from './generate.ts'
import { wireHouse } from './wiring.ts'

const house = fileURLToPath(new URL('../', import.meta.url))
let root: string

before(async () => {
  root = mkdtempSync(join(tmpdir(), 'ashlar-docs-'))
  await writeDocs(root)
})
after(() => rmSync(root, { recursive: true, force: true }))

test('what was just written is not stale', async () => {
  const { examined, stale } = await staleDocs(root)

  assert.ok(examined >= 11)
  assert.deepEqual(stale, [])
})

test('a changed page, a lost one and one that nobody makes any more are found', async () => {
  const page = join(root, 'docs/reference/settings.md')
  writeFileSync(page, readFileSync(page, 'utf8').replace('8080', '8081'))
  rmSync(join(root, 'contracts/openapi.json'))
  cpSync(page, join(root, 'docs/reference/old.md'))

  const { stale } = await staleDocs(root)

  assert.deepEqual(stale.sort(), ['contracts/openapi.json', 'docs/reference/old.md', 'docs/reference/settings.md'])
})

test('writing again mends all of it', async () => {
  await writeDocs(root)

  assert.deepEqual((await staleDocs(root)).stale, [])
})

test('every block that has routes or steps is in it, each route with who may come', async () => {
  const { routes, steps } = await wireHouse(house)

  const blocks = new Set(routes.map(({ path }) => /^\/api\/([a-z]+)\//.exec(path)?.[1]).filter(Boolean))
  assert.ok(blocks.size >= 9, [...blocks].join())
  assert.ok(routes.length >= 60)
  assert.deepEqual(
    routes.filter(({ scope, public: why }) => !scope && !why),
    [],
  )
  for (const name of ['cases.task', 'payments.collect', 'documents.issue', 'messaging.notify', 'registries.lookUp'])
    assert.ok(
      steps.some((step) => step.name === name),
      name,
    )
})
