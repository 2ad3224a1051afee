// Proves that the demo's time is one time for all processes, moves forward, and comes back.
import assert from 'node:assert/strict'
import test, { after, before } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { house, type TestHouse } from '../testing/index.ts'
import { createMovableClock } from './index.ts'

const DAY = 86_400_000
let home: TestHouse<never>
before(async () => {
  home = await house({ blocks: [] })
})
after(() => home?.stop())

const clockOfAProcess = () => createMovableClock({ sql: home.kernel, zone: 'Asia/Dubai', every: 20 })
const daysAhead = (clock: { now(): Date }) => Math.round((clock.now().getTime() - Date.now()) / DAY)

test('a move is seen at once here, soon in another process, and at the start of a third; reset returns', async () => {
  const [here, there] = [await clockOfAProcess(), await clockOfAProcess()]
  let told = 0
  const end = there.onMove(() => told++)

  await here.move('+30d')

  assert.equal(daysAhead(here), 30)
  await delay(100)
  assert.equal(daysAhead(there), 30)
  assert.equal(told, 1)
  const third = await clockOfAProcess()
  assert.equal(daysAhead(third), 30)
  await there.reset()
  await delay(100)
  assert.deepEqual([here, there, third].map(daysAhead), [0, 0, 0])
  end()
  for (const clock of [here, there, third]) clock.close()
})

test('moves at the same time add up; backwards is refused; an instant is reached', async () => {
  const clocks = await Promise.all([clockOfAProcess(), clockOfAProcess(), clockOfAProcess()])
  const [one] = clocks

  await Promise.all(clocks.map((clock) => clock.move('P1W')))

  await delay(100)
  assert.deepEqual(clocks.map(daysAhead), [21, 21, 21])
  await assert.rejects(one!.move('-1d'), /forward only/)
  await assert.rejects(one!.move('whenever'), { code: 'not-a-duration' })
  await one!.move(new Date('2099-12-31T23:30:00Z'))
  assert.equal(one!.today(), '2100-01-01')
  await one!.reset()
  for (const clock of clocks) clock.close()
})
