// Proves what flows compile to, and that what is not executed is refused by name and place.
import assert from 'node:assert/strict'
import test from 'node:test'
import type { Evidence, FlowItem } from '@ashlar/catalogue'
import { compileFeel, toJson } from '@ashlar/kernel/feel'
import { compileFlow } from './compile.ts'
import { type CompilableService, firstKnown } from './items.ts'

const evidence: Evidence = {
  register: 'fines',
  by: [{ keys: { number: 'number', plate: 'plate' } }],
  fields: ['amount'],
  purpose: 'settle-fine',
  agreement: 'police-fines',
  at: 'flow',
  many: false,
}

const definition = (flow: FlowItem[], more: Partial<CompilableService> = {}): CompilableService => ({
  authority: 'police',
  flow,
  evidence: { fine: evidence },
  fees: { due: { name: 'due', amount: 'fine.amount' } },
  messages: { paid: { name: 'paid', channels: ['inbox'], to: 'applicant', facts: { number: 'fine.number' } } },
  outputs: {
    receipt: { name: 'receipt', letter: 'letters/receipt.typ', facts: { a: '1' }, qr: true, to: 'applicant' },
  },
  parties: {
    applicant: { is: 'either', joins: 'applicant', representedBy: [], contact: { email: 'receiptTo' } },
  },
  ...more,
})

const branch = (when: string, then: FlowItem[]) => ({ when, then })
const when = (condition: string, yes: FlowItem[], no: FlowItem[]): FlowItem => ({
  kind: 'when',
  ...branch(condition, yes),
  else: no,
})

test('a flow becomes a graph whose nodes are named after what they do', () => {
  const graph = compileFlow(
    definition([
      { kind: 'look-up', evidence: 'fine' },
      { kind: 'decide', rule: 'price' },
      when(
        'price.percent > 0',
        [{ kind: 'pay', fee: 'due', within: '1 day' }],
        [{ kind: 'close', result: 'nothing-to-do' }],
      ),
      { kind: 'issue', output: 'receipt', saveAs: 'receipt' },
      { kind: 'notify', message: 'paid' },
      { kind: 'close', result: 'paid' },
    ]),
  )

  assert.equal(graph.start, 'look-up-fine')
  assert.deepEqual(
    Object.entries(graph.nodes).map(([id, node]) => [id, 'next' in node ? node.next : node.kind]),
    [
      ['look-up-fine', 'decide-price'],
      ['decide-price', 'when'],
      ['when', 'choice'],
      ['price-due', 'collect-due'],
      ['collect-due', 'issue-receipt'],
      ['issue-receipt', 'notify-paid'],
      ['notify-paid', 'close-paid'],
      ['close-paid', 'end'],
      ['close-nothing-to-do', 'end'],
    ],
  )
  assert.deepEqual(graph.nodes['price-due'], {
    kind: 'set',
    saveAs: 'due',
    to: { money: 'fine.amount' },
    next: 'collect-due',
  })
  const look = graph.nodes['look-up-fine']
  assert.ok(look?.kind === 'step')
  assert.deepEqual(look.with.case, { feel: 'case.reference' })
  const collect = graph.nodes['collect-due']
  assert.ok(collect?.kind === 'step')
  assert.deepEqual(collect.within, { term: '1 day', onExpiry: { state: 'expired' } })
  assert.deepEqual(collect.with.reference, { feel: 'case.reference + "/due"' })
})

test('the same item twice has two names; branches that meet again share what follows', () => {
  const notify: FlowItem = { kind: 'notify', message: 'paid' }
  const graph = compileFlow(
    definition([
      {
        kind: 'choose',
        branches: [branch('a', [notify]), branch('b', [notify])],
        else: [],
      },
      { kind: 'close', result: 'paid' },
    ]),
  )

  assert.deepEqual(graph.nodes.choose, {
    kind: 'choice',
    branches: [
      { when: 'a', next: 'notify-paid' },
      { when: 'b', next: 'notify-paid-2' },
    ],
    otherwise: 'close-paid',
  })
  assert.equal(Object.keys(graph.nodes).length, 4)
})

