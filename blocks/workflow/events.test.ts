// Proves on a real database that messages, signals and clocks reach the instances that wait for them, once, early or late.
import assert from 'node:assert/strict'
import test from 'node:test'
import type { FlowItem } from '@ashlar/catalogue'
import { close, effects, home, officer, stand, step, waiting } from './stand-test.ts'
import type { Workflow } from './workflow.ts'

const on = (...branches: Extract<FlowItem, { kind: 'on' }>['branches']): FlowItem => ({ kind: 'on', branches })
const each = (of: string, as: string, items: FlowItem[]): FlowItem => ({ kind: 'each', in: of, as, do: items })

let sent = 0
const tell = (workflow: Workflow, message: string, key: string, content: object = {}, more: object = {}) =>
  workflow.tell({ message, key, content: content as never, sentAs: `test:${++sent}`, tenant: 'justice', ...more })

const ready = on({ message: 'ready', key: 'number', do: [] })

test('a message reaches the instance that waits for its key, and no other', async () => {
  const { workflow, start, at } = await stand({ one: [ready, close('done')] }, [])
  const [a, b] = [await start('one', { number: 'A' }), await start('one', { number: 'B' })]

  await tell(workflow, 'ready', 'B', { pages: 2 })
  await tell(workflow, 'other', 'A')
  await home.jobs.idle()

  assert.deepEqual(await at(a), ['on'])
  assert.equal((await workflow.get(b, officer)).result, 'done')
})

test('a message that comes early is kept for its time to live; the same one again counts once', async () => {
  const { workflow, start, at } = await stand({ two: [ready, ready, close('done')] }, [])
  const message = { message: 'ready', key: 'A', content: {}, sentAs: 'test:same', tenant: 'justice' }

  await workflow.tell(message)
  await workflow.tell(message)
  await home.jobs.idle()
  const instance = await start('two', { number: 'A' })
  await home.jobs.idle()

  assert.deepEqual(await at(instance), ['on-2'])

  await home.clock.move('PT2H')
  await home.jobs.idle()
  const late = await start('two', { number: 'A' })
  await home.jobs.idle()
  assert.deepEqual(await at(late), ['on'])
})

test('a message is for the instances of one agency', async () => {
  const { workflow, start, at } = await stand({ one: [ready, close('done')] }, [])
  const instance = await start('one', { number: 'A' })

  await tell(workflow, 'ready', 'A', {}, { tenant: 'labour' })
  await home.jobs.idle()
  assert.deepEqual(await at(instance), ['on'])

  await tell(workflow, 'ready', 'A', {}, { tenant: '*' })
  await home.jobs.idle()
  assert.deepEqual(await at(instance), [])
})

test('of several things the first counts; the others are no longer waited for', async () => {
  const flow = [
    on({ message: 'ready', key: 'number', do: [close('ready')] }, { after: '3 days', do: [close('lapsed')] }),
    close('never'),
  ]
  const { workflow, start } = await stand({ one: flow }, [])
  const [a, b] = [await start('one', { number: 'A' }), await start('one', { number: 'B' })]
  await tell(workflow, 'ready', 'A')
  await home.jobs.idle()

  await home.clock.move('P4D')
  await home.jobs.idle()
  await tell(workflow, 'ready', 'B')
  await home.jobs.idle()

  assert.equal((await workflow.get(a, officer)).result, 'ready')
  assert.equal((await workflow.get(b, officer)).result, 'lapsed')
  const [left] = await home.workflow.sql.begin(
    { ...officer, tenant: '*' },
    (sql) => sql<{ n: number }>`select count(*)::int as n from workflow.awaited`,
  )
  assert.equal(left?.n, 0)
})

test('a signal reaches all that wait for it, however many', async () => {
  const { workflow, start } = await stand({ one: [on({ event: 'alarm.raised', do: [] }), close('done')] }, [], {
    batch: 3,
  })
  const instances = await Promise.all(Array.from({ length: 8 }, () => start('one')))

  await workflow.signal({ signal: 'alarm.raised', tenant: '*', sentAs: 'test:alarm' })
  await home.jobs.idle()

  const results = await Promise.all(instances.map(async (id) => (await workflow.get(id, officer)).result))
  assert.deepEqual(results, Array(8).fill('done'))
})

