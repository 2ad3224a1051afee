// What begins an offer or a case without anybody applying: an event, or a date in a register. Pure.
import type { Offer, PublicService, Start, TriggerRecords } from '@ashlar/catalogue'
import type { Calendar } from '@ashlar/kernel/calendar'
import { addDays, dayOf, endOfDay } from '@ashlar/kernel/clock'
import { type CompiledFeel, compileFeel, toJson } from '@ashlar/kernel/feel'
import type { Json } from './case.ts'
import type { Facts } from './content.ts'

/** Something that happened: in another system, in this house, or a date in a register has come near. */
export interface Happening {
  /** 'hospitals.birthNotified' */
  type: string
  /** The same key is the same happening, however often it is told. */
  key: string
  /** What expressions read as `event`. */
  data: Facts
}

export type Trigger = { kind: 'offer'; name: string; does: Offer } | { kind: 'start'; name: string; does: Start }

/** Those of a service, each with a name of its own. */
export function triggersOf({ offers, starts }: Pick<PublicService, 'offers' | 'starts'>): Trigger[] {
  return [
    ...offers.map((does): Trigger => ({ kind: 'offer', name: `offer ${does.name}`, does })),
    ...starts.map((does, n): Trigger => ({ kind: 'start', name: `start ${n}`, does })),
  ]
}

/** What expressions of triggers read: what happened, today, and in messages the answers that are known. */
export interface TriggerScope {
  event: Facts
  today: string
  known?: Facts
}

const compiled = new Map<string, CompiledFeel>()
const MOST_COMPILED = 10_000

export function evaluate(source: string, { event, today, known = {} }: TriggerScope): Json {
  const names = Object.keys(known).sort()
  const key = JSON.stringify([source, ...names])
  const shape = {
    ...Object.fromEntries(names.map((name) => [name, 'any' as const])),
    event: 'any',
    today: 'date',
  } as const
  const expression = compiled.get(key) ?? compileFeel(source, { shape })
  if (compiled.size < MOST_COMPILED) compiled.set(key, expression)
  return toJson(expression.evaluate({ ...known, event, today })) as Json
}

/** What is not known is left out. */
export function evaluateAll(sources: Record<string, string>, scope: TriggerScope): Facts {
  const values = Object.entries(sources).map(([name, source]) => [name, evaluate(source, scope)] as const)
  return Object.fromEntries(values.filter(([, value]) => value !== null))
}

export function holds(when: string | undefined, scope: TriggerScope): boolean {
  return when === undefined || evaluate(when, scope) === true
}

/** A record whose date passed longer ago than this is not caught up with. */
const CATCH_UP_DAYS = 31
const MOST_DAYS = 4_000

/** The dates of records that count today, both included. */
export function spanOf(
  { before, after }: TriggerRecords,
  today: string,
  calendar: Calendar,
): { from: string; until: string } {
  const { zone } = calendar
  const endOf = (day: string, term: string) => dayOf(calendar.deadline(endOfDay(day, zone), term), zone)
  if (before !== undefined) return { from: today, until: endOf(today, before) }
  let until = today
  for (let n = 0; n < MOST_DAYS && endOf(until, after ?? '0 days') > today; n++) until = addDays(until, -1)
  return { from: addDays(until, -CATCH_UP_DAYS), until }
}

/** Days from one day to the other. */
export function daysUntil(day: string, today: string): number {
  return Math.round((Date.parse(`${day}T00:00:00Z`) - Date.parse(`${today}T00:00:00Z`)) / 86_400_000)
}
