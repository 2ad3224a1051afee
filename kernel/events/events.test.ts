// Tests of events: told if and only if the change was committed, to each subscription, at least once.
import assert from 'node:assert/strict'
import { after, beforeEach, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createJobs } from '@ashlar/kernel/jobs'
import type { Context } from '@ashlar/kernel/sql'
import type { TestHouse } from '@ashlar/kernel/testing'
import { house } from '@ashlar/kernel/testing'
import type { Event, Events, Glimpse } from './index.ts'
import { createEvents } from './index.ts'

let at: TestHouse<'shop'>

beforeEach(async () => {
  await at?.stop()
  at = await house({ blocks: ['shop'] })
})
after(() => at.stop())

const system: Context = {
  tenant: null,
  actor: { kind: 'system', id: 'test' },
  purpose: 'test',
  channel: 'system',
  trace: 'test',
}
const sold = (key: string, data: Event['data'] = {}) => ({ type: 'shop.sold', key, data })
const publish = (...events: ReturnType<typeof sold>[]) =>
  at.shop.sql.begin(system, async (sql) => {
    for (const event of events) await at.events.publish(sql, event)
  })
/** Once its watchers have had their first look: what is committed from now on, they see. */
const watching = async (events: Events) => events.hasHappened(await events.moment(), ['shop.sold'], () => false)
const until = async (reached: () => boolean) => {
  for (const end = Date.now() + 20_000; !reached() && Date.now() < end; ) await delay(2)
}

describe('an event', () => {
  test('reaches each subscription, with what was said and the legal time', async () => {
    const got: Record<string, Event[]> = { books: [], stock: [] }
    for (const name of ['books', 'stock']) {
      at.events.subscribe('shop.sold', name, async (event) => void got[name]?.push(event))
    }
    at.events.subscribe('shop.returned', 'books', async () => assert.fail('another type'))
    await at.jobs.start()

    await publish(sold('1', { lines: [1, 'ä'] }))
    await at.jobs.idle()

    assert.equal(got.books?.length, 1)
    assert.deepEqual(got.stock, got.books)
    const { id, ...rest } = got.books![0]!
    assert.match(id, /^[0-9a-f-]{36}$/)
    assert.deepEqual(rest, { ...sold('1', { lines: [1, 'ä'] }), occurredAt: '2026-03-02T09:00:00.000Z' })
  })

  test('is not told when its transaction rolls back, and once when it is published twice', async () => {
    const got: string[] = []
    at.events.subscribe('shop.sold', 'books', async (event) => void got.push(event.key))
    await at.jobs.start()

    await at.shop.sql
      .begin(system, async (sql) => {
        await at.events.publish(sql, sold('undone'))
        throw new Error('no')
      })
      .catch(() => {})
    await publish(sold('twice'), sold('twice'))
    await Promise.all([publish(sold('twice')), publish(sold('twice'))])
    await at.jobs.idle()

    assert.deepEqual(got, ['twice'])
  })

  test('comes again, with the same id, to a handler that failed', async () => {
    const ids: string[] = []
    at.events.subscribe('shop.sold', 'books', async (event) => {
      ids.push(event.id)
      if (ids.length < 3) throw new Error('not yet')
    })
    await at.jobs.start()

    await publish(sold('1'))
    await at.jobs.idle()

    assert.equal(ids.length, 3)
    assert.equal(new Set(ids).size, 1)
  })

  test('published before the jobs run is kept for those who have subscribed', async () => {
    const got: string[] = []
    at.events.subscribe('shop.sold', 'books', async (event) => void got.push(event.key))

    await publish(sold('early'))
    await at.jobs.start()
    await at.jobs.idle()

    assert.deepEqual(got, ['early'])
  })

  test('may come with many others in one statement', async () => {
    const got: string[][] = []
    at.events.subscribeAll('shop.sold', 'books', async (events) => void got.push(events.map(({ key }) => key)))
    await at.jobs.start()

    const all = Array.from({ length: 50 }, (_, index) => sold(String(index)))
    await at.shop.sql.begin(system, (sql) => at.events.publishAll(sql, [...all, sold('0')]))
    await at.jobs.idle()

    assert.deepEqual(got.flat().toSorted(), all.map(({ key }) => key).toSorted())
    assert.ok(got.length < 50)
  })

  test('is forgotten when it is old enough, with all its likes and no other', async () => {
    await publish(sold('old'), sold('old too'))
    await at.clock.move('P40D')
    await publish(sold('new'))

    const pruned = await at.events.prune(new Date('2026-04-01T00:00:00Z'))

    assert.equal(pruned, 2)
    assert.deepEqual(await at.kernel`select key from kernel.outbox`, [{ key: 'new' }])
  })

  test('without the name of its block is refused', async () => {
    await assert.rejects(publish({ type: 'sold', key: '1', data: {} }), /block\.happened/)
  })

  test('speaks for its own block only', async () => {
    await assert.rejects(publish({ type: 'bank.paid', key: '1', data: {} }), /may not publish bank\.paid/)
  })
})

