// Proves that a lagging event loop closes the door, and that it opens again.
import assert from 'node:assert/strict'
import test from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createAdmission } from './admission.ts'

function work(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

test('one long task does not refuse anybody, a loop that stays behind does, until it has caught up', async () => {
  const admission = createAdmission({ inFlight: 10, lag: 100 })

  work(350)
  await delay(0)
  assert.equal(admission.enter(), true)
  for (let n = 0; n < 4; n++) {
    work(350)
    await delay(1)
  }
  assert.equal(admission.enter(), false)
  await delay(350)
  assert.equal(admission.enter(), true)
  assert.equal(admission.inFlight(), 2)
  admission.stop()
})