test('each row is done with facts of its own, at the same time, and all must be done', async () => {
  const work = effects('x.work', ({ input }) => ({ done: { seen: input } }))
  const wait = effects('x.wait', waiting)
  const { workflow, start, at } = await stand(
    {
      rows: [
        each('rows', 'row', [
          step('x.work', { with: { row: 'row', n: 'loopCounter' }, saveAs: 'work' }),
          step('x.wait', { with: { seen: 'work.seen.row' } }),
        ]),
        step('x.after', { with: { row: 'row', work: 'work' } }),
      ],
    },
    [work.step, wait.step],
  )

  const instance = await start('rows', { rows: ['a', 'b', 'c'] })
  await home.jobs.idle()

  assert.deepEqual([...wait.committed.values()], [{ seen: 'a' }, { seen: 'b' }, { seen: 'c' }])
  for (const key of wait.committed.keys()) await workflow.complete(key, {})
  assert.deepEqual(await at(instance), ['x-after'])
})

test('what was done is taken back, the last first, with what was known then', async () => {
  const undo = effects('x.undo')
  const taken = (name: string): FlowItem => step('x.undo', { with: { name: `"${name}"`, id: `${name}.id` } })
  const work = effects('x.work', ({ input }) => ({ done: { id: `id-${(input as { name: string }).name}` } }))
  const reserve = (name: string) => step('x.work', { with: { name: `"${name}"` }, saveAs: name, undo: [taken(name)] })
  const { workflow, start } = await stand(
    { back: [reserve('room'), reserve('car'), step('workflow.compensate'), close('failed')] },
    [undo.step, work.step],
  )

  const instance = await start('back')
  await home.jobs.idle()

  assert.equal((await workflow.get(instance, officer)).result, 'failed')
  assert.deepEqual(
    [...undo.committed.values()],
    [
      { name: 'car', id: 'id-car' },
      { name: 'room', id: 'id-room' },
    ],
  )
})

test('an event of elsewhere reaches who waits for one of the values that it carries, and who waits without a key', async () => {
  const flow = (key?: string) => [
    on({ event: 'border.entered', ...(key === undefined ? {} : { key }), do: [] }),
    close('done'),
  ]
  const { workflow, start, at } = await stand({ keyed: flow('passport'), open: flow() }, [])
  const [mine, other] = [await start('keyed', { passport: 'P-1' }), await start('keyed', { passport: 'P-2' })]
  const open = await start('open')
  const entered = { type: 'border.entered', key: 'e1', data: { passport: 'P-1', at: '2026-03-02' } }

  await workflow.happened(entered)
  await workflow.happened(entered)
  await home.jobs.idle()

  assert.deepEqual([await at(mine), await at(other), await at(open)], [[], ['on'], []])
})

const drawn = (starts: string) => `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"><message id="m" name="born"/><signal id="s" name="flood"/>
  <process id="night"><startEvent id="plain"/>${starts}<exclusiveGateway id="g"/>
  <serviceTask id="work"><extensionElements><zeebe:taskDefinition type="x.work"/><zeebe:ioMapping>
  <zeebe:input source="=startedBy" target="by"/><zeebe:input source="=begin" target="with"/></zeebe:ioMapping></extensionElements></serviceTask>
  <sequenceFlow id="f1" sourceRef="plain" targetRef="g"/><sequenceFlow id="f2" sourceRef="begin" targetRef="g"/>
  <sequenceFlow id="f3" sourceRef="g" targetRef="work"/></process></definitions>`
const night = { current: async () => [{ id: 'night', version: '1.0.0', authority: 'justice' }] }

test('a process begins by the clock, at each of its times once', async () => {
  const work = effects('x.work', waiting)
  const timer = '<timerEventDefinition><timeCycle>0 0 6 * * *</timeCycle></timerEventDefinition>'
  await stand({ night: drawn(`<startEvent id="begin">${timer}</startEvent>`) }, [work.step], {}, night)

  await home.clock.move('P1D')
  await home.jobs.idle()
  await home.jobs.stop()
  await home.jobs.start()
  await home.jobs.idle()
  assert.equal(work.committed.size, 1)

  await home.clock.move('P1D')
  await home.jobs.idle()
  assert.equal(work.committed.size, 2)
  const begun = [...work.committed.values()].map((input) => (input as { by: { at: string } }).by.at.slice(11, 16))
  assert.equal(new Set(begun).size, 1)
})

test('a process begins with a message and with a signal, once for each', async () => {
  const work = effects('x.work', waiting)
  const event = '<messageEventDefinition messageRef="m"/>'
  const { workflow } = await stand(
    { night: drawn(`<startEvent id="begin">${event}</startEvent>`) },
    [work.step],
    {},
    night,
  )
  const message = { message: 'born', key: 'x', content: { child: 7 }, sentAs: 'hospital:1', tenant: 'justice' }

  await workflow.tell(message)
  await workflow.tell(message)
  await home.jobs.idle()

  assert.deepEqual([...work.committed.values()], [{ by: { event: 'begin' }, with: { child: 7 } }])
})
