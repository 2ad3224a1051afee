// The contract of payments holds for the block in a process of its own, reached over HTTP.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { after, before } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type SandboxProvider, startSandboxProvider } from '@ashlar/card-provider'
import { house, type TestHouse, testServer } from '@ashlar/kernel/testing'
import { createRemotePayments, type Payments } from '@ashlar/payments'
import { paymentsContract } from '../../blocks/payments/payments-contract.ts'

const [key, secret, token] = [
  'merchant-key',
  Buffer.from('a secret of the sandbox').toString('base64'),
  'a token of the house',
]

let home: TestHouse<'payments'>
let sandbox: SandboxProvider
let child: ChildProcess
let payments: Payments

before(async () => {
  home = await house({ blocks: ['payments'] })
  const server = await testServer()
  const port = await freePort()
  sandbox = await startSandboxProvider({
    port: 0,
    key,
    secret,
    noticeUrl: `http://127.0.0.1:${port}/api/payments/v1/notices`,
  })
  child = fork(fileURLToPath(new URL('../../apps/server/payments-alone.ts', import.meta.url)), {
    execArgv: ['--no-warnings'],
  })
  child.send({
    database: {
      url: home.url.replace(/\/\/[^@]*@/, '//'),
      passwords: {
        ashlar_kernel: server.password('ashlar_kernel'),
        ashlar_payments: server.password('ashlar_payments'),
      },
    },
    pairwise: Buffer.alloc(32, 7).toString('base64'),
    provider: { url: sandbox.url, key, secret },
    token,
    zone: 'UTC',
    port,
  })
  const [{ url }] = (await once(child, 'message')) as [{ url: string }]
  payments = createRemotePayments({ url, token })
})

after(async () => {
  const gone = once(child, 'exit')
  child.disconnect()
  await gone
  await sandbox.close()
  await home.stop()
})

async function press(url: string): Promise<void> {
  const { pathname, search } = new URL(url)
  const body = new URLSearchParams({ card: '4242424242424242', behaviour: 'normal' })
  await (await fetch(`${sandbox.url}${pathname}${search}`, { method: 'POST', body, redirect: 'manual' })).arrayBuffer()
  await delay(200)
}

paymentsContract('in a process of its own, over HTTP', () => ({ payments, pay: press, settle: () => delay(300) }))

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}
