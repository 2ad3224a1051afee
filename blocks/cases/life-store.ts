// SQL of what belongs to a case besides its work: messages, relations, appeals, withdrawal and destruction.
import type { Sql } from '@ashlar/kernel/sql'
import type { Json } from './case.ts'
import type { ExtensionRow } from './clock-store.ts'

export interface LifeRow {
  id: string
  variant: number | null
  extended: number
  suspendedBy: string | null
  appealed: 'confirms' | 'replaces' | 'sends-back' | 'leaves' | null
  destroyOn: Date | null
  heldSince: Date | null
}

export interface MessageRow {
  id: string
  key: string
  caseId: string
  tenant: string
  person: string
  side: 'office' | 'applicant'
  author: string
  body: Buffer
  sentAt: Date
  readAt: Date | null
}

export type RelationKind = 'appeal-against' | 'appealed-by' | 'follows' | 'followed-by' | 'same-subject'

export interface RelationRow {
  caseId: string
  other: string
  kind: RelationKind
  tenant: string
  person: string
  otherReference: string
  otherService: string
  otherTenant: string
  madeBy: string
  madeAt: Date
}

export interface DestructionRow {
  caseId: string
  reference: string
  service: string
  serviceVersion: string
  tenant: string
  result: string | null
  law: string | null
  closedAt: Date
  dueAt: Date
  destroyedAt: Date
}

