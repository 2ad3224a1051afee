// Proves through the door, on a real database, that processes go on, once, whatever happens twice, late or not at all.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test from 'node:test'
import type { FlowItem, PublicService } from '@ashlar/catalogue'
import type { Context } from '@ashlar/kernel/sql'
import type { Json } from './graph.ts'
import { close, definitionOf, effects, home, officer, stand, step, task, waiting, when } from './stand-test.ts'
import type { Outcome, Step } from './step.ts'

test('a process runs its steps, keeps what they found, and tells when it has ended', async () => {
  const issued = effects('documents.print', ({ input }) => ({ done: { copies: (input as { n: number }).n } }))
  const told = effects('messaging.tell')
  const ended: Json[] = []
  const { workflow, start } = await stand(
    {
      extract: [
        step('documents.print', { with: { n: 'wanted + 1' }, saveAs: 'letter' }),
        step('messaging.tell', { with: { text: '"copies: " + string(letter.copies)' } }),
        close('granted'),
      ],
    },
    [issued.step, told.step],
  )
  home.events.watch('workflow.ended', ({ data }) => ended.push(data as Json))

  const instance = await start('extract', { wanted: 2 })
  await home.jobs.idle()

  const process = await workflow.get(instance, officer)
  assert.equal(process.status, 'ended')
  assert.equal(process.result, 'granted')
  assert.deepEqual([...told.committed.values()], [{ text: 'copies: 3' }])
  assert.deepEqual(
    process.history.map(({ path }) => path),
    [['documents-print'], ['messaging-tell'], ['close-granted']],
  )
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal((ended[0] as { result: string }).result, 'granted')
})

test('the same key starts once, ten times at the same moment', async () => {
  const work = effects('x.work', waiting)
  const { start } = await stand({ one: [step('x.work')] }, [work.step])

  const ids = await Promise.all(Array.from({ length: 10 }, () => start('one', {}, 'case-1')))
  await home.jobs.idle()

  assert.equal(new Set(ids).size, 1)
  assert.equal(work.committed.size, 1)
})

test('500 processes started at once share transactions and calls, and all end', async () => {
  const first = effects('x.first')
  const second = effects('x.second')
  const { workflow } = await stand({ many: [step('x.first'), step('x.second'), close('done')] }, [
    first.step,
    second.step,
  ])

  await workflow.startAll(
    Array.from({ length: 500 }, (_, n) => ({
      key: `many-${n}`,
      caseId: randomUUID(),
      service: { id: 'many', version: '1.0.0' },
      tenant: 'justice',
      subject: randomUUID(),
      facts: { n },
    })),
  )
  await home.jobs.idle()

  const [row] = await home.workflow.sql.begin(
    { ...officer, tenant: '*' },
    (sql) => sql<{ ended: number }>`
    select count(*)::int as ended from workflow.instance where status = 'ended'`,
  )
  assert.equal(row?.ended, 500)
  assert.equal(first.committed.size, 500)
  assert.equal(second.committed.size, 500)
  assert.ok(first.calls.length <= 10, `${first.calls.length} calls`)
})

test('killed between the effect and its outcome: the step runs again, the effect is there once', async () => {
  let killed = 0
  const work = effects('x.work', () => {
    if (killed++ === 0) throw new Error('killed')
    return { done: null }
  })
  const { workflow, start } = await stand({ one: [step('x.work'), close('done')] }, [work.step])

  const instance = await start('one')
  await home.jobs.idle()

  assert.equal((await workflow.get(instance, officer)).status, 'ended')
  assert.equal(work.calls.length, 2)
  assert.equal(work.committed.size, 1)
})

test('killed after the outcome was kept but before the job was done: the job runs again and changes nothing', async () => {
  const work = effects('x.work')
  const { workflow, start } = await stand({ one: [step('x.work'), step('x.work'), close('done')] }, [work.step])
  const instance = await start('one')
  await home.jobs.idle()
  const before = await workflow.get(instance, officer)

  const again = [`${instance}:x-work:1`, `${instance}:x-work-2:1`].map((key) => ({
    queue: 'workflow.step.x.work',
    key,
    payload: { key },
  }))
  await home.jobs.addAll(home.workflow.sql, again)
  await home.jobs.idle()

  assert.deepEqual(await workflow.get(instance, officer), before)
  assert.deepEqual(work.calls, [1, 1])
})

