// Proves how an instance moves: as far as it can in one move, once for each happening, and never silently stuck.
import assert from 'node:assert/strict'
import test from 'node:test'
import { advance, beforeStart } from './engine.ts'
import type { Graph, Json, StepNode } from './graph.ts'
import { rehearse } from './rehearsal.ts'
import type { Facts, Happening, Moved, Rules } from './state.ts'

const now = new Date('2026-03-02T09:00:00Z')

/** Expressions of these tests are names of facts, or 'fail'. */
const rules: Rules = {
  now,
  evaluate: (source, facts) => {
    if (source === 'fail') throw new Error('no such expression')
    return facts[source] ?? null
  },
  decide: (rule, facts) => ({ output: { result: facts[rule] ?? null }, trace: { rule } }),
  deadline: (from, term) => new Date(from.getTime() + Number.parseInt(term, 10) * 86_400_000),
  money: (amount) => ({ value: amount * 100, currency: 'VRD' }),
}

const step = (name: string, next: string, more: Partial<StepNode> = {}): StepNode => ({
  kind: 'step',
  step: name,
  with: {},
  next,
  ...more,
})

/** Moves on through the happenings; those that change nothing are left out. */
function play(graph: Graph, facts: Facts, ...happenings: Happening[]): Moved[] {
  let instance = { state: beforeStart, facts }
  return happenings.flatMap((happening) => {
    const moved = advance(graph, instance, happening, rules)
    instance = moved ?? instance
    return moved ?? []
  })
}

const start: Happening = { kind: 'start' }
const done = (node: string, output: Json = null, visit = 1): Happening => ({ kind: 'done', node, visit, output })

test('one move passes every node that need not wait, and asks for the step that must be waited for', () => {
  const graph: Graph = {
    start: 'decide',
    nodes: {
      decide: { kind: 'decide', rule: 'rule', saveAs: 'rule', next: 'set' },
      set: { kind: 'set', saveAs: 'fee', to: { money: 'amount' }, next: 'choice' },
      choice: {
        kind: 'choice',
        branches: [
          { when: 'no', next: 'end' },
          { when: 'yes', next: 'tell' },
        ],
        otherwise: 'end',
      },
      tell: step('messaging.notify', 'work', { detached: true }),
      work: step('cases.task', 'end', {
        with: { fee: { feel: 'fee' }, all: { object: { a: { value: 1 } } } },
        saveAs: 'task',
      }),
      end: { kind: 'end', result: 'granted' },
    },
  }

  const [moved] = play(graph, { amount: 12, yes: true }, start)

  assert.deepEqual(moved?.path, ['decide', 'set', 'choice', 'tell', 'work'])
  assert.deepEqual(moved?.commands, [
    { node: 'tell', visit: 1, step: 'messaging.notify', input: {}, detached: true },
    { node: 'work', visit: 1, step: 'cases.task', input: { fee: { value: 1200, currency: 'VRD' }, all: { a: 1 } } },
  ])
  assert.deepEqual(moved?.state.tokens, [{ node: 'work', visit: 1 }])
  assert.equal(moved?.decisions[0]?.rule, 'rule')
})

test('what happens twice moves once', () => {
  const graph: Graph = {
    start: 'a',
    nodes: { a: step('x.a', 'b'), b: step('x.b', 'end'), end: { kind: 'end', result: 'ok' } },
  }

  const moves = play(graph, {}, start, start, done('a'), done('a'), done('b'), done('b'))

  assert.deepEqual(
    moves.map(({ path }) => path),
    [['a'], ['b'], ['end']],
  )
  assert.equal(moves.at(-1)?.state.result, 'ok')
})

test('the outcome of a step becomes a fact', () => {
  const graph: Graph = {
    start: 'a',
    nodes: { a: step('x.a', 'end', { saveAs: 'found' }), end: { kind: 'end', result: 'ok' } },
  }

  const [, moved] = play(graph, { other: 1 }, start, done('a', { count: 0 }))

  assert.deepEqual(moved?.facts, { other: 1, found: { count: 0 } })
  assert.equal(moved?.learned, true)
})

test('legs run side by side and the process goes on when all have ended, in whatever order', () => {
  const graph: Graph = {
    start: 'fork',
    nodes: {
      fork: { kind: 'fork', branches: ['a', 'b', 'c'] },
      a: step('x.a', 'join'),
      b: step('x.b', 'join'),
      c: { kind: 'set', saveAs: 'c', to: { value: 1 }, next: 'join' },
      join: { kind: 'join', of: 3, next: 'end' },
      end: { kind: 'end', result: 'ok' },
    },
  }

  for (const [first, second] of [
    ['a', 'b'],
    ['b', 'a'],
  ] as const) {
    const moves = play(graph, {}, start, done(first), done(second))

    assert.deepEqual(
      moves[0]?.commands.map(({ step }) => step),
      ['x.a', 'x.b'],
    )
    assert.equal(moves[1]?.state.result, undefined)
    assert.equal(moves[2]?.state.result, 'ok')
  }
})

