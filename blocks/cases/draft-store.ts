// SQL of drafts and of what becomes of them when they are sent.
import type { Sql } from '@ashlar/kernel/sql'
import type { Json } from './case.ts'

export interface DraftRow {
  id: string
  service: string
  serviceVersion: string
  tenant: string
  person: string
  anonymous: boolean
  about: string | null
  channel: string
  language: string
  state: 'open' | 'submitted' | 'discarded' | 'expired'
  version: number
  content: Buffer | null
  codeUntil: Date | null
  startedAt: Date
  savedAt: Date
  expiresAt: Date
}

export interface Submission {
  draft: string
  draftVersion: number
  application: string
  caseId: string
  reference: string
  service: string
  serviceVersion: string
  content: Buffer
  by: string
  term: string | null
  deadline: Date | null
  /** When its clock matters first. */
  nextAt: Date | null
  reminded: number
  variant: number | null
  onlyOne: string | null
  at: Date
  timeline: string
  timelineData: Json
  /** Id of the line in the timeline of the case that it contests. */
  contestation: string
  applicantKind: string
  answersDigest: string
  objectDigest: string | null
}

export interface ReceiptRow {
  caseId: string
  application: string
  reference: string
  service: string
  serviceVersion: string
  tenant: string
  submittedAt: Date
  deadline: Date | null
}

