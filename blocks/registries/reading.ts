// The door through which records are read: permission, reading, an entry in the log, and only then the data.
import type { Consent, DataUse } from '@ashlar/consent'
import type { Clock } from '@ashlar/kernel/clock'
import type { Pairwise } from '@ashlar/kernel/identifiers'
import { isProblem, type Problem } from '@ashlar/kernel/problem'
import type { Context, Database } from '@ashlar/kernel/sql'
import { type Access, isRefused, judgeAccess, type Permission } from './access.ts'
import { type FoundRow, filterOf, find, planOf, type Selection } from './finding.ts'
import { createGuessing } from './guessing.ts'
import { AccessRefused, DataUseLogUnavailable, NotIndexed, NotYourRecords, RecordNotFound } from './problems.ts'
import type { Register, Values } from './register.ts'
import type { Registers } from './registers.ts'
import { type RecordRow, registryStore } from './store.ts'

export interface LookUp extends Selection {
  register: string
  /** The fields to give out, no others. */
  fields: string[]
  access: Access
  context: Context
  /** The same look-up again after a crash is one use. */
  key?: string
}

export interface LookUpAnswer {
  /** The best first where somebody was searched for. */
  records: FoundRecord[]
  count: number
  /** 0 to 1; 0 if nobody is like. */
  bestScore: number
  /** The entry in the log of data uses. */
  use: string
  at: string
}

export interface FoundRecord {
  id: string
  /** The fields that were asked for; null where the record has none. */
  values: Values
  version: number
  /** Since when the record is as it is. */
  at: string
  score?: number
}

export interface HistoryRequest {
  register: string
  id: string
  fields: string[]
  access: Access
  context: Context
}

export interface RecordVersion {
  version: number
  values: Values
  at: string
  /** 'staff:sana', 'system:workflow'; persons by the register's own pairwise id. */
  by: string
  purpose: string
  law: string
  reason?: string
}

/** Records whose date lies between two days, both included: only which, so that nobody's data is used yet. */
export interface Dated {
  register: string
  /** An indexed date. */
  field: string
  from: string
  until: string
  access: Access
  context: Context
  /** The last id of the page before. */
  after?: string
  limit?: number
}

export interface OwnRecords {
  register: string
  authority: string
  records: FoundRecord[]
}

export interface ReadingNeeds {
  sql: Database
  clock: Clock
  pairwise: Pairwise
  registers: Registers
  consent: Pick<Consent, 'permits' | 'recordAll'>
}

export const SECTOR = 'registries'

interface Permitted {
  request: LookUp
  register: Register
  plan: ReturnType<typeof planOf>
  permission: Permission
}

