// How records are changed: under a key that makes twice once, on a version that nobody has overtaken, with history kept.
import { createHash } from 'node:crypto'
import type { Consent, DataUse } from '@ashlar/consent'
import type { Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import { type Pairwise, uuidOf, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Context, Database, Sql } from '@ashlar/kernel/sql'
import { type Access, isRefused, judgeAccess, type Permission } from './access.ts'
import { find, planOf } from './finding.ts'
import {
  AccessRefused,
  IdentifierTaken,
  NothingToWrite,
  RecordMovedOn,
  RecordNotFound,
  RecordNotSingle,
  RecordNotValid,
  WriteKeyReused,
} from './problems.ts'
import { orUnavailable, SECTOR } from './reading.ts'
import type { Register, Values } from './register.ts'
import type { Registers } from './registers.ts'
import { type RecordRow, registryStore } from './store.ts'

export interface Write {
  /** The same key again is the same change, done once. */
  key: string
  register: string
  /** What finds the record to change; absent or empty: a new record. */
  by?: Values
  /** Fields and their new values; null takes a value away. */
  set: Values
  /** The version on which the change is based; absent: whatever it is now. */
  version?: number
  access: Access
  context: Context
}

export interface Written {
  id: string
  version: number
}

export interface WritingNeeds {
  sql: Database
  clock: Clock
  events: Events
  pairwise: Pairwise
  registers: Registers
  consent: Pick<Consent, 'permits' | 'recordAll'>
}

/** A change that may be made: the row as it was and as it will be. */
interface Change {
  before?: RecordRow
  after: RecordRow
}

export function createWriting({ sql, clock, events, pairwise, registers, consent }: WritingNeeds) {
  const permit = async (register: Register, write: Write): Promise<Permission> => {
    const { access, context } = write
    const request = { register, fields: Object.keys(write.set), access, context, act: 'write' as const }
    const permission = await orUnavailable(judgeAccess(consent.permits, request))
    if (!isRefused(permission)) return permission
    const basis = access.agreement === undefined ? ('role' as const) : ('agreement' as const)
    await log(write, { reader: permission.reader, basis, law: '' }, 'refused', [])
    throw AccessRefused(permission.refused)
  }

  const log = (
    { key, register, set, by, access, context }: Write,
    permission: Omit<Permission, 'as'>,
    outcome: DataUse['outcome'],
    persons: string[],
  ) => {
    const agreement = permission.agreement ?? access.agreement
    const use: DataUse = {
      ...(outcome === 'written' ? { key: `write ${key}` } : {}),
      outcome,
      reader: permission.reader,
      register,
      fields: Object.keys(set),
      persons,
      shown: persons.length,
      filter: isEmpty(by) ? 'a new record' : `by ${Object.keys(by).join(', ')}`,
      ...(agreement === undefined ? {} : { agreement }),
      basis: permission.basis,
      purpose: access.purpose,
      law: permission.law,
      ...(access.case === undefined ? {} : { case: access.case }),
      ...(access.reason === undefined ? {} : { reason: access.reason }),
      context,
    }
    return orUnavailable(consent.recordAll([use]))
  }

  /** Refuses what must not be; with `lock` the record stays as it is until the transaction ends. */
  const prepare = async (sql: Sql, register: Register, write: Write, permission: Permission, lock: boolean) => {
    const { by, set, version, access, context } = write
    const before = isEmpty(by) ? undefined : await findOne(sql, register, by, lock)
    if (before && version !== undefined && version !== before.version) throw RecordMovedOn(before.version)
    const values = merged(before?.values ?? newValues(register, write.key), set)
    if (before && isSame(values, before.values)) return { before, after: before }
    const faults = register.faultsOf(values)
    if (faults.length > 0) throw RecordNotValid(register.id, faults)
    if (before && register.idOf(values) !== register.idOf(before.values)) throw RecordNotValid(register.id, [ID_FIXED])
    const now = clock.now()
    const person = register.personOf(values)
    const after: RecordRow = {
      id: before?.id ?? register.idOf(values) ?? uuidv7(),
      register: register.id,
      tenant: register.authority,
      person: person === undefined ? null : pairwise.of(SECTOR, person),
      values,
      version: (before?.version ?? 0) + 1,
      valid_from: before?.valid_from ?? now,
      valid_until: null,
      changed_at: now,
      changed_by: actorOf(context, pairwise),
      purpose: access.purpose,
      law: permission.law,
      reason: access.reason ?? access.case ?? null,
      trace: context.trace,
    }
    return { ...(before ? { before } : {}), after }
  }

  const findOne = async (sql: Sql, register: Register, by: Values, lock: boolean): Promise<RecordRow> => {
    const store = registryStore(sql)
    const [found, other] = await find(store, register, planOf(register, { by, limit: 2 }), clock.now())
    if (other) throw RecordNotSingle(register.id)
    // Read again under the lock: it may have changed while we waited for it.
    const record = found && lock ? await store.lock(found.id) : found
    if (!record) throw RecordNotFound(register.id)
    return record
  }

  const commit = async (register: Register, write: Write, permission: Permission): Promise<Written> =>
    sql.begin(permission.as, async (sql) => {
      const done = await doneBefore(sql, write)
      if (done) return done
      const change = await prepare(sql, register, write, permission, true)
      const { id, version, tenant } = change.after
      await keep(sql, register, change)
      const command = { key: write.key, tenant, request: hashOf(write), record: id, version, at: clock.now() }
      await registryStore(sql).insertCommand(command)
      return { id, version }
    })

  const keep = async (sql: Sql, register: Register, { before, after }: Change): Promise<void> => {
    if (after === before) return
    const store = registryStore(sql)
    await (before ? store.update(after) : store.insert(after))
    const entries = register.entriesOf(after.values)
    if (!before || before.person !== after.person || !isSame(entries, register.entriesOf(before.values)))
      await store.replaceEntries(after, entries)
    const record = pairwise.of(SECTOR, after.id)
    const fields = changedFields(before?.values ?? {}, after.values)
    const data = { register: register.id, record, version: after.version, fields }
    await events.publish(sql, { type: 'registries.changed', key: `${record}:${after.version}`, data })
  }

  return {
    async write(write: Write): Promise<Written> {
      if (Object.keys(write.set).length === 0) throw NothingToWrite()
      const register = await registers.get(write.register)
      const permission = await permit(register, write)
      const first = await sql.begin(permission.as, async (sql) => {
        const done = await doneBefore(sql, write)
        return done ?? (await prepare(sql, register, write, permission, false))
      })
      if ('id' in first) return first

      // Written down before it is done, as with reading: nothing happens to a person's record that their log lacks.
      const persons = [first.before?.person, first.after.person].flatMap((person) => person ?? [])
      await log(
        write,
        permission,
        'written',
        [...new Set(persons)].map((person) => pairwise.back(SECTOR, person)),
      )
      try {
        return await commit(register, write, permission)
      } catch (error) {
        const constraint = (error as { constraint?: string }).constraint
        // Somebody did the same at the same moment: now it is there to be seen.
        if (constraint === 'command_pkey') return commit(register, write, permission)
        if (constraint === 'entry_sole' || constraint === 'record_pkey') {
          const done = await sql.begin(permission.as, (sql) => doneBefore(sql, write))
          if (done) return done
          throw IdentifierTaken(register.id)
        }
        throw error
      }
    },
  }
}

async function doneBefore(sql: Sql, write: Write): Promise<Written | undefined> {
  const done = await registryStore(sql).findCommand(write.key)
  if (done && done.request !== hashOf(write)) throw WriteKeyReused()
  return done && { id: done.record, version: done.version }
}

/** A register that gives its records an id gives one to a new record, the same however often it is tried. */
function newValues({ ownId }: Register, key: string): Values {
  return ownId === undefined ? {} : { [ownId]: uuidOf(`record ${key}`) }
}

const ID_FIXED = { pointer: '/id', code: 'fixed', message: 'a record keeps its id' }

function actorOf({ actor }: Context, pairwise: Pairwise): string {
  return `${actor.kind}:${actor.kind === 'person' ? pairwise.of(SECTOR, actor.id) : actor.id}`
}

function isEmpty(by: Values | undefined): by is undefined {
  return by === undefined || Object.keys(by).length === 0
}

function merged(values: Values, set: Values): Values {
  return Object.fromEntries(Object.entries({ ...values, ...set }).filter(([, value]) => value !== null))
}

function changedFields(before: Values, after: Values): string[] {
  return Object.keys({ ...before, ...after }).filter((field) => !isSame(before[field], after[field]))
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))
}

/** jsonb gives keys back in an order of its own. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  )
}

function hashOf({ register, by, set, version, access }: Write): string {
  const change = [register, by ?? {}, set, version ?? 0, access]
  return createHash('sha256')
    .update(JSON.stringify(sorted(change)))
    .digest('hex')
}
