// The clock of the law: which term holds for a case, when it matters next, and its history in lines. Pure.
import type { Clock as ClockRules, PublicService } from '@ashlar/catalogue'
import type { Calendar } from '@ashlar/kernel/calendar'
import { type CompiledFeel, compileFeel } from '@ashlar/kernel/feel'
import type { Json } from './case.ts'
import type { TimelineRow } from './store.ts'

/** The rules of one case: the usual ones of its service, or those of the variant that fits it. */
export type CaseClock = Omit<ClockRules, 'variants'>

export function clockRules(service: Pick<PublicService, 'clock'>, variant: number | null): CaseClock | undefined {
  if (service.clock === undefined) return undefined
  const { variants, ...usual } = service.clock
  const { term, onBreach, law } = (variant === null ? undefined : variants[variant]) ?? {}
  return {
    ...usual,
    ...(term === undefined ? {} : { term }),
    ...(onBreach === undefined ? {} : { onBreach }),
    ...(law === undefined ? {} : { law }),
  }
}

const compiled = new WeakMap<object, CompiledFeel>()

/** The first variant that fits these facts; null: none. What is not known yet does not fit. */
export function variantOf(
  service: Pick<PublicService, 'clock' | 'facts'>,
  facts: Record<string, unknown>,
): number | null {
  const found = (service.clock?.variants ?? []).findIndex((variant) => {
    let condition = compiled.get(variant)
    if (condition === undefined) {
      condition = compileFeel(variant.when, { shape: service.facts })
      compiled.set(variant, condition)
    }
    return condition.evaluate(facts) === true
  })
  return found < 0 ? null : found
}

/** When reminders are due, the earliest first. */
export function remindersOf({ remind }: Pick<CaseClock, 'remind'>, deadline: Date, calendar: Calendar): Date[] {
  return remind.map((term) => calendar.before(deadline, term)).sort((a, b) => a.getTime() - b.getTime())
}

/** The next moment of a clock of which `reminded` reminders are behind it. */
export function nextOf(rules: CaseClock, deadline: Date, reminded: number, calendar: Calendar): Date {
  return remindersOf(rules, deadline, calendar)[reminded] ?? deadline
}

/** Reminders whose moment is not after the beginning are never sent. */
export function missedAt(rules: CaseClock, deadline: Date, at: Date, calendar: Calendar): number {
  return remindersOf(rules, deadline, calendar).filter((moment) => moment <= at).length
}

/** What happened to a clock, as faces show it. */
export interface ClockLine {
  at: string
  kind: 'started' | 'stopped' | 'resumed' | 'extension-proposed' | 'extended' | 'not-extended' | 'reminded' | 'ended'
  /** The provision that says so. */
  law?: string
  /** started, extended: how long. */
  term?: string
  /** started, resumed, extended: when it ends from then on. */
  deadline?: string
  /** stopped: the reason of the request, or the `ask` of the flow; extended: one of the law's reasons. */
  reason?: string
  request?: string
}

/** From the timeline, the earliest first. */
export function clockHistory(
  rules: CaseClock,
  lines: Pick<TimelineRow, 'kind' | 'at' | 'data'>[],
  whenComplete: boolean,
): ClockLine[] {
  const history: ClockLine[] = []
  const starts = whenComplete ? 'clock-started' : 'submitted'
  const law = rules.law === undefined ? {} : { law: rules.law }
  let asked = 0
  for (const { kind, at: moment, data } of lines) {
    const at = moment.toISOString()
    const told = (data ?? {}) as Record<string, Json>
    const text = (name: string) => (typeof told[name] === 'string' ? { [name]: told[name] } : {})
    if (kind === starts) history.push({ at, kind: 'started', term: rules.term, ...law, ...text('deadline') })
    else if (kind === 'asked' && asked++ === 0)
      history.push({ at, kind: 'stopped', ...text('reason'), ...text('request') })
    else if (kind.startsWith('request-') && --asked === 0) history.push({ at, kind: 'resumed', ...text('deadline') })
    else if (kind === 'clock-extended')
      history.push({ at, kind: 'extended', ...text('term'), ...text('reason'), ...text('law'), ...text('deadline') })
    else if (kind === 'extension-proposed')
      history.push({ at, kind, ...text('term'), ...text('reason'), ...text('law') })
    else if (kind === 'extension-refused') history.push({ at, kind: 'not-extended' })
    else if (kind === 'reminded') history.push({ at, kind: 'reminded', ...text('deadline') })
    else if (kind === 'overdue') history.push({ at, kind: 'ended', ...law, ...text('deadline') })
  }
  return history
}
