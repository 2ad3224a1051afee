// Tests of jobs: never lost, done at least once, each key once at a time, fair, due by legal time.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Context } from '@ashlar/kernel/sql'
import type { TestHouse } from '@ashlar/kernel/testing'
import { house } from '@ashlar/kernel/testing'
import type { Job, JobNeeds, Jobs } from './index.ts'
import { createJobs } from './index.ts'

let at: TestHouse<'shop'>
let open: Jobs[]

before(async () => {
  at = await house({ blocks: ['shop'] })
})
after(() => at.stop())
beforeEach(() => {
  open = []
})
afterEach(async () => {
  for (const jobs of open) await jobs.stop()
  await at.kernel`delete from kernel.job`
  await at.kernel`delete from kernel.dead_letter`
  await at.kernel`delete from kernel.worker`
})

/** Another process, as far as the database can tell. */
function worker(needs: Partial<JobNeeds> = {}): Jobs {
  const jobs = createJobs({ sql: at.kernel, clock: at.clock, rest: { firstMs: 2, maxMs: 10 }, ...needs })
  open.push(jobs)
  return jobs
}

const system: Context = {
  tenant: null,
  actor: { kind: 'system', id: 'test' },
  purpose: 'test',
  channel: 'system',
  trace: 'test',
}
const begin: typeof at.shop.sql.begin = (context, work) => at.shop.sql.begin(context, work)
const add = (jobs: Jobs, key: string, more: object = {}) =>
  begin(system, (sql) => jobs.add(sql, { queue: 'shop.pack', key, payload: { key }, ...more }))
const keysOf = (jobs: Job[]) => jobs.map((job) => job.key)
const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index))

describe('a job', () => {
  test('is done after its transaction commits, and never if that rolls back', async () => {
    const jobs = worker()
    const done: Job[] = []
    jobs.handle('shop.pack', {}, async (batch) => void done.push(...batch))
    await jobs.start()

    await add(jobs, 'kept')
    await begin(system, async (sql) => {
      await jobs.add(sql, { queue: 'shop.pack', key: 'undone', payload: {} })
      throw new Error('no')
    }).catch(() => {})
    await jobs.idle()

    assert.deepEqual(keysOf(done), ['kept'])
    assert.deepEqual(done[0]?.payload, { key: 'kept' })
    assert.deepEqual(await jobs.figures(), [])
  })

  test('of the same key is once while it waits, and once more when it was added while it ran', async () => {
    const jobs = worker()
    const seen: unknown[] = []
    let finish = () => {}
    jobs.handle('shop.pack', {}, async ([job]) => {
      seen.push(job?.payload)
      if (seen.length === 1) await new Promise<void>((done) => (finish = done))
    })
    await add(jobs, 'same', { payload: 1 })
    await add(jobs, 'same', { payload: 2 })
    await jobs.start()
    while (seen.length === 0) await delay(2)
    await add(jobs, 'same', { payload: 3 })
    await add(jobs, 'same', { payload: 4 })
    await delay(20)
    const whileRunning = [...seen]

    finish()
    await jobs.idle()

    assert.deepEqual(whileRunning, [1])
    assert.deepEqual(seen, [1, 4])
  })

  test('that fails is tried again with what it had; what was added meanwhile is done after it', async () => {
    const jobs = worker()
    const seen: unknown[] = []
    let fail = () => {}
    jobs.handle('shop.pack', {}, async ([job]) => {
      seen.push(job?.payload)
      if (seen.length > 1) return
      await new Promise<void>((done) => (fail = done))
      throw new Error('not this time')
    })
    await add(jobs, 'same', { payload: 1 })
    await jobs.start()
    while (seen.length === 0) await delay(2)
    await add(jobs, 'same', { payload: 2 })

    fail()
    await jobs.idle()

    assert.deepEqual(seen, [1, 1, 2])
  })

  test('that waits does not run while somebody adds it anew, so that it sees what they changed', async () => {
    const jobs = worker()
    const done: string[] = []
    jobs.handle('shop.pack', {}, async (batch) => void done.push(...keysOf(batch)))
    await add(jobs, 'same')

    await begin(system, async (sql) => {
      await jobs.add(sql, { queue: 'shop.pack', key: 'same', payload: {} })
      await jobs.start()
      await delay(50)
      assert.deepEqual(done, [])
    })

    await jobs.idle()
    assert.deepEqual(done, ['same'])
  })

  test('for later is done when the legal clock gets there', async () => {
    const jobs = worker()
    const done: string[] = []
    jobs.handle('shop.pack', {}, async (batch) => void done.push(...keysOf(batch)))
    await jobs.start()
    await add(jobs, 'in three days', { runAt: new Date(at.clock.now().getTime() + 3 * 86_400_000) })

    await jobs.idle()
    const before = [...done]
    await at.clock.move('P3D')
    await jobs.idle()

    assert.deepEqual([before, done], [[], ['in three days']])
  })

  test('added by another process is begun soon', async () => {
    const [here, there] = [worker(), worker()]
    const done: string[] = []
    here.handle('shop.pack', {}, async (batch) => void done.push(...keysOf(batch)))
    await here.start()

    // The slow look comes each second; of several one may just have met it, or a busy machine.
    const waits: number[] = []
    for (const key of numbers(4)) {
      const started = performance.now()
      await add(there, key)
      while (!done.includes(key)) await delay(2)
      waits.push(performance.now() - started)
    }

    assert.ok(Math.min(...waits) < 300, String(waits))
  })
})

