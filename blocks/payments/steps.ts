// What processes may do with payments: collect and refund.

import type { Money } from '@ashlar/kernel/money'
import { isProblem } from '@ashlar/kernel/problem'
import type { CollectInput, Command, Outcome, RefundInput, Step } from '@ashlar/workflow'
import type { Bill } from './bill.ts'
import type { Payments } from './payments.ts'
import type { Payout } from './payout.ts'
import { AmountNotPositive } from './problems.ts'

const moneySchema = {
  type: 'object',
  required: ['value', 'currency'],
  properties: { value: { type: 'integer' }, currency: { type: 'string' } },
}
const text = { type: 'string' }
const receipt = {
  type: 'object',
  properties: {
    state: text,
    reference: { type: ['string', 'null'] },
    amount: moneySchema,
    paidAt: { type: ['string', 'null'] },
  },
}

/** What a process learns of a bill that was paid: the output of `payments.collect`, the fact `payment`. */
export const toReceipt = (bill: Bill) => ({
  state: 'settled',
  reference: bill.publicReference,
  amount: { ...bill.amount },
  paidAt: bill.settledAt ?? null,
})

/** payments.payout → { state: 'settled' | 'failed', reference, amount }, when the provider has said so. */
export interface PayoutInput {
  /** IBAN. */
  to: string
  amount: { value: number; currency: string } | number
  reason: string
  /** Who gets it; the applicant if absent. */
  person?: string | null
  /** The agency whose money it is; the authority if absent. */
  agency?: string
}

/** What a process learns of a payout that is over. */
export const toPaidOut = ({ state, publicReference, amount }: Payout) => ({
  state,
  reference: publicReference,
  amount: { ...amount },
})

export function paymentSteps(
  payments: Payments,
  { money }: { money?(amount: number): Money } = {},
): [Step<CollectInput>, Step<RefundInput>, Step<PayoutInput>] {
  return [
    {
      name: 'payments.collect',
      input: {
        type: 'object',
        required: ['fee', 'amount', 'reference'],
        properties: { fee: text, amount: moneySchema, reference: text },
      },
      output: receipt,
      run: (commands) => each(commands, (command) => collect(payments, command)),
      expire: (commands) =>
        each(commands, async (command) => {
          const bill = await payments.getByReference(command.key)
          if (paid(bill)) return { done: toReceipt(bill) }
          await giveUp(payments, command.key, bill)
          return { done: command.onExpiry }
        }),
      cancel: async (commands) => {
        for (const { key } of commands)
          await payments.getByReference(key).then((bill) => giveUp(payments, key, bill), ignoreUnknown)
      },
    },
    {
      name: 'payments.refund',
      input: {
        type: 'object',
        required: ['reference', 'reason'],
        properties: { reference: text, amount: moneySchema, reason: text },
      },
      output: receipt,
      run: (commands) =>
        each(commands, async ({ key, input }) => {
          const order = { key, billReference: input.reference, reason: input.reason }
          const made = await payments.refund(input.amount ? { ...order, amount: input.amount } : order)
          return { done: { state: made.state, reference: input.reference, amount: { ...made.amount } } }
        }),
    },
    {
      name: 'payments.payout',
      input: {
        type: 'object',
        required: ['to', 'amount', 'reason'],
        properties: { to: text, reason: text, agency: text },
      },
      output: { type: 'object', properties: { state: text, reference: text, amount: moneySchema } },
      run: (commands) =>
        each(commands, async ({ key, input, context, caseId }) => {
          const person = input.person ?? context.subject
          const amount = typeof input.amount === 'number' ? money?.(input.amount) : input.amount
          if (!person || !amount) throw AmountNotPositive()
          const made = await payments.payout({
            key,
            tenant: input.agency ?? context.tenant ?? '',
            amount,
            person,
            account: input.to,
            reason: input.reason,
            caseId,
          })
          return made.state === 'requested' ? { waiting: true } : { done: toPaidOut(made) }
        }),
    },
  ]
}

/** The bill waits for its payer under the command's key; `payments.settled` completes the step. Nothing owed is paid at once. */
async function collect(
  payments: Payments,
  { key, input, context, service, caseId }: Command<CollectInput>,
): Promise<Outcome> {
  const { fee, amount, reference, payer } = input
  if (amount.value === 0) return { done: { state: 'settled', reference: null, amount: { ...amount }, paidAt: null } }
  const bill = await payments.request({
    reference: key,
    debt: reference,
    tenant: context.tenant ?? '',
    amount,
    purpose: { service: service.id, fee },
    ...(payer.id ? { payer: payer.id } : {}),
    caseId,
  })
  return paid(bill) ? { done: toReceipt(bill) } : { waiting: true }
}

const paid = (bill: Bill): boolean => bill.state === 'settled' || bill.state === 'refunded'

/** A bill is withdrawn when the last order that asks for it is given up. */
async function giveUp(payments: Payments, key: string, bill: Bill): Promise<void> {
  const others = (await payments.ordersOf(bill.id)).filter((reference) => reference !== key)
  if (!paid(bill) && !others.length) await payments.withdraw(key)
}

function ignoreUnknown(error: unknown): void {
  if (!(isProblem(error) && error.code === 'bill-not-found')) throw error
}

/** A refusal of one command does not fail the others; a fault does, and is retried. */
const each = <C>(commands: C[], work: (command: C) => Promise<Outcome>): Promise<Outcome[]> =>
  Promise.all(
    commands.map((command) =>
      work(command).catch((error: unknown): Outcome => {
        if (!isProblem(error)) throw error
        return { failed: { code: error.code, title: error.title, ...(error.detail ? { detail: error.detail } : {}) } }
      }),
    ),
  )
