// The runner of the compatibility kit: it passes what is right and finds what is planted.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runKit } from './kit.ts'

const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))

test('cases of decisions, services and knowledge models pass, by level', async () => {
  const { levels, failures } = await runKit(fixture('sound'))

  assert.deepEqual(failures, [])
  assert.deepEqual(levels, [
    { level: 'compliance-level-2', passed: 2, total: 2, results: { passed: 3, total: 3 } },
    { level: 'compliance-level-3', passed: 3, total: 3, results: { passed: 5, total: 5 } },
  ])
})

test('a wrong expectation is found, whatever is wrong with it, and nothing else is', async () => {
  const { levels, failures } = await runKit(fixture('planted'))

  assert.deepEqual(
    failures.map(({ test }) => test),
    [
      'a wrong number',
      'a wrong type',
      'null where there is a value',
      'a value where there is null',
      'an entry too few',
      'a decision that is not there',
      'a model that is not there',
    ],
  )
  assert.equal(failures[0]!.cause, 'expected 10.51, got 10.5')
  assert.deepEqual([levels[0]!.passed, levels[0]!.total], [1, 8])
})

test('the command fails where a case fails, and where there are none', () => {
  const run = (folder: string) =>
    spawnSync(process.execPath, [fileURLToPath(new URL('run.ts', import.meta.url)), folder, '--no-report'], {
      encoding: 'utf8',
    })
  const [sound, planted, none] = ['sound', 'planted', 'nothing'].map((name) => run(fixture(name)))

  assert.match(sound!.stdout, /\n5 passed, 0 failed\n$/)
  assert.equal(sound!.status, 0)
  assert.match(planted!.stdout, /\n1 passed, 7 failed\n$/)
  assert.equal(planted!.status, 1)
  assert.notEqual(none!.status, 0)
})
