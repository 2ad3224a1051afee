// When a timer comes: a moment, the end of a term, or the next time of what comes again. Throws a fault for what is no time.
import type { TimerTrigger } from './graph.ts'
import type { Facts, Rules } from './state.ts'

export function timeOf(trigger: TimerTrigger, rules: Rules, facts: Facts): Date {
  const { for: term, forFeel, until, every, everyFeel } = trigger
  const text = (source: string): string => {
    const given = rules.evaluate(source, facts)
    if (typeof given !== 'string') throw new Error(`'${source}' gives no term`)
    return given
  }
  if (until !== undefined) return momentOf(until, rules, facts)
  const again = every ?? (everyFeel === undefined ? undefined : text(everyFeel))
  if (again !== undefined) return (rules.nextTime ?? rules.deadline)(rules.now, again)
  return rules.deadline(rules.now, term ?? text(forFeel ?? 'null'))
}

/** A date, or date and time, that FEEL gives. */
export function momentOf(source: string, rules: Rules, facts: Facts): Date {
  const until = rules.evaluate(source, facts)
  const at = typeof until === 'string' ? new Date(until) : new Date(Number.NaN)
  if (Number.isNaN(at.getTime())) throw new Error(`'${source}' gives no date to wait for`)
  return at
}
