// What applicant and officer see of the life of a case: its clock and why, messages, related cases, appeal, roles, archive.
import type { PublicService } from '@ashlar/catalogue'
import type { Calendar } from '@ashlar/kernel/calendar'
import type { Sql } from '@ashlar/kernel/sql'
import type { Json } from './case.ts'
import { type ClockLine, clockHistory, clockRules } from './clock.ts'
import type { ExtensionRow } from './clock-store.ts'
import { startsWhenComplete } from './flow.ts'
import { type LifeRow, lifeStore, type MessageRow, type RelationKind, type RelationRow } from './life-store.ts'
import type { CaseRow, TimelineRow } from './store.ts'

export interface LifeView {
  clock?: {
    term: string
    law?: string
    onBreach: 'alarm' | 'granted' | 'refused' | 'refund'
    /** It starts when the office says that the application is complete, and has not started yet. */
    waitsForCompleteness: boolean
    history: ClockLine[]
    /** How an officer may make it longer now; absent if they may not. */
    extension?: { by: string; reasons: string[]; needs: 'reasons' | 'consent'; law?: string }
  }
  /** The applicant is asked whether they agree to a longer term. */
  proposedExtension?: { id: string; term: string; reason: string; law?: string; askedAt: string }
  messages: MessageView[]
  relations: { caseId: string; reference: string; service: string; authority: string; kind: RelationKind }[]
  /** How the decision can be contested; absent if it cannot. */
  appeal?: {
    /** The last moment, ISO 8601. */
    until: string
    isOpen: boolean
    /** The agency that hears it, and the public service by which one appeals. */
    to: string
    by: string
    suspends: boolean
    law?: string
  }
  /** What an appeal has made of the decision. */
  appealed?: NonNullable<LifeRow['appealed']>
  /** The effects of the decision wait for an appeal. */
  isSuspended: boolean
  canWithdraw: boolean
  /** Who has what part in the case, in the words of ZGW. */
  roles: { role: 'applicant' | 'representative' | 'handler' | 'decider' | 'authority'; id: string }[]
  /** When the law wants the case destroyed, and whether it is held back. */
  archive?: { destroyOn?: string; held: boolean }
}

export interface MessageView {
  id: string
  /** Who wrote it: the office, or the applicant. */
  side: 'office' | 'applicant'
  /** To the office: the officer, 'staff:sana'. */
  by?: string
  text: string
  sentAt: string
  readAt?: string
}

interface Known {
  row: CaseRow
  service: PublicService
  life: LifeRow
  lines: TimelineRow[]
  proposed: ExtensionRow | undefined
  messages: MessageRow[]
  relations: RelationRow[]
  open(row: { person: string }, sealed: Buffer | null): Promise<Json>
}

export async function toLife(
  known: Known,
  calendar: Calendar,
  now: Date,
  side: 'office' | 'applicant',
): Promise<LifeView> {
  const { row, service, life, lines, proposed, messages, relations, open } = known
  const isDecided = lines.some(({ kind }) => kind === 'decided' || kind === 'deemed')
  return {
    ...clockOf(known, now),
    ...(proposed === undefined ? {} : { proposedExtension: toProposed(proposed) }),
    messages: await Promise.all(
      messages.map(async (message) => ({
        id: message.id,
        side: message.side,
        ...(side === 'office' ? { by: message.author } : {}),
        text: ((await open(message, message.body)) as { text: string }).text,
        sentAt: message.sentAt.toISOString(),
        ...(message.readAt === null ? {} : { readAt: message.readAt.toISOString() }),
      })),
    ),
    relations: relations.map(({ other, otherReference, otherService, otherTenant, kind }) => ({
      caseId: other,
      reference: otherReference,
      service: otherService,
      authority: otherTenant,
      kind,
    })),
    ...appealOf(row, service, calendar, now),
    ...(life.appealed === null ? {} : { appealed: life.appealed }),
    isSuspended: life.suspendedBy !== null,
    canWithdraw: canWithdraw(row, service, isDecided),
    roles: rolesOf(row, lines),
    ...(life.destroyOn === null && life.heldSince === null
      ? {}
      : {
          archive: {
            ...(life.destroyOn === null ? {} : { destroyOn: life.destroyOn.toISOString() }),
            held: life.heldSince !== null,
          },
        }),
  }
}

