// Proves on a real database what operators may do by hand, that nothing gets lost by it, and that it stands in the history.
import assert from 'node:assert/strict'
import test from 'node:test'
import { close, effects, home, officer, stand, step, task, waiting, when } from './stand-test.ts'

test('facts are put right by hand, and what was stuck goes on', async () => {
  const { workflow, start } = await stand({ one: [{ kind: 'wait', until: 'day' }, close('done')] }, [])
  const instance = await start('one', { day: null })
  const [incident] = await workflow.incidents(officer)

  await workflow.repair(instance, { kind: 'facts', facts: { day: '2020-01-01' } }, 'the form had no date', officer)
  await workflow.retry(incident!.id, officer)
  await home.jobs.idle()

  const process = await workflow.get(instance, officer)
  assert.equal(process.result, 'done')
  assert.deepEqual(process.history[1]?.happened, {
    kind: 'corrected',
    facts: ['day'],
    by: 'staff:sana',
    reason: 'the form had no date',
  })
})

test('a failed step is skipped with an outcome by hand; its incident is mended', async () => {
  const work = effects('x.work', () => ({ failed: { code: 'no-such-record', title: 'No such record' } }))
  const told = effects('x.tell')
  const { workflow, start } = await stand(
    { one: [step('x.work', { saveAs: 'work' }), step('x.tell', { with: { id: 'work.id' } }), close('done')] },
    [work.step, told.step],
  )
  const instance = await start('one')
  await home.jobs.idle()
  assert.equal((await workflow.incidents(officer)).length, 1)

  await workflow.repair(instance, { kind: 'skip', node: 'x-work', output: { id: 'paper-7' } }, 'done on paper', officer)
  await home.jobs.idle()

  assert.equal((await workflow.get(instance, officer)).result, 'done')
  assert.deepEqual([...told.committed.values()], [{ id: 'paper-7' }])
  assert.equal((await workflow.incidents(officer)).length, 0)
})

test('a token is moved by hand: what it waited for is withdrawn', async () => {
  const cancelled: string[] = []
  const work = effects('cases.task', waiting)
  const withdraw = {
    ...work.step,
    cancel: async (commands: { key: string }[]) => void cancelled.push(...commands.map(({ key }) => key)),
  }
  const { workflow, start, at } = await stand({ one: [task('first'), task('second'), close('done')] }, [withdraw])
  const instance = await start('one')
  await home.jobs.idle()

  await workflow.repair(instance, { kind: 'move', node: 'first', to: 'second' }, 'wrong desk', officer)
  await home.jobs.idle()

  assert.deepEqual(await at(instance), ['second'])
  assert.deepEqual(cancelled, [`${instance}:first:1`])
  await assert.rejects(workflow.repair(instance, { kind: 'move', node: 'first', to: 'second' }, 'again', officer), {
    code: 'process-not-there',
  })
  await assert.rejects(workflow.repair(instance, { kind: 'move', node: 'second', to: 'nowhere' }, 'again', officer), {
    code: 'process-not-there',
  })
})

test('while suspended nothing goes on, and nothing that happens is lost', async () => {
  const work = effects('x.work', waiting)
  const after = effects('x.after')
  const { workflow, start, at } = await stand(
    { one: [step('x.work', { saveAs: 'work' }), step('x.after', { with: { ok: 'work.ok' } }), close('done')] },
    [work.step, after.step],
  )
  const instance = await start('one')
  await home.jobs.idle()
  const [key] = [...work.committed.keys()]

  await workflow.suspend(instance, 'police asks', officer)
  await workflow.suspend(instance, 'police asks', officer)
  await workflow.complete(key!, { ok: true })
  await workflow.complete(key!, { ok: false })
  await home.jobs.idle()
  assert.deepEqual([await at(instance), after.committed.size], [['x-work'], 0])

  await workflow.resume(instance, 'settled', officer)
  await home.jobs.idle()
  assert.equal((await workflow.get(instance, officer)).result, 'done')
  assert.deepEqual([...after.committed.values()], [{ ok: true }])
})

test('a step that was asked for before it was suspended runs when it is resumed', async () => {
  const work = effects('x.work')
  const { workflow, start } = await stand({ one: [step('x.work'), close('done')] }, [work.step])
  await home.jobs.stop()
  const instance = await start('one')
  await workflow.suspend(instance, 'wait', officer)
  await home.jobs.start()
  await home.jobs.idle()
  assert.equal(work.committed.size, 0)

  await workflow.resume(instance, 'go', officer)
  await home.jobs.idle()
  assert.equal((await workflow.get(instance, officer)).result, 'done')
})

