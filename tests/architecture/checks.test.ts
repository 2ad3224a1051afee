// Each check of the house finds a fault that is planted for it.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { arrows } from './arrows.ts'
import { declared } from './declared.ts'
import type { Check } from './finding.ts'
import { format } from './format.ts'
import { migrations } from './migrations.ts'
import { names } from './names.ts'
import { texts } from './texts.ts'
import { types } from './types.ts'
import { unused } from './unused.ts'

const house = fileURLToPath(new URL('../../', import.meta.url))
const folders: string[] = []
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))

/** A house of a few files in a folder of its own, with this house's node_modules and settings. */
async function plant(files: Record<string, string>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'ashlar-planted-'))
  folders.push(root)
  await symlink(join(house, 'node_modules'), join(root, 'node_modules'))
  const settings = {
    'package.json': JSON.stringify({ name: 'planted', type: 'module', dependencies: { pg: '*' } }),
    'tsconfig.json': JSON.stringify({ extends: join(house, 'tsconfig.json'), include: ['kernel', 'blocks', 'ui'] }),
    'blocks/a/package.json': JSON.stringify({ name: '@ashlar/a', type: 'module', exports: './index.ts' }),
    'blocks/b/package.json': JSON.stringify({ name: '@ashlar/b', type: 'module', exports: './index.ts' }),
    'kernel/package.json': JSON.stringify({ name: '@ashlar/kernel', type: 'module' }),
    'ui/package.json': JSON.stringify({ name: '@ashlar/ui', type: 'module' }),
  }
  for (const [path, text] of Object.entries({ ...settings, ...files })) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  return root
}

async function finds(check: Check, files: Record<string, string>, expected: RegExp): Promise<void> {
  const { examined, problems } = await check(await plant(files))

  assert.ok(examined > 0, 'it examined something')
  assert.match(problems.join('\n'), expected)
}

const line = '// A planted file.\n'

describe('a planted fault is found by', () => {
  it('types', () => finds(types, { 'kernel/a/index.ts': `${line}export const one: number = 'one'\n` }, /TS2322/))

  it('texts, of one that a language lacks', () =>
    finds(
      texts,
      {
        'apps/a/texts/en.yaml': 'a: { one: One, two: "{n} things" }\n',
        'apps/a/texts/ar.yaml': 'a: { one: واحد, two: "{n}" }\n',
        'apps/a/texts/fr.yaml': 'a: { one: Un }\n',
      },
      /^apps\/a\/texts\/fr\.yaml has no text 'a\.two'$/,
    ))

  it('texts, of one with a value that there is none of, and of one that is no ICU message', () =>
    finds(
      texts,
      {
        'blocks/a/texts/en.yaml': 'a: { one: One, two: Two }\n',
        'blocks/a/texts/ar.yaml': 'a: { one: "{m}", two: "{" }\n',
        'blocks/a/texts/fr.yaml': 'a: { one: Un, two: Deux }\n',
      },
      /ar\.yaml 'a\.one' uses \{m\}\n.*ar\.yaml 'a\.two' is not ICU MessageFormat/,
    ))

  it('format', async () => {
    const biome = await readFile(join(house, 'biome.json'), 'utf8')
    await finds(
      format,
      { 'biome.json': biome, 'kernel/a/index.ts': `${line}export const one = "one";\n` },
      /biome check --write/,
    )
  })

  it('arrows: the kernel looks up', () =>
    finds(
      arrows,
      {
        'kernel/a/index.ts': `${line}export { b } from '../../blocks/b/index.ts'\n`,
        'blocks/b/index.ts': `${line}export const b = 1\n`,
      },
      /kernel-looks-up/,
    ))

  it('arrows: a block calls a block, but may name its types', async () => {
    const root = await plant({
      'blocks/a/index.ts': `${line}import { b } from '../b/index.ts'\nexport const a = b\n`,
      'blocks/a/typed.ts': `${line}import type { B } from '../b/index.ts'\nexport type A = B\n`,
      'blocks/b/index.ts': `${line}export const b = 1\nexport type B = number\n`,
    })

    const { problems } = await arrows(root)

    assert.equal(problems.filter((problem) => problem.includes('block-calls-block')).length, 1)
    assert.match(problems.join(), /blocks\/a\/index.ts → blocks\/b\/index.ts/)
  })

  it('arrows: somebody climbs past a door', () =>
    finds(
      arrows,
      {
        'blocks/a/index.ts': `${line}import type { S } from '../b/store.ts'\nexport type A = S\n`,
        'blocks/b/store.ts': `${line}export type S = 1\n`,
      },
      /past-the-door/,
    ))

  it('arrows: a circle', () =>
    finds(
      arrows,
      {
        'kernel/a/index.ts': `${line}import { two } from './two.ts'\nexport const one = () => two\n`,
        'kernel/a/two.ts': `${line}import { one } from './index.ts'\nexport const two = () => one\n`,
      },
      /circle/,
    ))

  it('declared', () =>
    finds(declared, { 'kernel/a/index.ts': `${line}import 'left-pad'\nimport 'pg'\n` }, /declare "left-pad"/))

  it('names', () =>
    finds(
      names,
      { 'kernel/a/utils.ts': `${line}export class UserService {}\n` },
      /drawers[\s\S]*always a public service/,
    ))

  it('unused', async () => {
    const knip = await readFile(join(house, 'knip.json'), 'utf8')
    await finds(
      unused,
      {
        'knip.json': knip,
        'blocks/a/index.ts': `${line}export const a = 1\n`,
        'blocks/a/lonely.ts': `${line}export const b = 1\n`,
      },
      /lonely/,
    )
  })

  it('migrations: a lock that stops the country, and a gap in the numbers', () =>
    finds(
      migrations,
      {
        'blocks/a/migrations/0001-start.sql': 'create table a.thing (id uuid primary key);\n',
        'blocks/a/migrations/0003-more.sql': 'alter table a.thing add column name text not null;\n',
        'tests/architecture/squawk.toml': 'pg_version = "18.0"\nassume_in_transaction = true\n',
      },
      /next number[\s\S]*adding-/,
    ))
})
