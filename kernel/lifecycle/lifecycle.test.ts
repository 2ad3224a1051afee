// Proves that a lifecycle follows its table and refuses everything else.
import assert from 'node:assert/strict'
import test from 'node:test'
import { type EventOf, lifecycle, type StateOf } from './index.ts'

const door = lifecycle({
  open: { close: 'closed' },
  closed: { open: 'open', lock: 'locked' },
  locked: {},
})
type Door = StateOf<typeof door>
type DoorEvent = EventOf<typeof door>

test('an event leads to the state of the table', () => {
  const state: Door = door.next('open', 'close')
  const event: DoorEvent = 'lock'

  assert.equal(door.next(state, event), 'locked')
  assert.deepEqual(door.states, ['open', 'closed', 'locked'])
  assert.deepEqual([door.initial, door.final], ['open', ['locked']])
})

test('an event that the state does not know is refused with what is possible', () => {
  assert.equal(door.can('locked', 'open'), false)
  assert.throws(() => door.next('closed', 'close'), { code: 'not-possible-now', message: /possible: open, lock/ })
  // @ts-expect-error a state that does not exist does not compile
  assert.throws(() => door.next('ajar', 'close'))
  // @ts-expect-error words that objects inherit are no states or events
  assert.equal(door.can('open', 'constructor'), false)
})

test('a target that is no state does not compile and does not start', () => {
  // @ts-expect-error 'ajar' is no state
  assert.throws(() => lifecycle({ open: { close: 'ajar' } }), /no such state/)
})

test('the docs draw the diagram from the table', () => {
  assert.equal(
    door.mermaid(),
    'stateDiagram-v2\n  [*] --> open\n  open --> closed: close\n  closed --> open: open\n  closed --> locked: lock\n  locked --> [*]',
  )
})