test('a process that is ended from outside ends though it is suspended', async () => {
  const { workflow, start } = await stand({ one: [step('x.work'), close('done')] }, [effects('x.work', waiting).step])
  const instance = await start('one')
  await home.jobs.idle()
  await workflow.suspend(instance, 'wait', officer)

  await workflow.end(instance, 'withdrawn', 'cases')
  await home.jobs.idle()

  const process = await workflow.get(instance, officer)
  assert.deepEqual([process.status, process.result, process.at], ['ended', 'withdrawn', []])
})

test('a cancelled process is over, suspended or not; another agency cannot touch it', async () => {
  const work = effects('x.work', waiting)
  const { workflow, start } = await stand({ one: [step('x.work'), close('done')] }, [work.step])
  const instance = await start('one')
  await home.jobs.idle()
  await assert.rejects(workflow.cancel(instance, 'x', { ...officer, tenant: 'labour' }), { code: 'process-not-found' })
  await workflow.suspend(instance, 'wait', officer)

  await workflow.cancel(instance, 'a duplicate', officer)
  await workflow.cancel(instance, 'a duplicate', officer)
  await home.jobs.idle()

  const process = await workflow.get(instance, officer)
  assert.deepEqual([process.status, process.result], ['cancelled', 'cancelled'])
  await assert.rejects(workflow.repair(instance, { kind: 'facts', facts: { a: 1 } }, 'x', officer), {
    code: 'process-not-repairable',
  })
})

test('instances are carried over to another version by a plan, after a dry run that changes nothing', async () => {
  const work = effects('cases.task', waiting)
  const { workflow, start, at } = await stand(
    {
      'one@1.0.0': [task('check', { saveAs: 'check' }), close('done')],
      'one@1.1.0': [
        task('examine', { saveAs: 'examine' }),
        when('examine.outcome = "yes"', [task('sign')], []),
        close('done'),
      ],
    },
    [work.step],
  )
  const instance = await start('one')
  await home.jobs.idle()
  const [key] = [...work.committed.keys()]
  const plan = { service: 'one', from: '1.0.0', to: '1.1.0', map: {} }
  const how = { dryRun: true, reason: 'the Act was amended' }

  const bare = await workflow.migrate(plan, how, officer)
  assert.match(bare.instances[0]!.problems[0]!.what, /not in the new version/)
  const mapped = { ...plan, map: { check: 'examine' } }
  const dry = await workflow.migrate(mapped, how, officer)
  assert.deepEqual(dry.instances, [
    { id: instance, moves: [{ from: 'check', to: 'examine' }], problems: [], migrated: false },
  ])
  assert.deepEqual(await at(instance), ['check'])

  const real = await workflow.migrate(mapped, { ...how, dryRun: false }, officer)
  assert.equal(real.instances[0]!.migrated, true)
  await workflow.complete(key!, { outcome: 'yes' })
  await home.jobs.idle()

  assert.deepEqual(await at(instance), ['sign'])
  assert.equal((await workflow.get(instance, officer)).service.version, '1.1.0')
  const again = await workflow.migrate(mapped, { ...how, dryRun: false }, officer)
  assert.deepEqual(again.instances, [])
})

test('a plan that names nodes that are not there is refused', async () => {
  const { workflow } = await stand({ one: [close('done')] }, [])
  const plan = { service: 'one', from: '1.0.0', to: '1.1.0', map: { nothing: 'nowhere' } }

  await assert.rejects(workflow.migrate(plan, { dryRun: false, reason: 'x' }, officer), {
    code: 'migration-not-possible',
  })
})

test('the history lies in the partition of its month', async () => {
  const { start } = await stand({ one: [close('done')] }, [])
  await start('one')
  await home.clock.move('P45D')
  await home.jobs.idle()
  await start('one')

  const rows = await home.workflow.sql.begin(
    { ...officer, tenant: '*' },
    (sql) => sql<{ part: string }>`select tableoid::regclass::text as part from workflow.history order by at`,
  )

  assert.deepEqual(
    rows.map(({ part }) => /^workflow\.history_\d{4}_\d{2}$/.test(part)),
    [true, true],
  )
  assert.notEqual(rows[0]!.part, rows[1]!.part)
  await assert.rejects(
    home.workflow.sql.begin({ ...officer, tenant: '*' }, (sql) => sql`select 1 from workflow.history_rest`),
    /permission denied/,
  )
})
