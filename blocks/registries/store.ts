// SQL of registries: declarations, records with their earlier versions, and the entries that find them.
import type { Sql, SqlPart } from '@ashlar/kernel/sql'
import type { Entry, RegisterDeclaration, Values } from './register.ts'

export interface RecordRow {
  id: string
  register: string
  tenant: string
  person: string | null
  values: Values
  version: number
  valid_from: Date
  valid_until: Date | null
  changed_at: Date
  changed_by: string
  purpose: string
  law: string
  reason: string | null
  trace: string
}

/** A value, or the values between two, of a field by which records are found. */
export type Condition = { field: string; value: string } | { field: string; from: string; before: string }

export interface CommandRow {
  key: string
  request: string
  record: string
  version: number
}

export const registryStore = (sql: Sql) => {
  const columns = sql.part`record.id, record.register, record.tenant, record.person, record.values, record.version,
    record.valid_from, record.valid_until, record.changed_at, record.changed_by, record.purpose, record.law,
    record.reason, record.trace`

  const entriesWith = (register: string, condition: Condition): SqlPart => {
    const value =
      'value' in condition
        ? sql.part`entry.value = ${condition.value}`
        : sql.part`entry.value >= ${condition.from} and entry.value < ${condition.before}`
    return sql.part`
      select entry.record from registries.entry
      where entry.register = ${register} and entry.field = ${condition.field} and ${value}`
  }
  /** The records that meet all conditions. Sets of entries are cut first, so that no plan walks through a register. */
  const meeting = (register: string, [first, ...others]: [Condition, ...Condition[]]): SqlPart =>
    others.reduce(
      (all, condition) => sql.part`${all} intersect ${entriesWith(register, condition)}`,
      entriesWith(register, first),
    )

  return {
    async currentRegisters(): Promise<{ id: string; hash: string; declaration: RegisterDeclaration }[]> {
      return sql`select id, hash, declaration from registries.register where ended_at is null order by id`
    },

    /** One publisher at a time. */
    async lockRegisters(): Promise<void> {
      await sql`select pg_advisory_xact_lock(hashtext('registries.register'))`
    },

    async endRegisters(ids: string[], at: Date): Promise<void> {
      await sql`update registries.register set ended_at = ${at} where id = any(${ids}) and ended_at is null`
    },

    async insertRegister(declaration: RegisterDeclaration, hash: string, at: Date): Promise<void> {
      await sql`
        insert into registries.register (id, version, hash, authority, declaration, published_at)
        select ${declaration.id}, coalesce(max(version), 0) + 1, ${hash}, ${declaration.authority},
          ${sql.json(declaration)}::jsonb, ${at}::timestamptz
        from registries.register where id = ${declaration.id}`
    },

    /** The record with this id, if it is valid now. */
    async findById(register: string, id: string, now: Date): Promise<RecordRow[]> {
      return sql`
        select ${columns} from registries.record
        where record.id = ${id} and record.register = ${register}
          and (record.valid_until is null or record.valid_until > ${now})`
    },

    /** Records that are valid now and meet all conditions. */
    async find(
      register: string,
      conditions: [Condition, ...Condition[]],
      now: Date,
      limit: number,
    ): Promise<RecordRow[]> {
      return sql`
        with found as materialized (${meeting(register, conditions)} limit ${limit})
        select ${columns} from found join registries.record on record.id = found.record
        where record.valid_until is null or record.valid_until > ${now}`
    },

    /** Which records have a value between these two, both included; by id, after that one. */
    async dated(
      register: string,
      span: { field: string; from: string; until: string; after: string | null },
      limit: number,
    ): Promise<{ record: string; value: string }[]> {
      return sql`
        select entry.record, min(entry.value) as value from registries.entry
        where entry.register = ${register} and entry.field = ${span.field}
          and entry.value >= ${span.from} and entry.value <= ${span.until}
          and (${span.after}::uuid is null or entry.record > ${span.after}::uuid)
        group by entry.record order by entry.record limit ${limit}`
    },

    /** Records with any of the values in the field. */
    async withAny(register: string, field: string, values: string[], now: Date, limit: number): Promise<RecordRow[]> {
      return sql`
        with found as materialized (
          select distinct entry.record from registries.entry
          where entry.register = ${register} and entry.field = ${field} and entry.value = any(${values})
          limit ${limit})
        select ${columns} from found join registries.record on record.id = found.record
        where record.valid_until is null or record.valid_until > ${now}`
    },

    /** Records with at least so many of the values in the field. */
    async withSome(
      register: string,
      field: string,
      values: string[],
      least: number,
      now: Date,
      limit: number,
    ): Promise<RecordRow[]> {
      return sql`
        with found as materialized (
          select entry.record from registries.entry
          where entry.register = ${register} and entry.field = ${field} and entry.value = any(${values})
          group by entry.record having count(*) >= ${least}
          limit ${limit})
        select ${columns} from found join registries.record on record.id = found.record
        where record.valid_until is null or record.valid_until > ${now}`
    },

    async ofPerson(person: string, registers: string[], now: Date): Promise<RecordRow[]> {
      return sql`
        select ${columns} from registries.record
        where record.person = ${person} and record.register = any(${registers})
          and (record.valid_until is null or record.valid_until > ${now})
        order by record.register, record.valid_from desc, record.id
        limit 1000`
    },

    /** All earlier versions and the present one, the latest first. */
    async history(register: string, id: string): Promise<RecordRow[]> {
      return sql`
        select ${columns} from registries.record where record.id = ${id} and record.register = ${register}
        union all
        select version.record, version.register, version.tenant, version.person, version.values, version.version,
          version.valid_from, version.valid_until, version.changed_at, version.changed_by, version.purpose, version.law,
          version.reason, version.trace
        from registries.version where version.record = ${id} and version.register = ${register}
        order by version desc`
    },

    /** Nobody else changes it until this transaction ends. */
    async lock(id: string): Promise<RecordRow | undefined> {
      const [row] = await sql<RecordRow>`select ${columns} from registries.record where id = ${id} for update`
      return row
    },

    async insert(row: RecordRow): Promise<void> {
      await sql`
        insert into registries.record (id, register, tenant, person, values, version, valid_from, valid_until, changed_at,
          changed_by, purpose, law, reason, trace)
        values (${row.id}, ${row.register}, ${row.tenant}, ${row.person}, ${sql.json(row.values)}, ${row.version},
          ${row.valid_from}, ${row.valid_until}, ${row.changed_at}, ${row.changed_by}, ${row.purpose}, ${row.law},
          ${row.reason}, ${row.trace})`
    },

    async update(row: RecordRow): Promise<void> {
      await sql`
        update registries.record set person = ${row.person}, values = ${sql.json(row.values)}, version = ${row.version},
          valid_until = ${row.valid_until}, changed_at = ${row.changed_at}, changed_by = ${row.changed_by},
          purpose = ${row.purpose}, law = ${row.law}, reason = ${row.reason}, trace = ${row.trace}
        where id = ${row.id}`
    },

    async replaceEntries(
      row: Pick<RecordRow, 'id' | 'register' | 'tenant' | 'person'>,
      entries: Entry[],
    ): Promise<void> {
      const lines = entries.map((entry) => ({ ...entry, ...about(row) }))
      await sql`delete from registries.entry where record = ${row.id}`
      await sql`
        insert into registries.entry (register, field, value, record, tenant, person, sole)
        select register, field, value, record, tenant, person, sole from ${sql.unnest(entryColumns, lines)}`
    },

    async findCommand(key: string): Promise<CommandRow | undefined> {
      const [row] =
        await sql<CommandRow>`select key, request, record, version from registries.command where key = ${key}`
      return row
    },

    async insertCommand(command: CommandRow & { tenant: string; at: Date }): Promise<void> {
      await sql`
        insert into registries.command (key, tenant, request, record, version, at)
        values (${command.key}, ${command.tenant}, ${command.request}, ${command.record}, ${command.version},
          ${command.at})`
    },

    /** As identity's allowances: one more after `every` milliseconds, `burst` at once. */
    async takeGuess(key: Buffer, every: number, burst: number, now: Date): Promise<boolean> {
      const after = (times: number) => new Date(now.getTime() + every * times)
      await sql`
        delete from registries.guess where key in (
          select key from registries.guess where full_at < ${now} limit 5 for update skip locked)`
      const rows = await sql`
        insert into registries.guess (key, full_at) values (${key}, ${after(1)})
        on conflict (key) do update set full_at = case
          when guess.full_at > ${after(burst + 1)}::timestamptz then excluded.full_at
          else greatest(guess.full_at, ${now}::timestamptz) + ${every}::float8 * interval '1 millisecond' end
        where guess.full_at <= ${after(burst - 1)}::timestamptz or guess.full_at > ${after(burst + 1)}::timestamptz
        returning 1`
      return rows.length > 0
    },

    async giveGuessBack(keys: Buffer[], every: number): Promise<void> {
      await sql`
        update registries.guess set full_at = full_at - ${every}::float8 * interval '1 millisecond'
        where key = any(${keys}::bytea[])`
    },

    /** The day for which the recipe was carried out, if it was. */
    async findSeeding(recipe: string): Promise<{ day: string; records: number } | undefined> {
      const [row] = await sql<{ day: string; records: number }>`
        select day, records from registries.seeding where recipe = ${recipe}`
      return row
    },

    async lockSeeding(): Promise<void> {
      await sql`select pg_advisory_xact_lock(hashtext('registries.seeding'))`
    },

    async insertSeeding(recipe: string, day: string, records: number, at: Date): Promise<void> {
      await sql`insert into registries.seeding (recipe, day, records, at) values (${recipe}, ${day}, ${records}, ${at})`
    },

    /** Many new records at once; those that are there already stay as they are, whatever became of them. */
    async insertAll(rows: RecordRow[], entriesOf: (row: RecordRow) => Entry[]): Promise<number> {
      const inserted = await sql<{ id: string }>`
        insert into registries.record (id, register, tenant, person, values, version, valid_from, changed_at, changed_by,
          purpose, law, trace)
        select id, register, tenant, person, values, version, valid_from, changed_at, changed_by, purpose, law, trace
        from ${sql.unnest(recordColumns, rows)}
        on conflict (id) do nothing
        returning id`
      const isNew = new Set(inserted.map(({ id }) => id))
      const lines = rows
        .filter(({ id }) => isNew.has(id))
        .flatMap((row) => entriesOf(row).map((entry) => ({ ...entry, ...about(row) })))
        // In the order of the index, which is then filled from left to right.
        .sort((a, b) => (a.field < b.field ? -1 : a.field > b.field ? 1 : a.value < b.value ? -1 : 1))
      await sql`
        insert into registries.entry (register, field, value, record, tenant, person, sole)
        select register, field, value, record, tenant, person, sole from ${sql.unnest(entryColumns, lines)}`
      return isNew.size
    },
  }
}

const recordColumns = {
  id: 'uuid',
  register: 'text',
  tenant: 'text',
  person: 'uuid',
  values: 'jsonb',
  version: 'integer',
  valid_from: 'timestamptz',
  changed_at: 'timestamptz',
  changed_by: 'text',
  purpose: 'text',
  law: 'text',
  trace: 'text',
}

const entryColumns = {
  register: 'text',
  field: 'text',
  value: 'text',
  record: 'uuid',
  tenant: 'text',
  person: 'uuid',
  sole: 'boolean',
}

function about(row: Pick<RecordRow, 'id' | 'register' | 'tenant' | 'person'>) {
  return { record: row.id, register: row.register, tenant: row.tenant, person: row.person }
}