describe('a failing job', () => {
  test('is tried again, while those of its batch are done', async () => {
    const jobs = worker()
    const done: string[] = []
    const attempts: number[] = []
    jobs.handle('shop.pack', { batch: 10 }, async (batch) => {
      for (const job of batch) {
        if (job.key === '3') attempts.push(job.attempt)
        if (job.key === '3' && job.attempt < 3) throw new Error('not yet')
      }
      done.push(...keysOf(batch))
    })
    for (const key of numbers(6)) await add(jobs, key)

    await jobs.start()
    await jobs.idle()

    assert.deepEqual(done.toSorted(), numbers(6))
    assert.deepEqual(attempts, [1, 1, 2, 3])
  })

  test('becomes a dead letter that says why, and has another chance when a person asks for it', async () => {
    const jobs = worker()
    let poisoned = true
    const done: string[] = []
    jobs.handle('shop.pack', { attempts: 3 }, async (batch) => {
      if (poisoned) throw new TypeError('poison')
      done.push(...keysOf(batch))
    })
    await add(jobs, 'bad')
    await jobs.start()
    await jobs.idle()

    const [letter] = await jobs.deadLetters('shop.pack')
    const figures = await jobs.figures()
    poisoned = false
    await jobs.retry(letter!.id)
    await jobs.idle()

    assert.equal(letter?.error, 'TypeError: poison')
    assert.equal(letter?.attempt, 3)
    assert.equal(figures[0]?.dead, 1)
    assert.deepEqual(done, ['bad'])
    assert.deepEqual(await jobs.deadLetters(), [])
  })

  test('rests longer each time, never all at the same moment', async () => {
    const { restAfter } = await import('./job.ts')
    const rest = { firstMs: 1_000, maxMs: 600_000 }

    const rests = [1, 2, 3, 20].map((attempt) => [restAfter(attempt, rest, 0), restAfter(attempt, rest, 0.999)])

    assert.deepEqual(
      rests.map(([least]) => least),
      [500, 1_000, 2_000, 300_000],
    )
    assert.ok(rests.every(([least = 0, most = 0]) => most > 2 * least))
  })
})

describe('shares', () => {
  test('are served in turn: a flood in one does not hold up another', async () => {
    const jobs = worker()
    const order: string[] = []
    jobs.handle('shop.pack', { batch: 10, concurrency: 1 }, async (batch) => {
      order.push(...batch.map((job) => job.share))
    })
    const flood = numbers(500).map((key) => ({ queue: 'shop.pack', key: `f${key}`, payload: {}, share: 'flood' }))
    const few = numbers(5).map((key) => ({ queue: 'shop.pack', key: `q${key}`, payload: {}, share: 'quiet' }))
    await begin(system, (sql) => jobs.addAll(sql, [...flood, ...few]))

    await jobs.start()
    await jobs.idle()

    assert.equal(order.length, 505)
    assert.ok(order.lastIndexOf('quiet') < 20)
  })

  test('take their turn also when there are more of them than fit into a batch', async () => {
    const jobs = worker()
    const order: string[] = []
    jobs.handle('shop.pack', { batch: 2, concurrency: 1 }, async (batch) => {
      order.push(...batch.map((job) => job.share))
    })
    const shares = ['a', 'b', 'c', 'd', 'e']
    const all = shares.flatMap((share) =>
      numbers(4).map((key) => ({ queue: 'shop.pack', key: share + key, payload: {}, share })),
    )
    await begin(system, (sql) => jobs.addAll(sql, all))

    await jobs.start()
    await jobs.idle()

    assert.deepEqual([...new Set(order.slice(0, 6))].toSorted(), shares)
  })

  test('with a limit: one that hangs holds up only itself', async () => {
    const jobs = worker()
    const done: string[] = []
    let release = () => {}
    const hanging = new Promise<void>((resolve) => (release = resolve))
    jobs.handle('shop.pack', { batch: 2, concurrency: 3, perShare: 1 }, async (batch) => {
      if (batch[0]?.share === 'slow') await hanging
      done.push(...batch.map((job) => job.share))
    })
    const all = ['slow', 'quick'].flatMap((share) =>
      numbers(10).map((key) => ({ queue: 'shop.pack', key: share + key, payload: {}, share })),
    )
    await begin(system, (sql) => jobs.addAll(sql, all))

    await jobs.start()
    for (const until = Date.now() + 5_000; done.length < 10 && Date.now() < until; ) await delay(5)
    const meanwhile = [...done]
    release()
    await jobs.idle()

    assert.deepEqual(meanwhile, Array(10).fill('quick'))
    assert.equal(done.length, 20)
  })
})