test('a waiting step is completed once, ten times at the same moment and again later', async () => {
  const work = effects('x.work', waiting)
  const next = effects('x.next')
  const { workflow, start } = await stand(
    { one: [step('x.work', { saveAs: 'found' }), step('x.next', { with: { n: 'found.n' } }), close('ok')] },
    [work.step, next.step],
  )
  const instance = await start('one')
  await home.jobs.idle()
  const key = `${instance}:x-work:1`

  await Promise.all(Array.from({ length: 10 }, (_, n) => workflow.complete(key, { n })))
  await home.jobs.idle()
  await workflow.complete(key, { n: 11 })

  assert.equal(next.committed.size, 1)
  assert.deepEqual([...next.committed.values()], [{ n: 0 }])
  assert.equal((await workflow.get(instance, officer)).status, 'ended')
  await assert.rejects(workflow.complete(`${randomUUID()}:x-work:1`, {}), { code: 'process-step-not-found' })
  await assert.rejects(workflow.complete('nonsense', {}), { code: 'process-step-not-found' })
})

test('completed before its step has said that it waits: nothing is lost', async () => {
  let complete = async (_key: string): Promise<void> => {}
  const work = effects('x.work', async ({ key }) => {
    await complete(key)
    return { waiting: true }
  })
  const { workflow, start } = await stand({ one: [step('x.work'), close('ok')] }, [work.step])
  complete = (key) => workflow.complete(key, null)

  const instance = await start('one')
  await home.jobs.idle()

  assert.equal((await workflow.get(instance, officer)).status, 'ended')
})

test('when a term passes the law supposes the outcome, and a completion a moment later changes nothing', async () => {
  const work = effects('cases.task', waiting)
  const { workflow, start, at } = await stand(
    {
      one: [
        task('decide', { within: '30 days', onExpiry: 'yes' }),
        when('decide.outcome = "yes" and decide.expired', [close('accepted')], [close('refused')]),
      ],
    },
    [work.step],
  )
  const instance = await start('one', { answer: 1 })
  await home.jobs.idle()

  await home.clock.move('P29D')
  await home.jobs.idle()
  assert.deepEqual(await at(instance), ['decide'])
  await home.clock.move('P2D')
  await home.jobs.idle()
  await workflow.complete(`${instance}:decide:1`, { outcome: 'no' })

  assert.equal((await workflow.get(instance, officer)).result, 'accepted')
})

test('the block whose work it is says whether it was in time: exactly one of decision and expiry wins', async () => {
  const outcomes = new Map<string, Json>()
  const work: Step = {
    name: 'cases.task',
    run: async (commands) =>
      commands.map(({ key }) => (outcomes.has(key) ? { done: outcomes.get(key)! } : { waiting: true })),
    expire: async (commands) =>
      commands.map(({ key, onExpiry }) => {
        if (!outcomes.has(key)) outcomes.set(key, onExpiry)
        return { done: outcomes.get(key)! }
      }),
  }
  const flow: FlowItem[] = [
    task('decide', { within: '1 day', onExpiry: 'yes' }),
    when('decide.outcome = "yes"', [close('accepted')], [close('refused')]),
  ]
  const { workflow, start } = await stand({ one: flow }, [work])
  const instances = await Promise.all(Array.from({ length: 20 }, () => start('one', { answer: 1 })))
  await home.jobs.idle()

  await home.clock.move('P2D')
  const deciding = instances.map(async (instance, n) => {
    const key = `${instance}:decide:1`
    await new Promise((resolve) => setTimeout(resolve, n))
    if (outcomes.has(key)) return
    outcomes.set(key, { outcome: 'no' })
    await workflow.complete(key, { outcome: 'no' })
  })
  await Promise.all([...deciding, home.jobs.idle()])
  await home.jobs.idle()

  for (const instance of instances) {
    const decided = (outcomes.get(`${instance}:decide:1`) as { outcome: string }).outcome
    const { result } = await workflow.get(instance, officer)
    assert.equal(result, decided === 'yes' ? 'accepted' : 'refused')
  }
})

