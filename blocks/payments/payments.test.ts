// Payments through their door, on a real database, with the sandbox provider as a real server.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createCardProvider, type SandboxProvider, startSandboxProvider } from '@ashlar/card-provider'
import { isProblem } from '@ashlar/kernel/problem'
import { house, prepareAll, type TestHouse } from '@ashlar/kernel/testing'
import { createPayments, type LocalPayments } from './index.ts'
import { paymentsContract } from './payments-contract.ts'

const key = 'merchant-key'
const secret = Buffer.from('a secret of the sandbox provider').toString('base64')

let test: TestHouse<'payments'>
let payments: LocalPayments
let sandbox: SandboxProvider
let notices: Server
/** Every notice as it came, to be sent again. */
const received: { headers: Record<string, string | undefined>; body: string }[] = []

before(async () => {
  test = await house({ blocks: ['payments'] })
  notices = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      const notice = {
        headers: request.headers as Record<string, string | undefined>,
        body: Buffer.concat(chunks).toString('utf8'),
      }
      received.push(notice)
      response
        .writeHead(
          await payments.receive(notice.headers, notice.body).then(
            () => 204,
            () => 401,
          ),
        )
        .end()
    })
  }).listen(0)
  const noticeUrl = `http://127.0.0.1:${(notices.address() as AddressInfo).port}/`
  sandbox = await startSandboxProvider({ port: 0, key, secret, noticeUrl, lateness: 400 })
  payments = createPayments({ ...test.payments, provider: createCardProvider({ url: sandbox.url, key, secret }) })
  await test.jobs.start()
})

after(async () => {
  await test.jobs.stop()
  await sandbox.close()
  notices.close()
  await test.stop()
})

async function press(url: string, card = '4242 4242 4242 4242', behaviour = 'normal'): Promise<number> {
  const { pathname, search } = new URL(url)
  const body = new URLSearchParams({ card, behaviour })
  const answer = await fetch(`${sandbox.url}${pathname}${search}`, { method: 'POST', body, redirect: 'manual' })
  await answer.arrayBuffer()
  return answer.status
}

/** Until what was set going has come through the provider and back; a busy machine takes longer. */
async function settle(): Promise<void> {
  await delay(80)
  for (let seen = -1; seen !== received.length; await delay(80)) {
    seen = received.length
    await test.jobs.idle()
    await delay(120)
  }
}

async function settled(id: string): Promise<void> {
  for (let tries = 0; tries < 100 && (await payments.get(id)).state !== 'settled'; tries += 1) await delay(50)
}

paymentsContract('in process', () => ({
  payments,
  pay: async (url) => {
    await press(url)
    await settle()
  },
  settle,
}))

