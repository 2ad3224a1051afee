// Proves of many processes made by chance, played in orders made by chance, that each ends, and leaves nothing behind.
import assert from 'node:assert/strict'
import test from 'node:test'
import { advance, beforeStart } from './engine.ts'
import type { Graph, Handler, Json, Node } from './graph.ts'
import { armedOf, nestsOf } from './migration.ts'
import type { Facts, Happening, Moved, Rules, State } from './state.ts'

/** A linear congruential generator: the same seed gives the same processes (Numerical Recipes). */
function chance(seed: number): (most: number) => number {
  let state = seed >>> 0
  return (most) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * most)
  }
}

const rules: Rules = {
  now: new Date('2026-03-02T09:00:00Z'),
  evaluate: (source, facts) => {
    if (source === 'true' || source === 'false') return source === 'true'
    if (source.startsWith('[')) return JSON.parse(source) as Json
    if (source.startsWith('<')) return (facts.loopCounter as number) < Number(source.slice(1))
    return facts[source] ?? null
  },
  decide: () => ({ output: null, trace: null }),
  deadline: (from) => new Date(from.getTime() + 1),
  money: (value) => ({ value, currency: 'VRD' }),
}

/** Blocks inside blocks, as a modeler would draw them: each has one way in and one way out. */
function processOf(random: (most: number) => number): Graph {
  const nodes: Record<string, Node> = {}
  let ids = 0
  const add = (name: string, node: Node): string => {
    const id = `${name}${++ids}`
    nodes[id] = node
    return id
  }
  const finish = () => add('finish', { kind: 'finish' })
  const boundary = (next: string, depth: number): { on?: Handler[] } => {
    if (random(3) > 0) return {}
    const triggers: Handler['trigger'][] = [
      { on: 'timer', for: '1 day' },
      { on: 'timer', every: 'PT1H', times: 2 },
      { on: 'message', message: 'm', key: 'k' },
      { on: 'signal', signal: 's' },
      { on: 'error', code: 'e' },
    ]
    const trigger = triggers[random(triggers.length)]!
    const alongside =
      (trigger.on === 'timer' && trigger.every !== undefined) || (trigger.on !== 'error' && random(2) === 0)
    const way = alongside ? block(finish(), depth + 2) : next
    return {
      on: [{ id: `event${++ids}`, trigger, ...(alongside ? { alongside: true } : {}), next: way, saveAs: 'event' }],
    }
  }
  const block = (next: string, depth: number): string => {
    const kind = depth > 3 ? random(3) : random(11)
    switch (kind) {
      case 0:
        return add('step', { kind: 'step', step: 'x', with: {}, saveAs: 'a', next, ...boundary(next, depth) })
      case 1: {
        const undo = random(2) === 0 ? { undo: add('undo', { kind: 'step', step: 'u', with: {}, next: finish() }) } : {}
        return add('step', { kind: 'step', step: 'x', with: {}, next, ...undo })
      }
      case 2:
        return add('set', { kind: 'set', saveAs: 'b', to: { value: 1 }, next })
      case 3: {
        const join = `join${++ids}`
        const flows = ['f1', 'f2']
        nodes[join] = { kind: 'join', of: 2, flows, next }
        return add('fork', { kind: 'fork', branches: flows.map((flow) => block(`${join}@${flow}`, depth + 1)) })
      }
      case 4: {
        const merge = `merge${++ids}`
        const flows = ['f1', 'f2', 'f3']
        nodes[merge] = { kind: 'merge', flows, next }
        const branches = flows.map((flow, n) => ({
          when: n === 0 || random(2) === 0 ? 'true' : 'false',
          next: block(`${merge}@${flow}`, depth + 1),
        }))
        return add('select', { kind: 'select', branches })
      }
      case 5:
        return add('choice', {
          kind: 'choice',
          branches: [{ when: random(2) === 0 ? 'true' : 'false', next: block(next, depth + 1) }],
          otherwise: block(next, depth + 1),
        })
      case 6:
        return add('each', {
          kind: 'scope',
          start: block(finish(), depth + 1),
          own: true,
          repeat: {
            in: JSON.stringify(Array.from({ length: random(4) }, (_, n) => n)),
            as: 'row',
            ...(random(2) === 0 ? { sequential: true as const } : {}),
            ...(random(3) === 0 ? { collect: { saveAs: 'all', value: 'a' } } : {}),
          },
          next,
          ...boundary(next, depth),
        })
      case 7:
        return add('loop', {
          kind: 'scope',
          start: block(finish(), depth + 1),
          repeat: { while: '<3' },
          next,
        })
      case 8: {
        const events: Handler[] =
          random(2) === 0
            ? []
            : [
                {
                  id: `inside${++ids}`,
                  trigger: { on: 'signal', signal: 's' },
                  ...(random(2) === 0 ? { alongside: true as const } : {}),
                  next: block(finish(), depth + 2),
                },
              ]
        const undo = add('undo', { kind: 'step', step: 'u', with: {}, next: finish() })
        return add('sub', {
          kind: 'scope',
          start: block(block(finish(), depth + 1), depth + 1),
          with: { local: { value: 1 } },
          ...(events.length > 0 ? { events } : {}),
          next,
          undo,
          ...boundary(next, depth),
        })
      }
      case 9:
        return add('await', {
          kind: 'await',
          on: ['m', 'n'].map((message) => ({
            id: `come${++ids}`,
            trigger: { on: 'message', message, key: 'k' },
            next: block(next, depth + 1),
          })),
        })
      default:
        return add('compensate', { kind: 'compensate', next })
    }
  }
  let start = add('finish', { kind: 'finish' })
  for (let n = 0; n < 3; n++) start = block(start, 0)
  return { start, nodes }
}