describe('several processes', () => {
  test('do each job once between them', async () => {
    const done: string[] = []
    const workers = [worker(), worker(), worker()]
    for (const jobs of workers) {
      jobs.handle('shop.pack', { batch: 20, concurrency: 2 }, async (batch) => {
        await delay(Math.random() * 5)
        done.push(...keysOf(batch))
      })
    }
    const all = numbers(600).map((key) => ({ queue: 'shop.pack', key, payload: {}, share: String(Number(key) % 7) }))
    await begin(system, (sql) => workers[0]!.addAll(sql, all))

    await Promise.all(workers.map((jobs) => jobs.start()))
    await Promise.all(workers.map((jobs) => jobs.idle()))

    assert.equal(done.length, 600)
    assert.equal(new Set(done).size, 600)
  })

  test('take over what one was doing when it was killed', async () => {
    const killed = await startWorkerProcess()
    await add(worker(), 'unfinished')
    assert.match(String(await once(killed.stdout!, 'data')), /unfinished/)
    killed.kill('SIGKILL')
    const jobs = worker({ lease: 1 })
    const done: Job[] = []
    jobs.handle('shop.pack', {}, async (batch) => void done.push(...batch))
    await jobs.start()

    for (const until = Date.now() + 8_000; done.length === 0 && Date.now() < until; ) await delay(20)

    assert.deepEqual(keysOf(done), ['unfinished'])
    assert.deepEqual([done[0]?.attempt, done[0]?.deaths], [1, 1])
  })

  test('take over at once, long before a sign of life is due, since its connection has ended', async () => {
    const killed = await startWorkerProcess(600)
    await add(worker(), 'unfinished')
    await once(killed.stdout!, 'data')
    killed.kill('SIGKILL')
    const jobs = worker()
    const done: Job[] = []
    jobs.handle('shop.pack', {}, async (batch) => void done.push(...batch))
    await jobs.start()

    for (const until = Date.now() + 8_000; done.length === 0 && Date.now() < until; ) await delay(20)

    assert.deepEqual(keysOf(done), ['unfinished'])
  })
})

describe('a process that does jobs', () => {
  test('and was taken for dead goes on: it signs in again, and its work is done by whoever has it', async () => {
    const jobs = worker()
    const done: string[] = []
    jobs.handle('shop.pack', {}, async (batch) => void done.push(...keysOf(batch)))
    await jobs.start()
    await at.kernel`delete from kernel.worker`

    await add(jobs, 'still here')
    for (const until = Date.now() + 8_000; done.length === 0 && Date.now() < until; ) await delay(20)

    assert.deepEqual(done, ['still here'])
  })

  test('leaves to others what it could not keep the outcome of when it stops', async () => {
    const [first, second] = [worker(), worker()]
    const done: Job[] = []
    second.handle('shop.pack', {}, async (batch) => void done.push(...batch))
    await first.start()
    await add(first, 'left')
    await at.kernel`update kernel.job set state = 1, attempt = 1, lease = (select id from kernel.worker)`

    await first.stop()
    await second.start()
    await second.idle()

    assert.deepEqual(keysOf(done), ['left'])
  })

  test('finishes what it began before it stops, and takes no more', async () => {
    const jobs = worker()
    let begun = 0
    let ended = 0
    jobs.handle('shop.pack', { batch: 1, concurrency: 2 }, async () => {
      begun++
      await delay(30)
      ended++
    })
    for (const key of numbers(10)) await add(jobs, key)
    await jobs.start()
    while (begun < 2) await delay(2)

    await jobs.stop()

    assert.equal(begun, ended)
    const [{ left } = { left: 0 }] = await at.kernel<{
      left: number
    }>`select count(*)::int as left from kernel.job where state = 0`
    assert.equal(left, 10 - ended)
    assert.deepEqual(await at.kernel`select 1 from kernel.worker`, [])
  })

  test('goes on when its connections are cut, and loses nothing', async () => {
    const jobs = worker({ lease: 1 })
    const done = new Set<string>()
    jobs.handle('shop.pack', { batch: 5, concurrency: 2 }, async (batch) => {
      await delay(3)
      for (const key of keysOf(batch)) done.add(key)
    })
    await begin(system, (sql) =>
      jobs.addAll(
        sql,
        numbers(300).map((key) => ({ queue: 'shop.pack', key, payload: {} })),
      ),
    )
    await jobs.start()

    for (let cut = 0; cut < 5; cut++) {
      await delay(25)
      await at.database('ashlar_kernel')`
        select pg_terminate_backend(pid) from pg_stat_activity
        where usename = 'ashlar_kernel' and datname = current_database() and pid <> pg_backend_pid()`
    }
    for (const until = Date.now() + 10_000; done.size < 300 && Date.now() < until; ) await delay(20)

    assert.equal(done.size, 300)
  })
})

