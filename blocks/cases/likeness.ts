// Keyed hashes of an application, by which the same one, or one about the same thing, is found again without reading any.
import { type Pairwise, uuidOf } from '@ashlar/kernel/identifiers'
import type { Content } from './content.ts'

const SECTOR = 'cases likeness'

/**
 * `answersDigest`: the same service with the same answers. `objectDigest`: the same record of a register that is found by
 * something else than who applies (a plate, a parcel). Keyed, so that nobody learns the answers from a copy of the table.
 */
export function likeness(
  service: string,
  { applicant, answers, evidence }: Content,
  pairwise: Pick<Pairwise, 'of'>,
): { applicantKind: string; answersDigest: string; objectDigest: string | null } {
  const digest = (text: string) => pairwise.of(SECTOR, uuidOf(text))
  const things = Object.values(evidence)
    .filter(({ fact, by }) => fact !== null && !isAboutApplicant(by, applicant.id))
    .map(({ register, by }) => `${register} ${by}`)
    .sort()
  return {
    applicantKind: applicant.kind,
    answersDigest: digest(`${service} ${stable(answers)}`),
    objectDigest: things[0] === undefined ? null : digest(things[0]),
  }
}

/** Guests have no id, and what was looked up by nothing is no thing. */
function isAboutApplicant(by: string, applicant: string | null): boolean {
  return by === '{}' || (applicant !== null && by.includes(applicant))
}

/** The same whatever the order in which questions were answered. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
