// SQL of workflow: many rows a statement, since many instances move in one transaction.
import type { Sql } from '@ashlar/kernel/sql'
import type { Json } from './graph.ts'
import type { State } from './state.ts'

export type InstanceStatus = 'running' | 'suspended' | 'ended' | 'cancelled'
export type CommandState = 'pending' | 'waiting' | 'done' | 'failed' | 'cancelled'

export interface InstanceRow {
  id: string
  key: string
  caseId: string
  service: string
  version: string
  tenant: string
  person: string
  status: InstanceStatus
  state: State
  facts: Buffer
  revision: number
  result: string | null
  startedAt: Date
  movedAt: Date
  endedAt: Date | null
}

export interface CommandRow {
  key: string
  instance: string
  step: string
  tenant: string
  person: string
  input: Buffer
  onExpiry: Json
  due: Date | null
  detached: boolean
  state: CommandState
}

/** A command beside what of its instance the step is told. */
export interface CommandToRun extends CommandRow {
  caseId: string
  service: string
  version: string
}

export interface HistoryRow {
  instance: string
  revision: number
  tenant: string
  person: string
  at: Date
  happening: Json
  path: string[]
}

export interface IncidentRow {
  id: string
  instance: string
  caseId: string
  service: string
  tenant: string
  person: string
  key: string
  step: string | null
  code: string
  detail: string
  raisedAt: Date
  mendedAt: Date | null
}

export interface AwaitedRow {
  key: string
  instance: string
  tenant: string
  person: string
  service: string
  /** null: a signal. */
  correlation: string | null
  name: string
}

export interface MessageRow {
  id: string
  sentAs: string
  name: string
  correlation: string
  tenant: string
  content: Buffer
  expiresAt: Date
}