test('legs join; what follows waits for all of them', () => {
  const graph = compileFlow(
    definition([
      { kind: 'parallel', legs: { tax: [{ kind: 'notify', message: 'paid' }], health: [] } },
      { kind: 'close', result: 'done' },
    ]),
  )

  assert.deepEqual(graph.nodes.parallel, { kind: 'fork', branches: ['notify-paid', 'parallel-done'] })
  assert.deepEqual(graph.nodes['parallel-done'], { kind: 'join', of: 2, next: 'close-done' })
})

test('what is not executed is refused, all of it, by name and place', () => {
  const flow: FlowItem[] = [
    { kind: 'each', in: 'rows', as: 'row', do: [{ kind: 'pay', fee: 'none' }] },
    when('true', [{ kind: 'on', branches: [{ do: [] }] }], [{ kind: 'pay', fee: 'none' }]),
    { kind: 'look-up', evidence: 'nothing' },
  ]

  assert.throws(
    () => compileFlow(definition(flow)),
    (problem: { code: string; errors: { pointer: string }[] }) => {
      assert.equal(problem.code, 'flow-not-executable')
      assert.deepEqual(problem.errors.map(({ pointer }) => pointer).toSorted(), [
        '/flow/0/do/0',
        '/flow/1/else/0',
        '/flow/1/then/0/0/do',
        '/flow/2',
      ])
      return true
    },
  )
})

test('of several ways to find a record, the first whose keys are known is taken', () => {
  const source = firstKnown(
    [
      { when: 'chosen != "none"', keys: { number: 'chosen', driver: 'applicant.id' } },
      { keys: { number: 'number', plate: 'plate' } },
    ],
    'wanted',
  )
  const find = (facts: Record<string, unknown>) => toJson(compileFeel(source).evaluate(facts))
  const none = { chosen: null, number: null, plate: null, applicant: { id: null }, wanted: true }

  assert.deepEqual(find({ ...none, chosen: 'F-1', applicant: { id: 'p' } }), { number: 'F-1', driver: 'p' })
  assert.deepEqual(find({ ...none, chosen: 'none', number: 'F-2', plate: 'V1' }), { number: 'F-2', plate: 'V1' })
  assert.equal(find({ ...none, number: 'F-2' }), null)
  assert.equal(find({ ...none, number: 'F-2', plate: 'V1', wanted: false }), null)
})

test('each row is a scope of its own; events race; what is done can be taken back', () => {
  const graph = compileFlow(
    definition([
      { kind: 'each', in: 'rows', as: 'row', do: [{ kind: 'notify', message: 'paid' }] },
      {
        kind: 'step',
        step: 'x.reserve',
        with: {},
        undo: [{ kind: 'step', step: 'x.release', with: {}, undo: [] }],
      },
      {
        kind: 'on',
        branches: [
          { event: 'border.entered', key: 'applicant.id', do: [] },
          { message: 'ready', do: [] },
          { after: '2 years', do: [{ kind: 'step', step: 'workflow.compensate', with: {}, undo: [] }] },
        ],
      },
      { kind: 'close', result: 'done' },
    ]),
  )

  const { each, on } = graph.nodes
  assert.deepEqual(each, {
    kind: 'scope',
    start: 'notify-paid',
    own: true,
    repeat: { in: 'rows', as: 'row' },
    next: 'x-reserve',
  })
  assert.deepEqual((graph.nodes['x-reserve'] as { undo?: string }).undo, 'x-release')
  assert.deepEqual((graph.nodes['x-release'] as { next: string }).next, 'undo-x-reserve-done')
  assert.deepEqual(on, {
    kind: 'await',
    on: [
      {
        id: 'on-border-entered',
        trigger: { on: 'message', message: 'border.entered', key: 'applicant.id' },
        saveAs: 'borderEntered',
        next: 'close-done',
      },
      {
        id: 'on-ready',
        trigger: { on: 'message', message: 'ready', key: 'case.reference' },
        saveAs: 'ready',
        next: 'close-done',
      },
      { id: 'on-after', trigger: { on: 'timer', for: '2 years' }, next: 'workflow-compensate' },
    ],
  })
  assert.deepEqual(graph.nodes['workflow-compensate'], { kind: 'compensate', next: 'close-done' })
})
