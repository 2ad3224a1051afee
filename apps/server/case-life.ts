// What the house does for the life of a case: fees that go back, keys that are kept, and what applicants are told of it.
import type { Cases } from '@ashlar/cases'
import type { Documents } from '@ashlar/documents'
import type { Events } from '@ashlar/kernel/events'
import type { Texts } from '@ashlar/kernel/language'
import type { Messaging } from '@ashlar/messaging'
import type { Payments } from '@ashlar/payments'

/** The wording of what is told of any case, whatever its service; not the id of a public service. */
const WORDING = { id: 'case.any', version: '1' }

/** Gives a part of every settled bill of a case back; the same order again is one refund. */
export function giveBackFees(payments: Pick<Payments, 'billsOfCase' | 'refund'>) {
  return async (order: { case: string; percent: number; reason: string }): Promise<void> => {
    for (const bill of await payments.billsOfCase(order.case)) {
      if (bill.state !== 'settled') continue
      const value = Math.round((bill.amount.value * Math.min(order.percent, 100)) / 100)
      if (value === 0) continue
      await payments.refund({
        key: `${order.reason}:${order.case}:${bill.id}`,
        billReference: bill.reference,
        amount: { ...bill.amount, value },
        reason: order.reason,
      })
    }
  }
}

/** Whether a person's documents or messages are still kept, which are sealed by the same key. */
export function holdsMoreOf(documents: Pick<Documents, 'of'>, messaging: Pick<Messaging, 'inbox'>) {
  return async (person: string): Promise<boolean> => {
    const [papers, letters] = await Promise.all([
      documents.of(person, { limit: 1 }),
      messaging.inbox(person, { limit: 1 }),
    ])
    return papers.documents.length > 0 || letters.messages.length > 0
  }
}

/** The texts of what is told of any case; undefined for a public service. */
export function wordingOfCases(service: { id: string }, texts: Texts) {
  if (service.id !== WORDING.id) return undefined
  const { languages, text, has } = texts
  return {
    languages,
    text: ((language, key, values) => text(language, `case.${key}`, values)) as Texts['text'],
    has: ((language, key) => has(language, `case.${key}`)) as Texts['has'],
  }
}

const told: Record<string, string> = {
  'cases.asked': 'asked',
  'cases.message-sent': 'written',
  'cases.term-extended': 'extended',
  'cases.ended': 'deemed',
}

/** Before jobs.start(). */
export function tellApplicants(
  events: Pick<Events, 'subscribe'>,
  cases: Pick<Cases, 'addresseeOf'>,
  messaging: Pick<Messaging, 'notify'>,
): void {
  for (const [type, usual] of Object.entries(told))
    events.subscribe(type, 'messaging.case-life', async ({ key, data }) => {
      const { case: id, side, result } = data as { case: string; side?: string; result?: string }
      const addressee = await cases.addresseeOf(id)
      if (side === 'applicant' || addressee === undefined) return
      const message = result === 'withdrawn' ? 'withdrawn' : usual
      await messaging.notify({
        key: `case-life ${message} ${key}`,
        tenant: addressee.authority,
        to: { person: addressee.person },
        service: WORDING,
        message,
        channels: ['inbox', 'email'],
        ...(addressee.language ? { language: addressee.language } : {}),
        facts: { reference: addressee.reference },
        caseId: id,
      })
    })
}