export function createReading({ sql, clock, pairwise, registers, consent }: ReadingNeeds) {
  const guessing = createGuessing(sql)
  const record = (uses: DataUse[]) => orUnavailable(consent.recordAll(uses))

  const permit = async (request: LookUp): Promise<Permitted> => {
    const register = await registers.get(request.register)
    const plan = planOf(register, request)
    const permission = await orUnavailable(judgeAccess(consent.permits, { ...request, register, act: 'read' }))
    if (!isRefused(permission)) {
      if (permission.isBearer) await guessing.take(register, request.by ?? {})
      return { request, register, plan, permission }
    }
    const { refused, reader } = permission
    await record([toUse(request, { reader, basis: request.access.agreement ? 'agreement' : 'role' }, 'refused', [], 0)])
    throw AccessRefused(refused)
  }

  /** Look-ups of one kind in one round trip. */
  const readAll = async (permitted: Permitted[]): Promise<FoundRow[][]> =>
    sql.read((permitted[0] as Permitted).permission.as, (sql) => {
      const store = registryStore(sql)
      return Promise.all(permitted.map(({ register, plan }) => find(store, register, plan, clock.now())))
    })

  const useOf = ({ request, permission }: Permitted, rows: RecordRow[]): DataUse => {
    const shown = rows.flatMap(({ person }) => (person === null ? [] : [pairwise.back(SECTOR, person)]))
    // Where no record says whose it is, the use concerns the one for whom it was made.
    const { actor, subject } = request.context
    const concerned = actor.kind === 'anonymous' || subject === undefined ? [] : [subject]
    const outcome = rows.length === 0 ? 'nothing-found' : 'read'
    return toUse(request, permission, outcome, shown.length > 0 ? shown : concerned, rows.length)
  }

  const toAnswer = ({ request }: Permitted, rows: FoundRow[], use: string): LookUpAnswer => ({
    records: rows.map((row) => toFound(row, request.fields)),
    count: rows.length,
    bestScore: Math.max(0, ...rows.map(({ score }) => score ?? 0)),
    use,
    at: clock.now().toISOString(),
  })

  const lookUpAll = async (requests: LookUp[]): Promise<(LookUpAnswer | Problem)[]> => {
    const permitted = await Promise.all(requests.map((request) => permit(request).catch(onlyProblem)))
    const going = permitted.filter((item): item is Permitted => !isProblem(item))
    const rows = new Map<Permitted, FoundRow[]>()
    for (const group of Map.groupBy(going, ({ permission }) => keyOfContext(permission.as)).values()) {
      const found = await readAll(group)
      for (const [i, item] of group.entries()) rows.set(item, found[i] as FoundRow[])
    }
    for (const { request, register, permission } of going.filter((item) => rows.get(item)?.length))
      if (permission.isBearer) await guessing.giveBack(register, request.by ?? {})
    const uses = await recordEach(going.map((item) => useOf(item, rows.get(item) as FoundRow[])))
    const answers = new Map(
      going.map((item, i) => {
        const use = uses[i] as string | Problem
        return [item, isProblem(use) ? use : toAnswer(item, rows.get(item) as FoundRow[], use)] as const
      }),
    )
    return permitted.map((item) => (isProblem(item) ? item : (answers.get(item) as LookUpAnswer | Problem)))
  }

  /** All together; if that is refused, one by one, so that one which is not covered any more does not spoil the others. */
  const recordEach = async (uses: DataUse[]): Promise<(string | Problem)[]> => {
    const together = await record(uses).catch(onlyProblem)
    if (!isProblem(together)) return together
    if (uses.length === 1) return [together]
    return Promise.all(uses.map((use) => record([use]).then(([id]) => id as string, onlyProblem)))
  }

  return {
    lookUpAll,

    async lookUp(request: LookUp): Promise<LookUpAnswer> {
      const [answer] = await lookUpAll([request])
      if (isProblem(answer)) throw answer
      return answer as LookUpAnswer
    },

    async dated({
      register: name,
      field,
      from,
      until,
      access,
      context,
      after,
      limit = 500,
    }: Dated): Promise<{ id: string; date: string }[]> {
      const register = await registers.get(name)
      if (register.fields[field]?.is !== 'date' || !register.isIndexed(field)) throw NotIndexed(name, [field])
      const request = { register, fields: [field], access, context, act: 'read' as const }
      const permission = await orUnavailable(judgeAccess(consent.permits, request))
      if (isRefused(permission)) throw AccessRefused(permission.refused)
      const rows = await sql.read(permission.as, (sql) =>
        registryStore(sql).dated(name, { field, from, until, after: after ?? null }, limit),
      )
      return rows.map(({ record, value }) => ({ id: record, date: value }))
    },

    async history({ id, ...request }: HistoryRequest): Promise<{ versions: RecordVersion[]; use: string }> {
      const permitted = await permit({ ...request, by: { id } })
      const rows = await sql.begin(permitted.permission.as, (sql) => registryStore(sql).history(request.register, id))
      const [use] = await record([{ ...useOf(permitted, rows), filter: 'history of a record' }])
      if (rows.length === 0) throw RecordNotFound(request.register)
      return { versions: rows.map((row) => toVersion(row, request.fields)), use: use as string }
    },

    async mine(person: string, context: Context): Promise<OwnRecords[]> {
      if (context.subject !== person) throw NotYourRecords()
      const open = (await registers.list()).filter(({ access }) => access.self.length > 0)
      const ids = open.map(({ id }) => id)
      const all = await sql.begin(context, (sql) =>
        registryStore(sql).ofPerson(pairwise.of(SECTOR, person), ids, clock.now()),
      )
      const owned = open
        .map((register) => ({ register, rows: all.filter((row) => row.register === register.id) }))
        .filter(({ rows }) => rows.length > 0)
      await record(owned.map(({ register, rows }) => ownUse(register, rows.length, person, context)))
      return owned.map(({ register, rows }) => ({
        register: register.id,
        authority: register.authority,
        records: rows.map((row) => toFound(row, register.access.self)),
      }))
    },
  }
}

/** Look-ups whose database sees the same rows may share a transaction. */
function keyOfContext({ tenant, subject }: Context): string {
  return `${tenant ?? ''} ${subject ?? ''}`
}

function onlyProblem(error: unknown): Problem {
  if (isProblem(error)) return error
  throw error
}

/** Without the log, no data. */
export async function orUnavailable<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    if (isProblem(error)) throw error
    throw Object.assign(DataUseLogUnavailable(), { cause: error })
  }
}

function toUse(
  request: LookUp,
  permission: Pick<Permission, 'reader' | 'basis'> & Partial<Pick<Permission, 'law' | 'agreement'>>,
  outcome: DataUse['outcome'],
  persons: string[],
  shown: number,
): DataUse {
  const { access, context, fields, key, register } = request
  const agreement = permission.agreement ?? access.agreement
  return {
    ...(key === undefined ? {} : { key }),
    outcome,
    reader: permission.reader,
    register,
    fields,
    persons,
    shown,
    filter: filterOf(request),
    ...(agreement === undefined ? {} : { agreement }),
    basis: permission.basis,
    purpose: access.purpose,
    law: permission.law ?? '',
    ...(access.case === undefined ? {} : { case: access.case }),
    ...(access.reason === undefined ? {} : { reason: access.reason }),
    context,
  }
}

function ownUse(register: Register, shown: number, person: string, context: Context): DataUse {
  return {
    outcome: 'read',
    reader: register.authority,
    register: register.id,
    fields: register.access.self,
    persons: [person],
    shown,
    filter: 'all records about one person',
    basis: 'own-data',
    purpose: 'my-data',
    law: register.law.join(', '),
    context,
  }
}

function pick(values: Values, fields: string[]): Values {
  return Object.fromEntries(fields.map((field) => [field, values[field] ?? null]))
}

function toFound(row: FoundRow, fields: string[]): FoundRecord {
  return {
    id: row.id,
    values: pick(row.values, fields),
    version: row.version,
    at: row.changed_at.toISOString(),
    ...(row.score === undefined ? {} : { score: row.score }),
  }
}

function toVersion(row: RecordRow, fields: string[]): RecordVersion {
  return {
    version: row.version,
    values: pick(row.values, fields),
    at: row.changed_at.toISOString(),
    by: row.changed_by,
    purpose: row.purpose,
    law: row.law,
    ...(row.reason === null ? {} : { reason: row.reason }),
  }
}