export const workflowStore = (sql: Sql) => ({
  /** Gives the ids of those that are new; the others' keys have started before. */
  async insertInstances(rows: InstanceRow[]): Promise<Set<string>> {
    const columns = {
      id: 'uuid',
      key: 'text',
      case_id: 'uuid',
      service: 'text',
      version: 'text',
      tenant: 'text',
      person: 'uuid',
      status: 'text',
      state: 'jsonb',
      facts: 'bytea',
      revision: 'integer',
      result: 'text',
      started_at: 'timestamptz',
      ended_at: 'timestamptz',
    }
    const inserted = await sql<{ id: string }>`
      insert into workflow.instance (id, key, case_id, service, version, tenant, person, status, state, facts, revision,
        result, started_at, moved_at, ended_at)
      select id, key, case_id, service, version, tenant, person, status, state, facts, revision,
        result, started_at, started_at, ended_at
      from ${sql.unnest(columns, rows)}
      order by key
      on conflict (key) do nothing
      returning id`
    return new Set(inserted.map(({ id }) => id))
  },

  idsOf: (keys: string[]) => sql<{ key: string; id: string }>`
    select key, id from workflow.instance where key = any(${keys})`,

  /** In the order of their ids, so that two batches never wait for each other in a circle. */
  lockInstances: (ids: string[]) => sql<InstanceRow>`
    select id, key, case_id as "caseId", service, version, tenant, person, status, state, facts, revision, result,
      started_at as "startedAt", moved_at as "movedAt", ended_at as "endedAt"
    from workflow.instance where id = any(${ids}) order by id for update`,

  findInstance: async (id: string): Promise<InstanceRow | undefined> => {
    const rows = await sql<InstanceRow>`
      select id, key, case_id as "caseId", service, version, tenant, person, status, state, facts, revision, result,
        started_at as "startedAt", moved_at as "movedAt", ended_at as "endedAt"
      from workflow.instance where id = ${id}`
    return rows[0]
  },

  instancesOf: (caseId: string) => sql<InstanceRow>`
    select id, key, case_id as "caseId", service, version, tenant, person, status, state, facts, revision, result,
      started_at as "startedAt", moved_at as "movedAt", ended_at as "endedAt"
    from workflow.instance where case_id = ${caseId} order by started_at, id`,

  /** `facts` null: they have not changed. */
  async updateInstances(rows: (Omit<InstanceRow, 'facts'> & { facts: Buffer | null })[]): Promise<void> {
    if (rows.length === 0) return
    const columns = {
      id: 'uuid',
      status: 'text',
      version: 'text',
      state: 'jsonb',
      facts: 'bytea',
      revision: 'integer',
      result: 'text',
      moved_at: 'timestamptz',
      ended_at: 'timestamptz',
    }
    await sql`
      update workflow.instance as i set status = rows.status, version = rows.version, state = rows.state, facts = coalesce(rows.facts, i.facts),
        revision = rows.revision, result = rows.result, moved_at = rows.moved_at, ended_at = rows.ended_at
      from ${sql.unnest(columns, rows)} where i.id = rows.id`
  },

  /** A command that is asked for again, after it failed, becomes pending again. */
  async insertCommands(rows: CommandRow[], at: Date): Promise<void> {
    if (rows.length === 0) return
    const columns = {
      key: 'text',
      instance: 'uuid',
      step: 'text',
      tenant: 'text',
      person: 'uuid',
      input: 'bytea',
      on_expiry: 'jsonb',
      due: 'timestamptz',
      detached: 'boolean',
    }
    await sql`
      insert into workflow.command (key, instance, step, tenant, person, input, on_expiry, due, detached, state, asked_at)
      select key, instance, step, tenant, person, input, on_expiry, due, detached, 'pending', ${at}::timestamptz
      from ${sql.unnest(columns, rows)}
      on conflict (key) do update set state = 'pending', input = excluded.input, due = excluded.due, ended_at = null
        where workflow.command.state in ('failed', 'pending')`
  },

  commandsIn: (keys: string[], states: CommandState[]) => sql<CommandToRun>`
    select c.key, c.instance, c.step, c.tenant, c.person, c.input, c.on_expiry as "onExpiry", c.due, c.detached, c.state,
      i.case_id as "caseId", i.service, i.version
    from workflow.command c join workflow.instance i on i.id = c.instance
    where c.key = any(${keys}) and c.state = any(${states}) and (c.state <> 'pending' or i.status <> 'suspended')`,

  /** Ends commands that have not ended; gives the keys of those that it ended. To be called with their instances locked. */
  async endCommands(rows: { key: string; state: CommandState; outcome: Buffer | null }[], at: Date) {
    if (rows.length === 0) return new Set<string>()
    const ended = await sql<{ key: string }>`
      update workflow.command as c set state = rows.state, outcome = rows.outcome, ended_at = ${at}
      from ${sql.unnest({ key: 'text', state: 'text', outcome: 'bytea' }, rows)}
      where c.key = rows.key and c.state in ('pending', 'waiting', 'failed')
      returning c.key`
    return new Set(ended.map(({ key }) => key))
  },

  async insertAwaited(rows: AwaitedRow[], at: Date): Promise<void> {
    if (rows.length === 0) return
    const columns = {
      key: 'text',
      instance: 'uuid',
      tenant: 'text',
      person: 'uuid',
      service: 'text',
      correlation: 'uuid',
      name: 'text',
    }
    await sql`
      insert into workflow.awaited (key, instance, tenant, person, service, correlation, name, since)
      select key, instance, tenant, person, service, correlation, name, ${at}::timestamptz
      from ${sql.unnest(columns, rows)}
      on conflict (key) do nothing`
  },

  async deleteAwaited(keys: string[]): Promise<void> {
    if (keys.length > 0) await sql`delete from workflow.awaited where key = any(${keys})`
  },

  /** Who waits for messages of these names and keys: of each service the one that waits longest. */
  awaitedBy: (messages: { name: string; correlation: string; tenant: string }[]) => sql<AwaitedRow>`
    select distinct on (a.name, a.correlation, a.service) a.key, a.instance, a.tenant, a.person, a.service,
      a.correlation, a.name
    from ${sql.unnest({ name: 'text', correlation: 'uuid', tenant: 'text' }, messages)}
    join workflow.awaited a on a.name = rows.name and a.correlation = rows.correlation
      and (rows.tenant = '*' or a.tenant = rows.tenant)
    order by a.name, a.correlation, a.service, a.since, a.key`,

  /** Those that wait for a signal, from a key on. */
  signalled: (name: string, tenant: string, after: string, limit: number) => sql<{ key: string; instance: string }>`
    select key, instance from workflow.awaited
    where name = ${name} and correlation is null and key > ${after} and (${tenant} = '*' or tenant = ${tenant})
    order by key limit ${limit}`,

  /** Gives the ids of those that are new. */
  async insertMessages(rows: MessageRow[], at: Date): Promise<Set<string>> {
    if (rows.length === 0) return new Set()
    const columns = {
      id: 'uuid',
      sent_as: 'text',
      name: 'text',
      correlation: 'uuid',
      tenant: 'text',
      content: 'bytea',
      expires_at: 'timestamptz',
    }
    const inserted = await sql<{ id: string }>`
      insert into workflow.message (id, sent_as, name, correlation, tenant, content, sent_at, expires_at)
      select id, sent_as, name, correlation, tenant, content, ${at}::timestamptz, expires_at
      from ${sql.unnest(columns, rows)}
      order by sent_as
      on conflict (sent_as) do nothing
      returning id`
    return new Set(inserted.map(({ id }) => id))
  },

  /** Locks them, so that a message is taken once; those that were taken or have expired are left out. */
  openMessages: (ids: string[], at: Date) => sql<MessageRow>`
    select id, sent_as as "sentAs", name, correlation, tenant, content, expires_at as "expiresAt"
    from workflow.message where id = any(${ids}) and taken_at is null and expires_at >= ${at}
    order by id for update`,

  /** Messages that came before anybody waited for them, the oldest first. */
  messagesFor: (awaited: { name: string; correlation: string | null }[], at: Date) => sql<{ id: string }>`
    select m.id from ${sql.unnest({ name: 'text', correlation: 'uuid' }, awaited)}
    join workflow.message m on m.name = rows.name and m.correlation = rows.correlation
    where m.taken_at is null and m.expires_at >= ${at} order by m.id`,

  async takeMessages(ids: string[], at: Date): Promise<void> {
    if (ids.length > 0) await sql`update workflow.message set taken_at = ${at} where id = any(${ids})`
  },

  /** What its sender may send again is forgotten with it: after its time nothing waits for it. */
  expireMessages: (at: Date, limit: number) => sql<{ id: string }>`
    delete from workflow.message where id in
      (select id from workflow.message where expires_at < ${at} order by expires_at limit ${limit}) returning id`,

  async insertDeferred(rows: { id: string; instance: string; tenant: string; person: string; happening: Buffer }[]) {
    if (rows.length === 0) return
    const columns = { id: 'uuid', instance: 'uuid', tenant: 'text', person: 'uuid', happening: 'bytea' }
    await sql`
      insert into workflow.deferred (id, instance, tenant, person, happening)
      select id, instance, tenant, person, happening from ${sql.unnest(columns, rows)}`
  },

  takeDeferred: (instance: string) => sql<{ id: string; happening: Buffer }>`
    delete from workflow.deferred where instance = ${instance} returning id, happening`,

  /** Commands that nobody runs while their instance is suspended. */
  pendingOf: (instance: string) => sql<{ key: string; step: string }>`
    select key, step from workflow.command where instance = ${instance} and state = 'pending'`,

  async setStatus(instance: string, status: InstanceStatus): Promise<void> {
    await sql`update workflow.instance set status = ${status} where id = ${instance}`
  },

  /** Open instances, in the order of their ids. */
  openInstances: (where: { service: string; version: string | null; after: string | null; limit: number }) =>
    sql<InstanceRow>`
    select id, key, case_id as "caseId", service, version, tenant, person, status, state, facts, revision, result,
      started_at as "startedAt", moved_at as "movedAt", ended_at as "endedAt"
    from workflow.instance
    where status in ('running', 'suspended') and service = ${where.service}
      and (${where.version}::text is null or version = ${where.version})
      and id > coalesce(${where.after}::uuid, '00000000-0000-0000-0000-000000000000')
    order by id limit ${where.limit}`,

  listInstances: (where: {
    service?: string
    version?: string
    status?: string
    after?: string
    newest: boolean
    limit: number
  }) => sql<InstanceRow>`
    select id, key, case_id as "caseId", service, version, tenant, person, status, state, facts, revision, result,
      started_at as "startedAt", moved_at as "movedAt", ended_at as "endedAt"
    from workflow.instance
    where (${where.service ?? null}::text is null or service = ${where.service ?? null})
      and (${where.version ?? null}::text is null or version = ${where.version ?? null})
      and (${where.status ?? null}::text is null or status = ${where.status ?? null})
      and (${where.after ?? null}::uuid is null or id > ${where.after ?? null})
    order by case when ${where.newest} then id end desc, id limit ${where.limit}`,

  /** Incidents of tokens that went on otherwise. */
  async mendAt(keys: string[], by: string, at: Date): Promise<void> {
    if (keys.length === 0) return
    await sql`
      update workflow.incident set mended_at = ${at}, mended_by = ${by} where key = any(${keys}) and mended_at is null`
  },

  keepHistoryMonths: (first: Date, months: number) => sql`
    select workflow.keep_history_months(${first.toISOString().slice(0, 10)}::date, ${months}::integer)`,

  async hasCommand(key: string): Promise<boolean> {
    const rows = await sql`select 1 from workflow.command where key = ${key}`
    return rows.length > 0
  },

  /** A failed command that nothing in the process waits for is to be run again. */
  async reopenCommand(key: string): Promise<{ step: string; service: string } | undefined> {
    const [row] = await sql<{ step: string; service: string }>`
      update workflow.command as c set state = 'pending', ended_at = null from workflow.instance i
      where c.key = ${key} and c.state = 'failed' and c.detached and i.id = c.instance
      returning c.step, i.service`
    return row
  },

  /** Gives those that really wait now, with the end of their term: some may have been completed meanwhile. */
  letWait: (rows: { key: string; until: string | null }[]) => sql<{
    key: string
    instance: string
    due: Date | null
    expires: boolean
    caseId: string
    service: string
    step: string
  }>`
    update workflow.command as c set state = 'waiting', due = coalesce(rows.until, c.due)
    from ${sql.unnest({ key: 'text', until: 'timestamptz' }, rows)}, workflow.instance i
    where c.key = rows.key and c.state in ('pending', 'waiting') and i.id = c.instance
    returning c.key, c.instance, c.due, c.on_expiry is not null as expires, i.case_id as "caseId", i.service,
      c.step`,

  async insertHistory(rows: HistoryRow[]): Promise<void> {
    if (rows.length === 0) return
    const columns = {
      instance: 'uuid',
      revision: 'integer',
      tenant: 'text',
      person: 'uuid',
      at: 'timestamptz',
      happening: 'jsonb',
      path: 'text',
    }
    const told = rows.map((row) => ({ ...row, path: row.path.join(' ') }))
    await sql`
      insert into workflow.history (instance, revision, tenant, person, at, happening, path)
      select instance, revision, tenant, person, at, happening, string_to_array(path, ' ')
      from ${sql.unnest(columns, told)}`
  },

  historyOf: (instances: string[]) => sql<HistoryRow>`
    select instance, revision, tenant, person, at, happening, path
    from workflow.history where instance = any(${instances}) order by instance, revision`,

  /** Gives the ids of those that are new: a piece of work has one open incident. */
  async insertIncidents(rows: Omit<IncidentRow, 'mendedAt'>[]): Promise<Set<string>> {
    if (rows.length === 0) return new Set()
    const columns = {
      id: 'uuid',
      instance: 'uuid',
      case_id: 'uuid',
      service: 'text',
      tenant: 'text',
      person: 'uuid',
      key: 'text',
      step: 'text',
      code: 'text',
      detail: 'text',
      raised_at: 'timestamptz',
    }
    const inserted = await sql<{ id: string }>`
      insert into workflow.incident (id, instance, case_id, service, tenant, person, key, step, code, detail, raised_at)
      select id, instance, case_id, service, tenant, person, key, step, code, detail, raised_at
      from ${sql.unnest(columns, rows)}
      on conflict (key) where mended_at is null do nothing
      returning id`
    return new Set(inserted.map(({ id }) => id))
  },

  openIncidents: (tenant: string | null, after: string | null, limit: number) => sql<IncidentRow>`
    select id, instance, case_id as "caseId", service, tenant, person, key, step, code, detail,
      raised_at as "raisedAt", mended_at as "mendedAt"
    from workflow.incident
    where mended_at is null and (${tenant}::text is null or tenant = ${tenant}) and id > coalesce(${after}::uuid, '00000000-0000-0000-0000-000000000000')
    order by id limit ${limit}`,

  /** Undefined if it is not open. */
  mendIncident: async (id: string, by: string, at: Date): Promise<IncidentRow | undefined> => {
    const rows = await sql<IncidentRow>`
      update workflow.incident set mended_at = ${at}, mended_by = ${by}
      where id = ${id} and mended_at is null
      returning id, instance, case_id as "caseId", service, tenant, person, key, step, code, detail,
        raised_at as "raisedAt", mended_at as "mendedAt"`
    return rows[0]
  },
})