describe('payments and their provider', () => {
  const bill = (over = {}) =>
    payments.request({
      reference: randomUUID(),
      tenant: 'police',
      amount: { value: 6_500, currency: 'VRD' },
      purpose: { service: 'fine', fee: 'due' },
      ...over,
    })
  const open = async (id: string) =>
    (await payments.checkout(id, { returnUrl: 'http://localhost/back', description: 'Fine', language: 'ar' })).url

  it('a payout is paid once to the account, its account is sealed, and the ledger balances', async () => {
    const person = randomUUID()
    const amount = { value: 40_000, currency: 'VRD' }
    const order = {
      key: randomUUID(),
      tenant: 'benefits',
      amount,
      person,
      account: 'GB82WEST12345698765432',
      reason: 'birth grant',
    }

    await Promise.all(Array.from({ length: 5 }, () => payments.payout(order)))
    await settle()

    const paid = await payments.getPayout(order.key)
    assert.equal(paid.state, 'settled')
    await assert.rejects(payments.payout({ ...order, amount: { ...amount, value: 1 } }), {
      code: 'payment-order-differs',
    })
    await assert.rejects(payments.payout({ ...order, key: 'other', amount: { ...amount, value: 0 } }), {
      code: 'amount-not-positive',
    })
    await assert.rejects(payments.getPayout('nothing'), { code: 'payout-not-found' })
    assert.deepEqual(
      (await payments.ledger('benefits')).map(({ account, amount: { value } }) => [account, value]),
      [
        ['benefits', 40_000],
        ['clearing', -40_000],
        ['payouts-payable', 0],
      ],
    )
  })

  it('an account that is closed pays nobody, and the authority has its money back', async () => {
    const amount = { value: 500, currency: 'VRD' }
    const order = {
      key: randomUUID(),
      tenant: 'closed',
      amount,
      person: randomUUID(),
      account: 'XX0000000000099',
      reason: 'grant',
    }

    await payments.payout(order)
    await settle()

    assert.equal((await payments.getPayout(order.key)).state, 'failed')
    assert.ok((await payments.ledger('closed')).every(({ amount: { value } }) => value === 0))
  })

  it('a declined card charges nothing, and the bill can be paid then', async () => {
    const { id } = await bill()
    const url = await open(id)

    assert.equal(await press(url, '4000 0000 0000 0002'), 402)
    await settle()
    assert.equal((await payments.get(id)).state, 'requested')
    await press(await open(id), '٤٢٤٢ ٤٢٤٢ ٤٢٤٢ ٤٢٤٢')
    await settled(id)

    assert.equal((await payments.get(id)).state, 'settled')
  })

  it('a notice that comes twice settles once', async () => {
    const { id, reference } = await bill()
    const seen: string[] = []
    test.events.watch('payments.settled', ({ data }) => seen.push((data as { reference: string }).reference))

    await press(await open(id), undefined, 'doubled')
    await delay(450)
    await settle()

    assert.equal((await payments.get(id)).state, 'settled')
    assert.equal(seen.filter((one) => one === reference).length, 1)
  })

  it('a late notice settles late', async () => {
    const { id } = await bill()

    await press(await open(id), undefined, 'late')
    const early = (await payments.get(id)).state
    await settled(id)

    assert.deepEqual([early, (await payments.get(id)).state], ['pending', 'settled'])
  })

  it('a notice that never comes is asked for', async () => {
    const { id } = await bill()
    await press(await open(id), undefined, 'missing')
    assert.equal((await payments.get(id)).state, 'pending')

    await test.clock.move('PT2M')
    await test.jobs.idle()

    assert.equal((await payments.get(id)).state, 'settled')
  })

  it('is asked for also after a declined card, and after the bill was withdrawn', async () => {
    const [declined, withdrawn] = [await bill(), await bill()]
    for (const { id } of [declined, withdrawn]) {
      const url = await open(id)
      await press(url, '4000 0000 0000 0002')
      await settle()
      await press(url, undefined, 'missing')
    }
    await payments.withdraw(withdrawn.reference)

    await test.clock.move('PT2M')
    await test.jobs.idle()
    await settle()

    assert.equal((await payments.get(declined.id)).state, 'settled')
    assert.deepEqual(
      (await payments.refundsOf(withdrawn.id)).map(({ state }) => state),
      ['settled'],
    )
  })

  it('a checkout that nobody pays is asked about less and less often, and then no more', async () => {
    await open((await bill()).id)
    const asked = async () => {
      const [row] = await test.kernel<{ count: number }>`
        select count(*)::int as count from kernel.job where queue = 'payments.inquire'`
      return row!.count
    }
    assert.ok((await asked()) > 0)

    for (let times = 0; times < 20; times += 1) {
      await test.clock.move('P30D')
      await test.jobs.idle()
    }

    assert.equal(await asked(), 0)
  })

  it('gives back in the currency that was paid only', async () => {
    const { id, reference } = await bill()
    await press(await open(id))
    await settle()

    await assert.rejects(
      payments.refund({
        key: randomUUID(),
        billReference: reference,
        reason: 'r',
        amount: { value: 1, currency: 'EUR' },
      }),
      (error) => isProblem(error) && error.code === 'refund-exceeds-payment',
    )
  })

  it('money that arrives for a withdrawn bill goes back by itself', async () => {
    const { id, reference } = await bill()
    const url = await open(id)
    await payments.withdraw(reference)

    await press(url)
    await settle()

    assert.equal((await payments.get(id)).state, 'withdrawn')
    assert.deepEqual(
      (await payments.refundsOf(id)).map(({ state, amount }) => [state, amount.value]),
      [['settled', 6_500]],
    )
  })

  it('all notices again, shuffled, change nothing', async () => {
    const states = async () => JSON.stringify(await payments.ledger('police'))
    const earlier = await states()

    for (const notice of received.toSorted(() => Math.random() - 0.5))
      await payments.receive(notice.headers, notice.body)

    assert.equal(await states(), earlier)
    assert.ok(received.length > 10)
  })

  it('forged, altered and old notices are refused', async () => {
    const [genuine] = received
    const refused = (headers: object, body: string) =>
      assert.rejects(
        payments.receive({ ...genuine!.headers, ...headers }, body),
        (error) => isProblem(error) && error.code === 'webhook-refused',
      )

    await refused({}, genuine!.body.replace(/"value":\d+/, '"value":1'))
    await refused({ 'webhook-signature': 'v1,AAAA' }, genuine!.body)
    await refused({ 'webhook-signature': undefined }, genuine!.body)
    await refused({ 'webhook-timestamp': String(Math.floor(Date.now() / 1000) - 301) }, genuine!.body)
    await refused({ 'webhook-id': 'another' }, genuine!.body)
  })

  it('a transfer that does not balance cannot be committed, and an entry cannot be changed', async () => {
    const { id } = await bill()
    const context = {
      tenant: '*',
      actor: { kind: 'system', id: 'test' },
      purpose: 'test',
      channel: 'system',
      trace: '',
    } as const

    await assert.rejects(
      test.payments.sql.begin(
        context,
        (sql) => sql`
        insert into payments.entry (transfer, tenant, account, amount, currency, bill, booked_at)
        values (${randomUUID()}, 'police', 'clearing', 5, 'VRD', ${id}, ${test.clock.now()})`,
      ),
      /does not balance/,
    )
    await assert.rejects(
      test.payments.sql.begin(context, (sql) => sql`update payments.entry set amount = amount + 1 where bill = ${id}`),
      /permission denied/,
    )
  })

  it('an authority sees its own ledger only', async () => {
    await bill({ tenant: 'justice' })

    assert.deepEqual(await payments.ledger('health'), [])
    assert.equal((await payments.ledger('justice')).length, 2)
  })

  it('a provider that is down charges nothing and says so', async () => {
    const { id } = await bill()
    const down = createPayments({
      ...test.payments,
      jobs: { ...test.jobs, handle: () => undefined },
      provider: createCardProvider({ url: 'http://127.0.0.1:1', key, secret }),
    })

    await assert.rejects(
      down.checkout(id, { returnUrl: 'http://localhost', description: 'd', language: 'en' }),
      (error) => isProblem(error) && error.code === 'payment-provider-unavailable',
    )
    assert.equal((await payments.get(id)).state, 'pending')
  })

  it('every statement fits the schema', async () => {
    const { examined, faults } = await prepareAll(test, 'payments')

    assert.ok(examined > 15)
    assert.deepEqual(faults, [])
  })
})
