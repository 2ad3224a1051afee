// How long until a legal deadline, in words that differ for late, today and soon, not only in colour.
import type { Visit } from '@ashlar/face'
import { type Clock, dayOf } from '@ashlar/kernel/clock'

type Deadline = { text: string; is: 'late' | 'today' | 'soon' | 'later' | 'paused' }

const day = 86_400_000

export function timeLeft(visit: Visit, clock: Clock, due: string | undefined, paused: boolean): Deadline | undefined {
  if (paused) return { text: visit.t('office.paused'), is: 'paused' }
  if (!due) return undefined
  const at = new Date(due)
  const left = at.getTime() - clock.now().getTime()
  const days = daysBetween(clock.today(), dayOf(at, clock.zone))
  if (left < 0) return { text: visit.t('office.late', { days: Math.max(1, -days) }), is: 'late' }
  if (days <= 0) return { text: visit.t('office.today'), is: 'today' }
  return { text: visit.t('office.days', { days }), is: days <= 3 ? 'soon' : 'later' }
}

const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / day)

/** '10 working days' as the language says it. */
export function termOf({ t }: Visit, term: string): string {
  const [count, ...unit] = term.split(' ')
  return t(`office.term.${unit.join('-').replace(/s$/, '')}`, { count: Number(count) })
}