export const lifeStore = (sql: Sql) => ({
  lifeOf: async (id: string): Promise<LifeRow | undefined> => {
    const rows = await sql<LifeRow>`
      select c.id, c.variant, c.extended, c.suspended_by as "suspendedBy", c.appealed, c.destroy_on as "destroyOn",
        c.held_since as "heldSince"
      from cases.case c where c.id = ${id}`
    return rows[0]
  },

  extensionProposed: async (caseId: string): Promise<ExtensionRow | undefined> => {
    const rows = await sql<ExtensionRow>`
      select e.id, e.case_id as "caseId", e.tenant, e.person, e.term, e.reason, e.law, e.state, e.asked_by as "askedBy",
        e.asked_at as "askedAt", e.ended_at as "endedAt"
      from cases.extension e where e.case_id = ${caseId} and e.state = 'proposed'`
    return rows[0]
  },

  /** The same key again is the message that there is. */
  insertMessage: async (row: Omit<MessageRow, 'readAt'>): Promise<boolean> => {
    const rows = await sql`
      insert into cases.message (id, key, case_id, tenant, person, side, author, body, sent_at)
      values (${row.id}, ${row.key}, ${row.caseId}, ${row.tenant}, ${row.person}, ${row.side}, ${row.author}, ${row.body},
        ${row.sentAt})
      on conflict (key) do nothing returning id`
    return rows.length === 1
  },

  messagesOf: (caseId: string) => sql<MessageRow>`
    select m.id, m.key, m.case_id as "caseId", m.tenant, m.person, m.side, m.author, m.body, m.sent_at as "sentAt",
      m.read_at as "readAt"
    from cases.message m where m.case_id = ${caseId} order by m.sent_at, m.id`,

  /** What the other side wrote. Gives how many were not read before. */
  markRead: async (caseId: string, from: MessageRow['side'], by: string, at: Date): Promise<number> => {
    const rows = await sql`
      update cases.message set read_at = ${at}, read_by = ${by}
      where case_id = ${caseId} and side = ${from} and read_at is null returning id`
    return rows.length
  },

  relationsOf: (caseId: string) => sql<RelationRow>`
    select r.case_id as "caseId", r.other, r.kind, r.tenant, r.person, r.other_reference as "otherReference",
      r.other_service as "otherService", r.other_tenant as "otherTenant", r.made_by as "madeBy", r.made_at as "madeAt"
    from cases.relation r where r.case_id = ${caseId} order by r.made_at, r.other`,

  insertRelations: async (rows: RelationRow[]): Promise<void> => {
    const columns = {
      case_id: 'uuid',
      other: 'uuid',
      kind: 'text',
      tenant: 'text',
      person: 'uuid',
      other_reference: 'text',
      other_service: 'text',
      other_tenant: 'text',
      made_by: 'text',
      made_at: 'timestamptz',
    }
    await sql`
      insert into cases.relation (case_id, other, kind, tenant, person, other_reference, other_service, other_tenant, made_by,
        made_at)
      select case_id, other, kind, tenant, person, other_reference, other_service, other_tenant, made_by, made_at
      from ${sql.unnest(columns, rows)} on conflict (case_id, other, kind) do nothing`
  },

  setSuspended: (id: string, by: string | null) => sql`
    update cases.case set suspended_by = ${by} where id = ${id}`,

  setAppealed: (id: string, effect: LifeRow['appealed']) => sql`
    update cases.case set appealed = ${effect}, suspended_by = null where id = ${id}`,

  /** Whether this officer made a decision that is contested in this case, or that this case makes anew. */
  hasDecidedBefore: async (caseId: string, officer: string): Promise<boolean> => {
    const rows = await sql`
      select 1 from cases.relation r join cases.decision d on d.case_id = r.other
      where r.case_id = ${caseId} and r.kind in ('appeal-against', 'follows') and d.decided_by = ${officer} limit 1`
    return rows.length > 0
  },

  /** The same application once more, as another case; again changes nothing. */
  insertAgain: async (again: {
    from: string
    caseId: string
    application: string
    reference: string
    term: string | null
    deadline: Date | null
    nextAt: Date | null
    reminded: number
    variant: number | null
    at: Date
    timeline: string
    data: Json
  }): Promise<boolean> => {
    const rows = await sql`
      with again as (
        insert into cases.case (id, reference, service, service_version, tenant, person, anonymous, status, version, term,
          deadline, submitted_at, next_at, reminded, variant)
        select ${again.caseId}::uuid, ${again.reference}, c.service, c.service_version, c.tenant, c.person, c.anonymous,
          'received', 1, ${again.term}::text, ${again.deadline}::timestamptz, ${again.at}::timestamptz,
          ${again.nextAt}::timestamptz, ${again.reminded}::smallint, ${again.variant}::smallint
        from cases.case c where c.id = ${again.from}
        on conflict (id) do nothing returning id, reference, tenant, person
      ), told as (
        insert into cases.timeline (id, case_id, tenant, person, at, kind, audience, actor, data)
        select ${again.timeline}::uuid, id, tenant, person, ${again.at}::timestamptz, 'submitted', 'all', 'law',
          ${sql.json(again.data)}::jsonb
        from again
      )
      insert into cases.application (id, case_id, reference, service, service_version, tenant, person, anonymous, channel,
        language, content, submitted_by, submitted_at)
      select ${again.application}::uuid, again.id, again.reference, a.service, a.service_version, a.tenant, a.person,
        a.anonymous, a.channel, a.language, a.content, a.submitted_by, ${again.at}::timestamptz
      from again, cases.application a where a.case_id = ${again.from} returning id`
    return rows.length === 1
  },

  setDestructions: (ends: { id: string; on: Date }[]) => sql`
    update cases.case c set destroy_on = ends.destroy_on
    from (
      select id, destroy_on from ${sql.unnest(
        { id: 'uuid', destroy_on: 'timestamptz' },
        ends.map(({ id, on }) => ({ id, destroyOn: on })),
      )} order by id
    ) as ends
    where c.id = ends.id and c.closed_at is not null`,

  setHeld: (id: string, since: Date | null) => sql`
    update cases.case set held_since = ${since} where id = ${id}`,

  dueForDestruction: (at: Date, limit: number) => sql<Omit<DestructionRow, 'law' | 'destroyedAt'> & { person: string }>`
    select c.id as "caseId", c.reference, c.service, c.service_version as "serviceVersion", c.tenant, c.person, c.result,
      c.closed_at as "closedAt", c.destroy_on as "dueAt"
    from cases.case c where c.destroy_on <= ${at} and c.held_since is null order by c.destroy_on, c.id limit ${limit}`,

  destroy: async (ids: string[], at: Date): Promise<string[]> => {
    const rows = await sql<{ id: string }>`select destroyed as id from cases.destroy(${ids}, ${at}) as destroyed`
    return rows.map(({ id }) => id)
  },

  insertDestructions: async (rows: DestructionRow[]): Promise<void> => {
    if (rows.length === 0) return
    const columns = {
      case_id: 'uuid',
      reference: 'text',
      service: 'text',
      service_version: 'text',
      tenant: 'text',
      result: 'text',
      law: 'text',
      closed_at: 'timestamptz',
      due_at: 'timestamptz',
      destroyed_at: 'timestamptz',
    }
    await sql`
      insert into cases.destruction (case_id, reference, service, service_version, tenant, result, law, closed_at, due_at,
        destroyed_at)
      select case_id, reference, service, service_version, tenant, result, law, closed_at, due_at, destroyed_at
      from ${sql.unnest(columns, rows)} on conflict (case_id) do nothing`
  },

  destructionsOf: (tenant: string, limit: number) => sql<DestructionRow>`
    select d.case_id as "caseId", d.reference, d.service, d.service_version as "serviceVersion", d.tenant, d.result, d.law,
      d.closed_at as "closedAt", d.due_at as "dueAt", d.destroyed_at as "destroyedAt"
    from cases.destruction d where d.tenant = ${tenant} order by d.destroyed_at desc, d.case_id limit ${limit}`,

  /** Whether anything of this person is still here. */
  holdsSomethingOf: async (person: string): Promise<boolean> => {
    const rows = await sql`
      select 1 where exists (select 1 from cases.case where person = ${person})
        or exists (select 1 from cases.draft where person = ${person} and state = 'open')`
    return rows.length > 0
  },
})
