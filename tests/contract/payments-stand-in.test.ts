// The contract of payments holds for a stand-in from outside, reached over HTTP.
import { after, before } from 'node:test'
import { createRemotePayments, type Payments } from '@ashlar/payments'
import { paymentsContract } from '../../blocks/payments/payments-contract.ts'
import { type StandIn, startStandIn } from './payments-stand-in.ts'

let standIn: StandIn
let payments: Payments
before(async () => {
  standIn = await startStandIn('a token')
  payments = createRemotePayments({ url: standIn.url, token: 'a token' })
})
after(() => standIn.close())

paymentsContract('a stand-in from outside, over HTTP', () => ({
  payments,
  pay: async (url) => {
    await (await fetch(url, { method: 'POST', redirect: 'manual' })).arrayBuffer()
  },
  settle: async () => undefined,
}))
