// The case: its states and those of its tasks and requests, and its legal clock. Pure.
import { type Calendar, readTerm } from '@ashlar/kernel/calendar'
import { addDays, dayOf, endOfDay } from '@ashlar/kernel/clock'
import { lifecycle, type StateOf } from '@ashlar/kernel/lifecycle'

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json }

// In the words of ZGW: received is "ontvangen", in-progress "in behandeling", suspended "opgeschort", closed "afgehandeld".
export const caseLifecycle = lifecycle({
  received: { work: 'in-progress', ask: 'suspended', close: 'closed' },
  'in-progress': { work: 'in-progress', ask: 'suspended', close: 'closed' },
  suspended: { ask: 'suspended', resume: 'in-progress', close: 'closed' },
  closed: {},
})
export type CaseStatus = StateOf<typeof caseLifecycle>

export const taskLifecycle = lifecycle({
  open: { claim: 'claimed', propose: 'proposed', decide: 'done', expire: 'expired', cancel: 'cancelled' },
  claimed: {
    claim: 'claimed',
    release: 'open',
    propose: 'proposed',
    decide: 'done',
    expire: 'expired',
    cancel: 'cancelled',
  },
  // Decided by one, to be confirmed by another before it takes effect.
  proposed: {
    claim: 'proposed',
    release: 'proposed',
    return: 'claimed',
    decide: 'done',
    expire: 'expired',
    cancel: 'cancelled',
  },
  done: {},
  expired: {},
  cancelled: {},
})
export type TaskState = StateOf<typeof taskLifecycle>

export const requestLifecycle = lifecycle({
  open: { answer: 'answered', expire: 'expired', withdraw: 'withdrawn' },
  answered: {},
  expired: {},
  withdrawn: {},
})
export type RequestState = StateOf<typeof requestLifecycle>

/** When a term that was stopped from `pausedAt` to `at` ends: as many days later as its law counts days, hours as time. */
export function extendedBy(deadline: Date, term: string, pausedAt: Date, at: Date, calendar: Calendar): Date {
  const { unit } = readTerm(term)
  const { zone } = calendar
  const day = dayOf(deadline, zone)
  const [from, to] = [dayOf(pausedAt, zone), dayOf(at, zone)]
  switch (unit) {
    case 'hour':
    case 'minute':
      return new Date(deadline.getTime() + at.getTime() - pausedAt.getTime())
    case 'working day':
      return endOfDay(calendar.addWorkingDays(day, calendar.workingDaysBetween(from, to)), zone)
    default:
      return endOfDay(addDays(day, daysBetween(from, to)), zone)
  }
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000)
}