/** Before the decision: not while the process only carries out what was decided. */
export function canWithdraw(row: CaseRow, { withdrawal }: PublicService, isDecided: boolean): boolean {
  return row.status !== 'closed' && withdrawal?.not !== true && !(isDecided && row.waitsFor === null)
}

/** How the decision on this case can be contested, and until when; undefined if it cannot. */
export function appealOf(
  row: Pick<CaseRow, 'result' | 'closedAt'>,
  { appeal }: Pick<PublicService, 'appeal'>,
  calendar: Calendar,
  now: Date,
): Pick<LifeView, 'appeal'> {
  if (appeal === undefined || row.closedAt === null || !appeal.results.includes(row.result ?? '')) return {}
  const until = calendar.deadline(row.closedAt, appeal.within)
  return {
    appeal: {
      until: until.toISOString(),
      isOpen: now <= until,
      to: appeal.to,
      by: appeal.by,
      suspends: appeal.suspends,
      ...(appeal.law === undefined ? {} : { law: appeal.law }),
    },
  }
}

function clockOf({ row, service, life, lines, proposed }: Known, now: Date): Pick<LifeView, 'clock'> {
  const rules = clockRules(service, life.variant)
  if (rules === undefined) return {}
  const isOver = row.breachedAt !== null || (row.pausedAt === null && row.deadline !== null && row.deadline <= now)
  const { extend } = rules
  const mayExtend =
    extend !== undefined &&
    row.deadline !== null &&
    row.status !== 'closed' &&
    !isOver &&
    life.extended < extend.times &&
    proposed === undefined
  const waits = row.deadline === null && row.status !== 'closed' && startsWhenComplete(service)
  return {
    clock: {
      term: row.term ?? rules.term,
      ...(rules.law === undefined ? {} : { law: rules.law }),
      onBreach: rules.onBreach,
      waitsForCompleteness: waits,
      history: clockHistory(rules, lines, startsWhenComplete(service)),
      ...(mayExtend
        ? {
            extension: {
              by: extend.by,
              reasons: extend.reasons ?? [],
              needs: extend.needs ?? 'reasons',
              ...(extend.law === undefined ? {} : { law: extend.law }),
            },
          }
        : {}),
    },
  }
}

function toProposed({ id, term, reason, law, askedAt }: ExtensionRow): NonNullable<LifeView['proposedExtension']> {
  return { id, term, reason, ...(law === null ? {} : { law }), askedAt: askedAt.toISOString() }
}

/** From what is written of them; each once. */
function rolesOf(row: CaseRow, lines: TimelineRow[]): LifeView['roles'] {
  const roles = new Map<string, LifeView['roles'][number]>()
  const add = (role: LifeView['roles'][number]['role'], id: string) => roles.set(`${role} ${id}`, { role, id })
  add('authority', row.tenant)
  add('applicant', 'applicant')
  for (const { actor, kind } of lines) {
    const isStaff = actor.startsWith('staff:')
    if (actor.startsWith('representative:')) add('representative', actor)
    if (isStaff && kind === 'decided') add('decider', actor)
    else if (isStaff && kind !== 'note') add('handler', actor)
    if (actor === 'law' && kind === 'deemed') add('decider', 'law')
  }
  return [...roles.values()]
}

/** What is read of it, with everything else of the case. */
export async function lifeRows(sql: Sql, id: string) {
  const store = lifeStore(sql)
  const [life, proposed, messages, relations] = await Promise.all([
    store.lifeOf(id),
    store.extensionProposed(id),
    store.messagesOf(id),
    store.relationsOf(id),
  ])
  return { life: life!, proposed, messages, relations }
}
