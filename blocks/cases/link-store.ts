// SQL of cases that have to do with each other: hints, joined cases, and all cases of a person.
import type { Sql } from '@ashlar/kernel/sql'
import type { CaseStatus } from './case.ts'

export interface RelatedRow {
  id: string
  reference: string
  service: string
  serviceVersion: string
  status: CaseStatus
  result: string | null
  submittedAt: Date
  samePerson: boolean
  sameAnswers: boolean
  sameObject: boolean
  /** The link, where somebody joined the two. */
  link: string | null
  /** Whether this one is decided with the other. */
  follows: boolean
}

export interface LinkRow {
  id: string
  tenant: string
  person: string
  caseId: string
  other: string
  kind: 'joined' | 'related'
  madeBy: string
  madeAt: Date
}

/** No more hints than anybody would look at. */
const MOST = 10

export const linkStore = (sql: Sql) => ({
  /** Open cases that look like this one, and those that are joined to it. Each part is a range of an index. */
  relatedTo: (caseId: string) => sql<RelatedRow>`
    with this as (select * from cases.case where id = ${caseId}),
    found as (
      (select o.id from this join cases.case o on o.person = this.person and o.service = this.service
        and o.tenant = this.tenant and o.id <> this.id and o.closed_at is null
       order by o.submitted_at desc limit ${MOST})
      union
      (select o.id from this join cases.case o on o.tenant = this.tenant and o.object_digest = this.object_digest
        and o.id <> this.id and o.closed_at is null
       limit ${MOST})
      union
      select l.other from this join cases.link l on l.case_id = this.id and l.undone_at is null
      union
      select l.case_id from this join cases.link l on l.other = this.id and l.undone_at is null
    )
    select o.id, o.reference, o.service, o.service_version as "serviceVersion", o.status, o.result,
      o.submitted_at as "submittedAt", o.person = this.person as "samePerson",
      coalesce(o.answers_digest = this.answers_digest, false) as "sameAnswers",
      coalesce(o.object_digest = this.object_digest, false) as "sameObject",
      l.id as link, coalesce(l.other = this.id, false) as follows
    from found join cases.case o on o.id = found.id cross join this
      left join cases.link l on l.undone_at is null
        and ((l.case_id = this.id and l.other = o.id) or (l.case_id = o.id and l.other = this.id))
    order by o.submitted_at desc, o.id limit ${MOST}`,

  insert: (l: LinkRow) => sql`
    insert into cases.link (id, tenant, person, case_id, other, kind, made_by, made_at)
    values (${l.id}, ${l.tenant}, ${l.person}, ${l.caseId}, ${l.other}, ${l.kind}, ${l.madeBy}, ${l.madeAt})`,

  find: async (id: string): Promise<LinkRow | undefined> => {
    const rows = await sql<LinkRow>`
      select id, tenant, person, case_id as "caseId", other, kind, made_by as "madeBy", made_at as "madeAt"
      from cases.link where id = ${id} and undone_at is null`
    return rows[0]
  },

  undo: (id: string, by: string, at: Date) => sql`
    update cases.link set undone_by = ${by}, undone_at = ${at} where id = ${id} and undone_at is null`,

  isJoined: async (ids: string[]): Promise<boolean> => {
    const rows = await sql`
      select 1 from cases.link where undone_at is null and kind = 'joined' and (other = any(${ids}) or case_id = ${ids[1] ?? null})`
    return rows.length > 0
  },

  /** All cases of a person at this agency, the newest first. */
  ofPerson: (tenant: string, person: string, limit: number) => sql<
    Omit<RelatedRow, 'samePerson' | 'sameAnswers' | 'sameObject' | 'link' | 'follows'> & {
      waitsFor: string | null
      closedAt: Date | null
    }
  >`
    select id, reference, service, service_version as "serviceVersion", status, waits_for as "waitsFor", result,
      submitted_at as "submittedAt", closed_at as "closedAt"
    from cases.case where person = ${person} and tenant = ${tenant} order by submitted_at desc, id desc limit ${limit}`,
})