describe('a watcher', () => {
  test('glimpses what is committed, here and in other processes, and nothing else', async () => {
    const there = createJobs({ sql: at.kernel, clock: at.clock })
    const elsewhere = createEvents({ sql: at.kernel, jobs: there, clock: at.clock })
    const [here, far]: Glimpse[][] = [[], []]
    await publish(sold('before'))
    at.events.watch('shop.sold', (glimpse) => here!.push(glimpse))
    elsewhere.watch('*', (glimpse) => far!.push(glimpse))
    await there.start()
    await Promise.all([at.events, elsewhere].map(watching))

    await at.shop.sql
      .begin(system, async (sql) => {
        await at.events.publish(sql, sold('undone'))
        throw new Error('no')
      })
      .catch(() => {})
    await publish(sold('1', 'one'), sold('2', 'two'))
    await until(() => here!.length === 2 && far!.length === 2)

    assert.deepEqual(here, [sold('1', 'one'), sold('2', 'two')])
    assert.deepEqual(far, here)
    await there.stop()
  })

  test('misses nothing of transactions that end in another order than they began', async () => {
    const got: string[] = []
    at.events.watch('*', (glimpse) => got.push(glimpse.key))
    await watching(at.events)
    let commitSlow = () => {}
    const slow = at.shop.sql.begin(system, async (sql) => {
      await at.events.publish(sql, sold('slow'))
      await new Promise<void>((done) => (commitSlow = done))
    })
    await delay(20)

    await publish(sold('quick'))
    await until(() => got.length === 1)
    commitSlow()
    await slow
    await until(() => got.length === 2)

    assert.deepEqual(got, ['quick', 'slow'])
  })

  test('who read before it began to watch learns what happened in between, and only that', async () => {
    let commitSlow = () => {}
    const slow = at.shop.sql.begin(system, async (sql) => {
      await at.events.publish(sql, sold('open'))
      await new Promise<void>((done) => (commitSlow = done))
    })
    await publish(sold('before'))
    const moment = await at.events.moment()
    const happened = (key: string, types = ['shop.sold']) =>
      at.events.hasHappened(moment, types, (glimpse) => glimpse.key === key)
    await publish(sold('after'))

    assert.deepEqual(
      await Promise.all([happened('before'), happened('after'), happened('open'), happened('after', ['shop.lost'])]),
      [false, true, false, false],
    )
    commitSlow()
    await slow
    assert.equal(await happened('open'), true)
  })

  test('is told that something happened when that cannot be known', async () => {
    for (const since of ['', 'x', '1', '5:3:', '99999999999999999999:1:', "1:1:'"])
      assert.equal(await at.events.hasHappened(since, ['shop.sold'], () => false), true, since)
  })

  test('hears nothing any more once it has ended, and does not spoil it for others when it throws', async () => {
    const got: string[] = []
    const end = at.events.watch('*', () => assert.fail('ended'))
    at.events.watch('*', () => {
      throw new Error('gone')
    })
    at.events.watch('*', (glimpse) => got.push(glimpse.key))
    end()
    await watching(at.events)

    await publish(sold('1'))
    await until(() => got.length === 1)

    assert.deepEqual(got, ['1'])
  })
})
