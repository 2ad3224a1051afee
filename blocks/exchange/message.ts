// A message to the system of an agency: its states, and how long one waits before trying again. Pure.
import { lifecycle, type StateOf } from '@ashlar/kernel/lifecycle'

export const messageLifecycle = lifecycle({
  waiting: { acknowledge: 'acknowledged', refuse: 'refused', expire: 'expired', cancel: 'cancelled' },
  acknowledged: {},
  refused: {},
  expired: {},
  cancelled: {},
})
export type MessageState = StateOf<typeof messageLifecycle>

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json }

/** What a page shows of a message: never what it says. */
export interface MessageView {
  id: string
  agency: string
  system: string
  message: string
  caseId: string
  state: MessageState
  queuedAt: string
  endedAt?: string
  attempts: number
  /** Why the last attempt failed: 'no-answer', 'receipt-not-valid', 'answered-503'. */
  failure?: string
  /** Since when the system does not answer; while the message waits. */
  downSince?: string
}

const FIRST_MS = 2_000
export const MOST_MS = 300_000

/** Legal milliseconds until the next attempt: doubling, with jitter, five minutes at most. */
export function pauseAfter(failures: number, random = Math.random()): number {
  return Math.min(FIRST_MS * 2 ** Math.min(failures - 1, 20), MOST_MS) * (0.5 + random / 2)
}
