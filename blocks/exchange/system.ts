// The systems of agencies, as they are declared: where each is, by which key it is known, what it hears and may tell.

export interface AgencySystem {
  agency: string
  /** Its id within the agency; X-Road calls it a subsystem. */
  system: string
  /** Where messages are sent; undefined while nobody has said. */
  address?: string
  /** `x` of its Ed25519 key. */
  key?: string
  /** Messages that it takes. */
  hears: string[]
  /** Events that it may tell us of, and what becomes of each. */
  tells: Record<string, Tells>
}

export interface Tells {
  /** Facts in which the system names somebody by a register's own number: they become the id of the person. */
  persons: Record<string, { register: string; by: string; agreement: string; purpose: string }>
  /** The agency's own register in which it is written down, found by this field. */
  writes?: { register: string; key: string; agreement: string; purpose: string }
  /** The fact by which the same news is known when it is told again. */
  key?: string
}

export function nameOf({ agency, system }: Pick<AgencySystem, 'agency' | 'system'>): string {
  return `${agency}/${system}`
}
