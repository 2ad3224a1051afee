// What processes may do with payments: collect and refund.
import { isProblem } from '@ashlar/kernel/problem'
import type { Money } from '@ashlar/kernel/money'
import type { Command, Outcome, Step } from '@ashlar/workflow'
import type { Bill } from './bill.ts'
import type { Payments } from './payments.ts'

interface CollectInput {
  fee: string
  amount: Money
  values?: Record<string, string | number>
}

interface RefundInput {
  /** The key of the step that collected, or its bill reference. */
  billReference: string
  amount?: Money
  reason?: string
}

const money = {
  type: 'object',
  required: ['value', 'currency'],
  properties: { value: { type: 'integer' }, currency: { type: 'string' } },
}

/** What a process learns of a bill that was paid; the output of `payments.collect`. */
export const toReceipt = (bill: Bill) => ({
  billId: bill.id,
  billReference: bill.reference,
  receipt: bill.publicReference,
  amount: bill.amount as unknown as { value: number; currency: string },
  paidAt: bill.settledAt ?? null,
})

export function paymentSteps(payments: Payments): Step[] {
  return [
    {
      name: 'payments.collect',
      input: { type: 'object', required: ['fee', 'amount'], properties: { fee: { type: 'string' }, amount: money } },
      run: (commands) => each(commands, (command) => collect(payments, command)),
    },
    {
      name: 'payments.refund',
      input: { type: 'object', required: ['billReference'], properties: { billReference: { type: 'string' }, amount: money } },
      run: (commands) => each(commands, (command) => refund(payments, command)),
    },
  ]
}

/** The bill waits for its payer under the command's key; `payments.settled` completes the step. Nothing owed is paid at once. */
async function collect(payments: Payments, command: Command): Promise<Outcome> {
  const { fee, amount, values } = command.input as unknown as CollectInput
  if (amount.value === 0) return { done: { amount: { ...amount }, paidAt: null, receipt: null } }
  const bill = await payments.request({
    reference: command.key,
    tenant: command.context.tenant ?? '',
    amount,
    purpose: { service: command.service.id, fee, ...(values ? { values } : {}) },
    ...(command.context.subject ? { payer: command.context.subject } : {}),
    caseId: command.caseId,
  })
  return bill.state === 'settled' || bill.state === 'refunded' ? { done: toReceipt(bill) } : { waiting: true }
}

async function refund(payments: Payments, command: Command): Promise<Outcome> {
  const { billReference, amount, reason } = command.input as unknown as RefundInput
  const made = await payments.refund({
    key: command.key,
    billReference,
    ...(amount ? { amount } : {}),
    reason: reason ?? 'decision',
  })
  return { done: { refundId: made.id, amount: { ...made.amount }, state: made.state } }
}

/** A refusal of one command does not fail the others; a fault does, and is retried. */
const each = (commands: Command[], work: (command: Command) => Promise<Outcome>): Promise<Outcome[]> =>
  Promise.all(
    commands.map((command) =>
      work(command).catch((error: unknown) => {
        if (isProblem(error)) return { failed: { code: error.code, title: error.title, detail: error.detail } } as Outcome
        throw error
      }),
    ),
  )
