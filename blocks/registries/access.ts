// Who may read or write which fields of a register: an agreement, a role at the register's own agency, or a bearer. Pure
// but for the question to consent.
import type { AgreementVerdict, Consent, DataUse } from '@ashlar/consent'
import type { Context } from '@ashlar/kernel/sql'
import { FieldNotFound, ReasonNeeded } from './problems.ts'
import type { Register, Values } from './register.ts'

/** Why somebody wants to use a register. */
export interface Access {
  /** The data agreement that covers it; without one, an officer of the register's own agency acts by role. */
  agreement?: string
  purpose: string
  /** Public reference of the case. */
  case?: string
  /** Instead of a case: what the officer says why. The person will see it. */
  reason?: string
}

/** What was permitted: by whom it is read, on what ground, and as whom the database is asked. */
export interface Permission {
  reader: string
  basis: DataUse['basis']
  law: string
  agreement?: string
  /** The agency that keeps the register answers; or only the person's own rows are seen. */
  as: Context
  /** Given because all bearer fields were named: not yet known whether rightly. */
  isBearer?: boolean
}

export interface AccessRequest {
  register: Register
  fields: string[]
  /** What the record is found by, where it is found by keys. */
  by?: Values
  act: 'read' | 'write'
  access: Access
  context: Context
}

/** Gives the permission, or why not: a refusal is written into the log, too. */
export async function judgeAccess(
  permits: Consent['permits'],
  request: AccessRequest,
): Promise<Permission | { refused: string; reader: string }> {
  const { register, fields, access, context } = request
  const unknown = fields.filter((field) => !Object.hasOwn(register.fields, field))
  if (unknown.length > 0) throw FieldNotFound(register.id, unknown)
  if (access.agreement === undefined) return byRole(request)

  const verdict = await permits({
    agreement: access.agreement,
    register: register.id,
    fields,
    purpose: access.purpose,
    act: request.act,
    ...(context.tenant === null || context.tenant === '*' ? {} : { reader: context.tenant }),
  })
  if (!verdict.permitted) return { refused: verdict.detail, reader: context.tenant ?? register.authority }
  if (context.actor.kind === 'staff') refuseWithoutReason(access)
  return byAgreement(request, verdict)
}

function byAgreement(
  { register, fields, by, act, context }: AccessRequest,
  { agreement }: Extract<AgreementVerdict, { permitted: true }>,
): Permission | { refused: string; reader: string } {
  const ground = {
    reader: agreement.reader,
    agreement: agreement.id,
    basis: agreement.basis === 'consent' ? ('consent' as const) : ('agreement' as const),
    law: agreement.law,
  }
  const refuse = (refused: string) => ({ refused, reader: agreement.reader })

  if (context.tenant !== null) {
    const isPlatform = context.tenant !== '*' || context.actor.kind === 'system'
    return isPlatform ? { ...ground, as: asKeeper(register, context) } : refuse('Only the platform acts for everybody.')
  }
  if (act === 'write') return refuse('A register is changed by an agency, not by a person.')
  // Open facts of things: free moorings, zones on the map.
  const open = register.access.everybody ?? []
  if (fields.every((field) => open.includes(field))) return { ...ground, as: asKeeper(register, context) }
  // Whom a record names as a party sees what it is a party to: an employer the permits of its people.
  const isParty = Object.entries(register.access.parties ?? {}).some(
    ([field, seen]) =>
      hasValue(by, field) && by?.[field] === context.subject && fields.every((one) => seen.includes(one)),
  )
  if (isParty) return { ...ground, as: asKeeper(register, context) }
  const isBearer = register.access.bearer.length > 0 && register.access.bearer.every((field) => hasValue(by, field))
  return isBearer ? { ...ground, as: asKeeper(register, context), isBearer } : { ...ground, as: context }
}

function byRole({
  register,
  fields,
  access,
  context,
}: AccessRequest): Permission | { refused: string; reader: string } {
  const reader = context.tenant ?? register.authority
  if (context.tenant !== register.authority || context.actor.kind !== 'staff')
    return { refused: `Without an agreement, only officers of '${register.authority}' may do this.`, reader }
  const roles = context.roles ?? []
  const allowed = new Set(roles.flatMap((role) => register.access.roles[role] ?? []))
  const others = fields.filter((field) => !allowed.has(field))
  if (others.length > 0) return { refused: `Your roles do not cover: ${others.join(', ')}.`, reader }
  refuseWithoutReason(access)
  return { reader, basis: 'role', law: register.law.join(', '), as: asKeeper(register, context) }
}

/** What a person's log says of an officer is why, not only by which agreement. */
function refuseWithoutReason({ case: reference, reason }: Access): void {
  if (!reference && !reason?.trim()) throw ReasonNeeded()
}

/** The agency that keeps a register is the one that answers from it; row-level security then shows its rows. */
function asKeeper(register: Pick<Register, 'authority'>, context: Context): Context {
  return { ...context, tenant: register.authority, subject: undefined, represented: undefined }
}

function hasValue(by: Values | undefined, field: string): boolean {
  const value = by?.[field]
  return value !== undefined && value !== null && value !== ''
}

export function isRefused(outcome: Permission | { refused: string }): outcome is { refused: string; reader: string } {
  return 'refused' in outcome
}
