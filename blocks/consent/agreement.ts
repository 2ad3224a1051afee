// A data agreement: which agency may read which fields of a register, for which purposes, under which law. Pure.

export interface DataAgreement {
  id: string
  /** The agency that may read. */
  reader: string
  /** The agency that keeps the register. */
  authority: string
  register: string
  fields: string[]
  /** Fields that the reader may also write. */
  writes: string[]
  purposes: string[]
  law: string
  /** law: the law allows it. consent: each person must have consented, too. */
  basis: 'law' | 'consent'
  /** ISO 8601 days or instants; `validUntil` is the first moment when it no longer holds. */
  validFrom?: string
  validUntil?: string
}

export interface PublishedAgreement extends DataAgreement {
  version: number
  publishedAt: Date
}

/** What somebody wants to do to records of a register. */
export interface AccessRequest {
  agreement: string
  register: string
  fields: string[]
  purpose: string
  act: 'read' | 'write'
  /** The agency that asks; absent when a person asks without an agency, and the agreement's own reader serves them. */
  reader?: string
}

export type AgreementVerdict =
  | { permitted: true; agreement: PublishedAgreement }
  | { permitted: false; reason: AgreementRefusal; detail: string }

export type AgreementRefusal =
  | 'no-agreement'
  | 'not-valid-now'
  | 'other-reader'
  | 'other-register'
  | 'other-purpose'
  | 'other-fields'

export function judge(agreement: PublishedAgreement | undefined, request: AccessRequest, now: Date): AgreementVerdict {
  const no = (reason: AgreementRefusal, detail: string): AgreementVerdict => ({ permitted: false, reason, detail })

  if (!agreement) return no('no-agreement', `There is no agreement '${request.agreement}'.`)
  if (!isValidAt(agreement, now)) return no('not-valid-now', `The agreement '${agreement.id}' is not valid now.`)
  if (agreement.register !== request.register)
    return no('other-register', `The agreement '${agreement.id}' is about '${agreement.register}'.`)
  if (request.reader !== undefined && agreement.reader !== request.reader)
    return no('other-reader', `The agreement '${agreement.id}' is not with '${request.reader}'.`)
  if (!agreement.purposes.includes(request.purpose))
    return no('other-purpose', `The agreement '${agreement.id}' does not serve the purpose '${request.purpose}'.`)
  const allowed = request.act === 'read' ? agreement.fields : agreement.writes
  const others = request.fields.filter((field) => !allowed.includes(field))
  if (others.length > 0)
    return no('other-fields', `The agreement '${agreement.id}' does not let ${request.act}: ${others.join(', ')}.`)
  return { permitted: true, agreement }
}

function isValidAt({ validFrom, validUntil }: DataAgreement, now: Date): boolean {
  return (!validFrom || new Date(validFrom) <= now) && (!validUntil || new Date(validUntil) > now)
}