test('a block whose clock was paused lets the step wait on, to a later day', async () => {
  const work: Step = {
    name: 'cases.task',
    run: async (commands) => commands.map(waiting),
    expire: async (commands) =>
      commands.map(
        (): Outcome =>
          home.clock.now() < new Date('2026-03-10')
            ? { waiting: true, until: '2026-03-10T00:00:00.000Z' }
            : { done: { outcome: 'yes' } },
      ),
  }
  const { workflow, start, at } = await stand(
    { one: [task('decide', { within: '1 day', onExpiry: 'yes' }), close('ok')] },
    [work],
  )
  const instance = await start('one', { answer: 1 })
  await home.jobs.idle()

  await home.clock.move('P2D')
  await home.jobs.idle()
  assert.deepEqual(await at(instance), ['decide'])
  await home.clock.move('P7D')
  await home.jobs.idle()

  assert.equal((await workflow.get(instance, officer)).status, 'ended')
})

test('a timer of the flow fires once when the legal clock has passed it', async () => {
  const { workflow, start, at } = await stand({ one: [{ kind: 'wait', for: '3 days' }, close('ok')] }, [])
  const instance = await start('one')

  await home.jobs.idle()
  assert.deepEqual(await at(instance), ['wait'])
  await home.clock.move('P1Y')
  await home.jobs.idle()

  const process = await workflow.get(instance, officer)
  assert.equal(process.status, 'ended')
  assert.equal(process.history.length, 2)
})

test('a refusal of a step is an incident, told once; a retry goes on under the same key', async () => {
  let mended = false
  const work = effects('x.work', () =>
    mended ? { done: null } : { failed: { code: 'no-such-letter', title: 'No letter' } },
  )
  const { workflow, start, at } = await stand({ one: [step('x.work'), close('ok')] }, [work.step])
  const instance = await start('one')
  await home.jobs.idle()

  const [incident] = await workflow.incidents(officer)
  assert.equal(incident?.code, 'no-such-letter')
  assert.equal(incident?.step, 'x.work')
  assert.deepEqual((await workflow.get(instance, officer)).at, [{ node: 'x-work', stuck: 'no-such-letter' }])
  assert.deepEqual(await workflow.incidents({ ...officer, tenant: 'police' }), [])
  mended = true
  await workflow.retry(incident!.id, officer)
  await assert.rejects(workflow.retry(incident!.id, officer), { code: 'incident-not-found' })
  await home.jobs.idle()

  assert.deepEqual(await at(instance), [])
  assert.equal(work.committed.size, 1)
  assert.deepEqual(await workflow.incidents(officer), [])
})

test('a step that throws is tried again, then becomes an incident; its neighbours in the batch are not held up', async () => {
  const work = effects('x.work', ({ input }) => {
    if ((input as { bad: boolean }).bad) throw new Error('Amina Rahimi is not to be seen in incidents')
    return { done: null }
  })
  const { workflow, start } = await stand({ one: [step('x.work', { with: { bad: 'bad' } }), close('ok')] }, [work.step])

  const ids = await Promise.all([false, true, false].map((bad) => start('one', { bad })))
  await home.jobs.idle()

  const processes = await Promise.all(ids.map((id) => workflow.get(id, officer)))
  assert.deepEqual(
    processes.map(({ status }) => status),
    ['ended', 'running', 'ended'],
  )
  const incidents = await workflow.incidents(officer)
  assert.equal(incidents.length, 1)
  assert.equal(incidents[0]?.detail, 'Error')
})

test('a message that cannot be sent holds nothing up, and is an incident all the same', async () => {
  let mended = false
  const tell: Step = {
    name: 'messaging.notify',
    run: async (commands) =>
      commands.map((): Outcome => (mended ? { done: null } : { failed: { code: 'no-address', title: 'x' } })),
  }
  const definition = async () =>
    ({
      ...definitionOf('one', '1.0.0', [{ kind: 'notify', message: 'ready' }, close('ok')]),
      messages: { ready: { name: 'ready', channels: ['inbox'], to: 'applicant', facts: {} } },
    }) as PublicService
  const { workflow, start } = await stand({}, [tell], {}, { definition })
  const instance = await start('one')
  await home.jobs.idle()

  assert.equal((await workflow.get(instance, officer)).status, 'ended')
  const [incident] = await workflow.incidents(officer)
  assert.equal(incident?.code, 'no-address')
  mended = true
  await workflow.retry(incident!.id, officer)
  await home.jobs.idle()
  assert.deepEqual(await workflow.incidents(officer), [])
})