test('an end ends all: what waits in other legs is cancelled, what was only just asked for is not asked for', () => {
  const graph: Graph = {
    start: 'fork',
    nodes: {
      fork: { kind: 'fork', branches: ['a', 'b'] },
      a: step('x.a', 'join'),
      b: step('x.b', 'again'),
      again: { kind: 'fork', branches: ['c', 'end'] },
      c: step('x.c', 'join'),
      join: { kind: 'join', of: 2, next: 'end' },
      end: { kind: 'end', result: 'refused' },
    },
  }

  const [, moved] = play(graph, {}, start, done('b'))

  assert.equal(moved?.state.result, 'refused')
  assert.deepEqual(moved?.cancelled, [{ node: 'a', visit: 1 }])
  assert.deepEqual(moved?.commands, [])
  assert.deepEqual(moved?.state.tokens, [])
})

test('a loop visits its nodes under new keys; a late outcome of an earlier visit changes nothing', () => {
  const graph: Graph = {
    start: 'a',
    nodes: {
      a: step('x.a', 'again', { saveAs: 'a' }),
      again: { kind: 'choice', branches: [{ when: 'a', next: 'a' }], otherwise: 'end' },
      end: { kind: 'end', result: 'ok' },
    },
  }

  const moves = play(graph, {}, start, done('a', true), done('a', false), done('a', false, 2))

  assert.deepEqual(
    moves.map(({ commands }) => commands.map(({ visit }) => visit)),
    [[1], [2], []],
  )
  assert.equal(moves.at(-1)?.state.result, 'ok')
})

test('an expression that fails leaves the token where it failed, and a retry goes on from there', () => {
  const graph: Graph = {
    start: 'a',
    nodes: {
      a: step('x.a', 'bad', { saveAs: 'a' }),
      bad: { kind: 'set', saveAs: 'b', to: { feel: 'fail' }, next: 'end' },
      end: { kind: 'end', result: 'ok' },
    },
  }
  const mended: Graph = {
    ...graph,
    nodes: { ...graph.nodes, bad: { kind: 'set', saveAs: 'b', to: { value: 1 }, next: 'end' } },
  }

  const [, stuck] = play(graph, {}, start, done('a', 7))
  const retried = advance(mended, stuck!, { kind: 'retry', node: 'bad', visit: 1 }, rules)

  assert.deepEqual(stuck?.stuck, [{ node: 'bad', visit: 1, stuck: 'no such expression' }])
  assert.deepEqual(stuck?.facts, { a: 7 })
  assert.equal(retried?.state.result, 'ok')
  assert.deepEqual(retried?.facts, { a: 7, b: 1 })
})

test('a failed step is stuck under its key, and is asked for again under the same key', () => {
  const graph: Graph = { start: 'a', nodes: { a: step('x.a', 'end'), end: { kind: 'end', result: 'ok' } } }

  const moves = play(
    graph,
    {},
    start,
    { kind: 'failed', node: 'a', visit: 1, why: 'refused' },
    { kind: 'retry', node: 'a', visit: 1 },
    done('a'),
  )

  assert.deepEqual(moves[1]?.stuck, [{ node: 'a', visit: 1, stuck: 'refused' }])
  assert.deepEqual(moves[2]?.commands, [{ node: 'a', visit: 1, step: 'x.a', input: {} }])
  assert.equal(moves[3]?.state.result, 'ok')
})

test('a loop that never waits is stopped and named', () => {
  const graph: Graph = { start: 'a', nodes: { a: { kind: 'set', saveAs: 'x', to: { value: 1 }, next: 'a' } } }

  const [moved] = play(graph, {}, start)

  assert.match(moved?.stuck[0]?.stuck ?? '', /50000 nodes without waiting/)
})

test('a timer waits for a term of the law, or until a date that the facts give', () => {
  const graph: Graph = {
    start: 'term',
    nodes: {
      term: { kind: 'timer', for: '3 days', next: 'until' },
      until: { kind: 'timer', until: 'day', next: 'end' },
      end: { kind: 'end', result: 'ok' },
    },
  }

  const moves = play(graph, { day: '2026-04-01' }, start, { kind: 'due', node: 'term', visit: 1 })

  assert.deepEqual(moves[0]?.timers, [{ node: 'term', visit: 1, at: '2026-03-05T09:00:00.000Z' }])
  assert.deepEqual(moves[1]?.timers, [{ node: 'until', visit: 1, at: '2026-04-01T00:00:00.000Z' }])
})

test('a rehearsal plays a process to its end with the answers of the caller', () => {
  const graph: Graph = {
    start: 'task',
    nodes: {
      task: step('cases.task', 'tell', {
        saveAs: 'task',
        within: { term: '30 days', onExpiry: { outcome: 'accept' } },
      }),
      tell: step('messaging.notify', 'end', { detached: true }),
      end: { kind: 'end', result: 'granted' },
    },
  }

  const expired = rehearse(graph, {}, rules, () => ({ expire: true }))
  const waiting = rehearse(graph, {}, rules, () => ({ wait: true }))

  assert.equal(expired.result, 'granted')
  assert.deepEqual(expired.facts, { task: { outcome: 'accept' } })
  assert.deepEqual(
    expired.commands.map(({ step }) => step),
    ['cases.task', 'messaging.notify'],
  )
  assert.deepEqual(waiting.waits, [{ node: 'task' }])
})
