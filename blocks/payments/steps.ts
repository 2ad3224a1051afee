// What processes may do with payments: collect and refund.
import { isProblem } from '@ashlar/kernel/problem'
import type { CollectInput, Command, Outcome, RefundInput, Step } from '@ashlar/workflow'
import type { Bill } from './bill.ts'
import type { Payments } from './payments.ts'

const money = {
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
    amount: money,
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

export function paymentSteps(payments: Payments): [Step<CollectInput>, Step<RefundInput>] {
  return [
    {
      name: 'payments.collect',
      input: {
        type: 'object',
        required: ['fee', 'amount', 'reference'],
        properties: { fee: text, amount: money, reference: text },
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
        properties: { reference: text, amount: money, reason: text },
      },
      output: receipt,
      run: (commands) =>
        each(commands, async ({ key, input }) => {
          const order = { key, billReference: input.reference, reason: input.reason }
          const made = await payments.refund(input.amount ? { ...order, amount: input.amount } : order)
          return { done: { state: made.state, reference: input.reference, amount: { ...made.amount } } }
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