export const draftStore = (sql: Sql) => ({
  insert: (row: DraftRow) => sql`
    insert into cases.draft (id, service, service_version, tenant, person, anonymous, about, channel, language, state,
      version, content, started_at, saved_at, expires_at)
    values (${row.id}, ${row.service}, ${row.serviceVersion}, ${row.tenant}, ${row.person}, ${row.anonymous},
      ${row.about}, ${row.channel}, ${row.language}, ${row.state}, ${row.version}, ${row.content}, ${row.startedAt},
      ${row.savedAt}, ${row.expiresAt})
    on conflict (id) do nothing`,

  hasCase: async (id: string, person: string): Promise<boolean> => {
    const rows = await sql`select 1 from cases.case where id = ${id} and person = ${person}`
    return rows.length === 1
  },

  find: async (id: string, person: string): Promise<DraftRow | undefined> => {
    const rows = await sql<DraftRow>`
      select id, service, service_version as "serviceVersion", tenant, person, anonymous, about, channel, language, state,
        version, content, code_until as "codeUntil", started_at as "startedAt", saved_at as "savedAt",
        expires_at as "expiresAt"
      from cases.draft where id = ${id} and person = ${person}`
    return rows[0]
  },

  openOf: (person: string, limit: number) => sql<DraftRow>`
    select id, service, service_version as "serviceVersion", tenant, person, anonymous, about, channel, language, state,
      version, null as content, code_until as "codeUntil", started_at as "startedAt", saved_at as "savedAt",
      expires_at as "expiresAt"
    from cases.draft where person = ${person} and state = 'open' order by saved_at desc limit ${limit}`,

  /** False if it is not at that version, or not open, any more. */
  save: async (draft: {
    id: string
    version: number
    serviceVersion: string
    language: string
    content: Buffer
    at: Date
    expiresAt: Date
  }): Promise<boolean> => {
    const rows = await sql`
      update cases.draft set version = version + 1, service_version = ${draft.serviceVersion}, content = ${draft.content},
        language = ${draft.language}, saved_at = ${draft.at}, expires_at = ${draft.expiresAt}
      where id = ${draft.id} and version = ${draft.version} and state = 'open' returning id`
    return rows.length === 1
  },

  setCode: async (id: string, code: string, until: Date): Promise<boolean> => {
    const rows = await sql`
      update cases.draft set code = ${code}, code_until = ${until} where id = ${id} and state = 'open' returning id`
    return rows.length === 1
  },

  /** Takes the code: it is used once. */
  takeByCode: async (code: string, at: Date): Promise<DraftRow | undefined> => {
    const rows = await sql<DraftRow>`
      update cases.draft set code = null, code_until = null
      where code = ${code} and code_until > ${at} and state = 'open' and expires_at > ${at}
      returning id, service, service_version as "serviceVersion", tenant, person, anonymous, about, channel, language, state,
        version, content, code_until as "codeUntil", started_at as "startedAt", saved_at as "savedAt",
        expires_at as "expiresAt"`
    return rows[0]
  },

  moveTo: (id: string, person: string, anonymous: boolean, content: Buffer) => sql`
    update cases.draft set person = ${person}, anonymous = ${anonymous}, content = ${content}, version = version + 1
    where id = ${id} and state = 'open'`,

  discard: (id: string, person: string) => sql`
    update cases.draft set state = 'discarded', content = null, code = null
    where id = ${id} and person = ${person} and state = 'open'`,

  /** Drafts that nobody came back to: what they hold is let go. */
  expire: async (at: Date, limit: number): Promise<number> => {
    const rows = await sql`
      update cases.draft set state = 'expired', content = null, code = null
      where id in (select id from cases.draft where state = 'open' and expires_at <= ${at} order by expires_at limit ${limit}
        for update skip locked)
      returning id`
    return rows.length
  },

  /**
   * Draft, application, case and the first line of its timeline in one statement. Undefined if the draft was sent or
   * saved meanwhile: of two at once, the second waits for the first and then finds it sent.
   */
  submit: async (s: Submission): Promise<ReceiptRow | undefined> => {
    const rows = await sql<ReceiptRow>`
      with sent as (
        update cases.draft set state = 'submitted', content = null, code = null, saved_at = ${s.at}
        where id = ${s.draft} and version = ${s.draftVersion} and state = 'open'
        returning id, tenant, person, anonymous, about, channel, language
      ), application as (
        insert into cases.application (id, case_id, draft, reference, service, service_version, tenant, person, anonymous,
          channel, language, content, submitted_by, submitted_at)
        select ${s.application}::uuid, ${s.caseId}::uuid, id, ${s.reference}, ${s.service}, ${s.serviceVersion}, tenant,
          person, anonymous, channel, language, ${s.content}::bytea, ${s.by}, ${s.at}::timestamptz
        from sent
      ), told as (
        insert into cases.timeline (id, case_id, tenant, person, at, kind, audience, actor, data)
        select ${s.timeline}::uuid, ${s.caseId}::uuid, tenant, person, ${s.at}::timestamptz, 'submitted', 'all', ${s.by},
          ${sql.json(s.timelineData)}::jsonb
        from sent
      ), contested as (
        insert into cases.timeline (id, case_id, tenant, person, at, kind, audience, actor, data)
        select ${s.contestation}::uuid, c.id, c.tenant, c.person, ${s.at}::timestamptz, 'contested', 'all', ${s.by},
          ${sql.json({ reference: s.reference })}::jsonb
        from sent join cases.case c on c.id = sent.about
      )
      insert into cases.case (id, reference, service, service_version, tenant, person, anonymous, about, status, version,
        term, deadline, submitted_at, next_at, reminded, variant, only_one, applicant_kind, answers_digest, object_digest)
      select ${s.caseId}::uuid, ${s.reference}, ${s.service}, ${s.serviceVersion}, tenant, person, anonymous, about,
        'received', 1, ${s.term}::text, ${s.deadline}::timestamptz, ${s.at}::timestamptz,
        ${s.nextAt}::timestamptz, ${s.reminded}::smallint, ${s.variant}::smallint, ${s.onlyOne}::uuid, ${s.applicantKind},
        ${s.answersDigest}::uuid, ${s.objectDigest}::uuid
      from sent
      returning id as "caseId", ${s.application}::uuid as application, reference, service,
        service_version as "serviceVersion", tenant, submitted_at as "submittedAt", deadline`
    return rows[0]
  },

  /** The open case about what only one may be about. */
  runningAbout: async (onlyOne: string): Promise<{ reference: string; submittedAt: Date } | undefined> => {
    const rows = await sql<{ reference: string; submittedAt: Date }>`
      select reference, submitted_at as "submittedAt" from cases.case where only_one = ${onlyOne} and closed_at is null`
    return rows[0]
  },

  /** As if it had not been begun. */
  remove: (id: string, person: string) => sql`
    delete from cases.draft where id = ${id} and person = ${person} and state = 'open'`,

  receiptOf: async (draft: string, person: string): Promise<ReceiptRow | undefined> => {
    const rows = await sql<ReceiptRow>`
      select c.id as "caseId", a.id as application, a.reference, a.service, a.service_version as "serviceVersion", a.tenant,
        a.submitted_at as "submittedAt", c.deadline
      from cases.application a join cases.case c on c.id = a.case_id
      where a.draft = ${draft} and a.person = ${person}`
    return rows[0]
  },
})