test('an end cancels what waits in other legs, and withdraws it', async () => {
  const withdrawn: string[] = []
  const wait: Step = {
    name: 'x.wait',
    run: async (commands) => commands.map(waiting),
    cancel: async (commands) => void withdrawn.push(...commands.map(({ key }) => key)),
  }
  const other = effects('x.other', waiting)
  const { workflow, start } = await stand(
    { one: [{ kind: 'parallel', legs: { a: [step('x.wait')], b: [step('x.other'), close('refused')] } }] },
    [wait, other.step],
  )
  const instance = await start('one')
  await home.jobs.idle()

  await workflow.complete(`${instance}:x-other:1`, null)
  await home.jobs.idle()

  assert.equal((await workflow.get(instance, officer)).result, 'refused')
  assert.deepEqual(withdrawn, [`${instance}:x-wait:1`])
})

test('a step that hangs for one public service does not stop the others', async () => {
  const hang = Promise.withResolvers<void>()
  const work: Step = {
    name: 'x.work',
    async run(commands) {
      if (commands[0]?.service.id === 'hung') await hang.promise
      return commands.map(() => ({ done: null }))
    },
  }
  const { workflow, start } = await stand(
    { hung: [step('x.work'), close('ok')], free: [step('x.work'), close('ok')] },
    [work],
    {
      concurrency: 3,
      perService: 1,
    },
  )

  for (let n = 0; n < 5; n++) await start('hung')
  const free = await Promise.all(Array.from({ length: 20 }, () => start('free')))
  for (let n = 0; n < 100; n++) {
    const left = await Promise.all(free.map((id) => workflow.get(id, officer)))
    if (left.every(({ status }) => status === 'ended')) break
    await new Promise((resolve) => setTimeout(resolve, 20))
  }

  for (const id of free) assert.equal((await workflow.get(id, officer)).status, 'ended')
  hang.resolve()
  await home.jobs.idle()
})

test('another agency sees nothing, the applicant their own, and no facts lie open in the tables', async () => {
  const work = effects('x.work', waiting)
  const { workflow } = await stand({ one: [step('x.work', { with: { name: 'name' } })] }, [work.step])
  const subject = randomUUID()
  const instance = await workflow.start({
    key: 'k',
    caseId: randomUUID(),
    service: { id: 'one', version: '1' },
    tenant: 'justice',
    subject,
    facts: { name: 'Amina Rahimi' },
  })
  await home.jobs.idle()

  const nobody: Context = { ...officer, tenant: null }
  await assert.rejects(workflow.get(instance, { ...officer, tenant: 'police' }), { code: 'process-not-found' })
  await assert.rejects(workflow.get(instance, nobody), { code: 'process-not-found' })
  assert.equal((await workflow.get(instance, { ...nobody, subject })).id, instance)
  const rows = await home.workflow.sql.begin(
    { ...officer, tenant: '*' },
    (sql) => sql<{ t: string }>`
    select i::text || c::text || h::text as t from workflow.instance i, workflow.command c, workflow.history h`,
  )
  assert.equal(rows.length, 1)
  assert.ok(!rows[0]!.t.includes('Amina') && !rows[0]!.t.includes(Buffer.from('Amina').toString('hex')))
  assert.ok(!rows[0]!.t.includes(subject))
})

test('a process is ended from outside once; unknown ones are refused', async () => {
  const { workflow, start } = await stand({ one: [{ kind: 'wait', for: '3 days' }] }, [])
  const instance = await start('one')

  await workflow.end(instance, 'withdrawn', 'cases')
  await workflow.end(instance, 'other', 'cases')
  await assert.rejects(workflow.end(randomUUID(), 'x', 'cases'), { code: 'process-not-found' })

  assert.equal((await workflow.get(instance, officer)).result, 'withdrawn')
})
