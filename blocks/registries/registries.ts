// Registries: registers declared by a schema; one door to read them, which writes who, why and under which law.
import type { Consent } from '@ashlar/consent'
import type { Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import type { Pairwise } from '@ashlar/kernel/identifiers'
import type { Problem } from '@ashlar/kernel/problem'
import type { Context, Database } from '@ashlar/kernel/sql'
import type { PopulationRecipe } from './population/population.ts'
import {
  createReading,
  type Dated,
  type HistoryRequest,
  type LookUp,
  type LookUpAnswer,
  type OwnRecords,
  type RecordVersion,
} from './reading.ts'
import type { RegisterDeclaration } from './register.ts'
import { createRegisters } from './registers.ts'
import { createSeeding, type SeedReport } from './seeding.ts'
import { createWriting, type Write, type Written } from './writing.ts'

export interface Registries {
  /** Makes these the registers of the country. The same again changes nothing; records of a register that ends are kept. */
  publish(registers: RegisterDeclaration[]): Promise<{ published: string[]; ended: string[] }>
  registers(): Promise<RegisterDeclaration[]>

  /**
   * The only way to read records. Asks whether an agreement (or a role) covers it, reads, commits the use into the log of
   * the persons shown, and only then gives the fields that were asked for, and no others. Throws AccessRefused (403),
   * DataUseLogUnavailable (503), NotIndexed and FieldNotFound (422).
   */
  lookUp(request: LookUp): Promise<LookUpAnswer>
  /** Many look-ups in few round trips; each has its own answer or its own refusal, in the order of the requests. */
  lookUpAll(requests: LookUp[]): Promise<(LookUpAnswer | Problem)[]>
  /**
   * Which records have a date in a span, by id, for those who look every day; no field of them is given out, so it is no
   * use of anybody's data. Throws AccessRefused (403), NotIndexed (422).
   */
  dated(request: Dated): Promise<{ id: string; date: string }[]>
  /** A record with all its earlier versions, the latest first; a use like any other. */
  history(request: HistoryRequest): Promise<{ versions: RecordVersion[]; use: string }>
  /** What the registers hold about the person who asks, or for whom they act; a use that their own log names. */
  mine(person: string, context: Context): Promise<OwnRecords[]>

  /**
   * Changes a record, or makes one; the version before is kept. The same key twice is one change. Throws RecordMovedOn,
   * IdentifierTaken (409), RecordNotValid, WriteKeyReused (422).
   */
  write(write: Write): Promise<Written>

  /** Fills the registers with invented people. The same recipe twice changes nothing. */
  seed(recipe: PopulationRecipe): Promise<SeedReport>
}

export interface RegistryNeeds {
  sql: Database
  clock: Clock
  events: Events
  pairwise: Pairwise
  consent: Pick<Consent, 'permits' | 'recordAll'>
}

export function createRegistries(needs: RegistryNeeds): Registries {
  const registers = createRegisters(needs.sql, needs.clock)
  return {
    publish: registers.publish,
    registers: async () => (await registers.list()).map(({ declaration }) => declaration),
    ...createReading({ ...needs, registers }),
    ...createWriting({ ...needs, registers }),
    ...createSeeding({ ...needs, registers }),
  }
}