type Open = { kind: 'work' | 'timer' | 'event'; node: string; visit: number }

/** Plays to the end; what is open is taken in an order made by chance, and each thing twice. */
function play(graph: Graph, random: (most: number) => number) {
  let instance: { state: State; facts: Facts } = { state: beforeStart, facts: { k: 1 } }
  let open: Open[] = []
  const take = (happening: Happening): Moved | undefined => {
    const moved = advance(graph, instance, happening, rules)
    if (moved === undefined) return undefined
    instance = JSON.parse(JSON.stringify({ state: moved.state, facts: moved.facts }))
    const isGone = (one: Open) =>
      [...moved.cancelled, ...moved.unawaited].some(({ node, visit }) => node === one.node && visit === one.visit)
    open = open.filter((one) => !isGone(one))
    for (const { node, visit, detached } of moved.commands) if (!detached) open.push({ kind: 'work', node, visit })
    for (const { node, visit } of moved.timers) open.push({ kind: 'timer', node, visit })
    for (const { node, visit } of moved.awaited) open.push({ kind: 'event', node, visit })
    return moved
  }
  const seen = new Set<string>()
  const begun = take({ kind: 'start' })
  for (const id of begun?.path ?? []) seen.add(graph.nodes[id]?.kind ?? 'event')
  for (let turn = 0; turn < 3_000 && instance.state.result === undefined; turn++) {
    const at = random(open.length)
    const one = open[at]
    assert.ok(one !== undefined, `nothing is open, and it has not ended: ${JSON.stringify(instance.state)}`)
    const { node, visit } = one
    if (one.kind !== 'event') open.splice(at, 1)
    const output = { code: 'x' }
    const happening: Happening =
      one.kind === 'event'
        ? { kind: 'event', node, visit, content: output }
        : one.kind === 'timer'
          ? { kind: 'due', node, visit }
          : random(8) === 0
            ? { kind: 'failed', node, visit, why: 'e' }
            : { kind: 'done', node, visit, output }
    const moved = take(happening)
    for (const id of moved?.path ?? []) seen.add(graph.nodes[id]?.kind ?? 'event')
    if (happening.kind === 'failed') {
      const stuck = instance.state.tokens.find((token) => token.node === node && token.visit === visit)
      if (stuck?.stuck !== undefined) take({ kind: 'retry', node, visit })
    } else if (one.kind === 'work')
      assert.equal(advance(graph, instance, happening, rules), undefined, `${node} counts twice`)
    const engine = instance.state.tokens.filter(({ stuck }) => stuck !== undefined)
    assert.deepEqual(engine, [], `stuck: ${JSON.stringify(engine)}`)
    const scopes = Object.keys(instance.state.scopes ?? {})
    for (const { scope } of instance.state.tokens) assert.ok(scope === undefined || scopes.includes(scope))
    const { tokens, undo = [] } = instance.state
    const known = new Set([
      ...scopes,
      ...tokens.map(({ node, visit }) => `${node}.${visit}`),
      ...[...undo, ...tokens.flatMap((token) => token.undo ?? [])].map(({ kept }) => kept),
    ])
    for (const key of Object.keys((instance.facts['#'] as Facts | undefined) ?? {}))
      if (instance.state.result === undefined) assert.ok(known.has(key), `facts of ${key} are left behind`)
    const armed = armedOf(instance.state)
    const awaits = open.filter(({ kind }) => kind === 'event')
    for (const { node, visit } of awaits)
      assert.ok(
        armed.some((one) => one.node === node && one.visit === visit),
        `${node} is waited for by nobody`,
      )
  }
  return { ...instance, seen }
}

test('300 processes made by chance end, whatever comes first, and leave nothing behind', () => {
  const passed = new Set<string>()
  for (let seed = 1; seed <= 300; seed++) {
    const random = chance(seed)
    const graph = processOf(random)
    try {
      const { state, facts, seen } = play(graph, random)
      for (const kind of seen) passed.add(kind)

      assert.notEqual(state.result, undefined, 'it never ends')
      assert.deepEqual([state.tokens, state.arrived, state.scopes, state.undo], [[], {}, undefined, undefined])
      assert.equal(facts['#'], undefined)
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error })
    }
  }
  const kinds = [
    'await',
    'choice',
    'compensate',
    'event',
    'finish',
    'fork',
    'join',
    'merge',
    'scope',
    'select',
    'set',
    'step',
  ]
  assert.deepEqual([...passed].toSorted(), kinds)
})

test('each node of such a process lies in one sub-process', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const graph = processOf(chance(seed))
    const nests = nestsOf(graph)

    for (const [id, node] of Object.entries(graph.nodes))
      if (node.kind === 'scope' && nests.has(id)) assert.equal(nests.get(node.start), id)
  }
})