describe('a job whose process was killed', () => {
  const killed = (deaths: number) => at.kernel`update kernel.job set deaths = ${deaths}`

  test('many times is not given up: it did not fail', async () => {
    const jobs = worker()
    const done: Job[] = []
    jobs.handle('shop.pack', { attempts: 3 }, async (batch) => void done.push(...batch))
    await add(jobs, 'a')
    await killed(12)
    await jobs.start()
    await jobs.idle()

    assert.deepEqual([keysOf(done), done[0]?.attempt], [['a'], 1])
  })

  test('again and again becomes a dead letter: it may be what kills it', async () => {
    const jobs = worker()
    jobs.handle('shop.pack', {}, async () => assert.fail('it must not run again'))
    await add(jobs, 'poison')
    await killed(30)
    await jobs.start()
    await jobs.idle()

    assert.match((await jobs.deadLetters())[0]?.error ?? '', /its process ended/)
  })
})

describe('a database that is away for a moment', () => {
  /** Fails instead of asking, or asks and loses the answer. */
  function unreliable() {
    const fault = { before: false, after: 0 }
    const sql = async (text: TemplateStringsArray, ...values: unknown[]) => {
      if (fault.before) throw new Error('away')
      const rows = await at.kernel(text, ...values)
      if (rows.length > 0 && text[0]?.includes('with recursive mine') && fault.after-- > 0) throw new Error('lost')
      return rows
    }
    return { fault, sql: Object.assign(sql, at.kernel, { begin: at.kernel.begin }) as unknown as JobNeeds['sql'] }
  }

  test('keeps no job for ever that failed while it was away', async () => {
    const { fault, sql } = unreliable()
    const jobs = worker({ sql })
    const tries: string[] = []
    jobs.handle('shop.pack', { batch: 1, concurrency: 1 }, async ([job]) => {
      tries.push(job!.key)
      if (tries.length > 1) return
      fault.before = true
      setTimeout(() => (fault.before = false), 100)
      throw new Error('cannot be packed')
    })
    await add(jobs, 'a')
    await jobs.start()

    for (const until = Date.now() + 5_000; tries.length < 2 && Date.now() < until; ) await delay(20)

    assert.deepEqual(tries, ['a', 'a'])
  })

  test('keeps no job for ever that it gave out in an answer that was lost', async () => {
    const { fault, sql } = unreliable()
    const jobs = worker({ sql })
    const done: string[] = []
    jobs.handle('shop.pack', { batch: 2, concurrency: 2 }, async (batch) => void done.push(...keysOf(batch)))
    for (const key of numbers(6)) await add(jobs, key)
    fault.after = 1
    await jobs.start()

    for (const until = Date.now() + 5_000; done.length < 6 && Date.now() < until; ) await delay(20)

    assert.deepEqual(done.toSorted(), numbers(6))
  })
})

async function startWorkerProcess(lease = 1) {
  const door = (room: string) => JSON.stringify(new URL(`../${room}/index.ts`, import.meta.url).href)
  const program = `
    const { createJobs } = await import(${door('jobs')})
    const { connect } = await import(${door('sql')})
    const { stoppedClock } = await import(${door('clock')})
    const { url, password } = JSON.parse(process.env.KERNEL)
    const sql = connect({ url, role: 'ashlar_kernel', password })
    const jobs = createJobs({ sql, clock: stoppedClock('2026-03-02T09:00:00Z'), lease: ${lease} })
    jobs.handle('shop.pack', {}, async ([job]) => {
      console.log(job.key)
      await new Promise((resolve) => setTimeout(resolve, 60_000))
    })
    await jobs.start()
    console.log('ready')`
  const { kernel } = at
  const password = decodeURIComponent(new URL(kernel.url).password)
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    env: { PATH: process.env.PATH, KERNEL: JSON.stringify({ url: kernel.url, password }) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout!, 'data')
  return child
}
