// SQL of consent: agreements, consents, uses and questions.
import type { Sql } from '@ashlar/kernel/sql'
import type { DataAgreement, PublishedAgreement } from './agreement.ts'
import type { UseBasis, UseOutcome } from './data-use.ts'

/** One use of one person's data; a use that found nobody has no person. */
export interface UseRow {
  use: string
  person: string | null
  tenant: string
  at: Date
  outcome: UseOutcome
  register: string
  fields: string[]
  filter: string | null
  shown: number
  agreement: string | null
  basis: UseBasis
  purpose: string
  law: string
  case_reference: string | null
  reason: string | null
  actor: string
  officer: string | null
  role: string | null
  represented: string | null
  channel: string
  trace: string
}

/** A line of the log, as it is read; `line` counts in the order of the database. */
export interface SeenUse extends UseRow {
  line: number
  question: 'asked' | 'answered' | null
}

export interface QuestionRow {
  id: string
  use: string
  person: string
  tenant: string
  state: 'asked' | 'answered'
  question: Buffer
  asked_at: Date
  answer: Buffer | null
  answered_at: Date | null
  answered_by: string | null
}

export interface ConsentRow {
  id: string
  person: string
  agreement: string
  agency: string
  purpose: string
  given_at: Date
  expires_at: Date | null
  withdrawn_at: Date | null
  channel: string
}

interface AgreementRow {
  id: string
  version: number
  hash: string
  reader: string
  authority: string
  register: string
  fields: string[]
  writes: string[]
  purposes: string[]
  law: string
  basis: DataAgreement['basis']
  valid_from: Date | null
  valid_until: Date | null
  published_at: Date
}

const useColumns = {
  use: 'uuid',
  person: 'uuid',
  tenant: 'text',
  at: 'timestamptz',
  outcome: 'text',
  register: 'text',
  fields: 'jsonb',
  filter: 'text',
  shown: 'integer',
  agreement: 'text',
  basis: 'text',
  purpose: 'text',
  law: 'text',
  case_reference: 'text',
  reason: 'text',
  actor: 'text',
  officer: 'text',
  role: 'text',
  represented: 'text',
  channel: 'text',
  trace: 'text',
}

export const consentStore = (sql: Sql) => ({
  async currentAgreements(): Promise<(PublishedAgreement & { hash: string })[]> {
    const rows = await sql<AgreementRow>`
      select id, version, hash, reader, authority, register, fields, writes, purposes, law, basis, valid_from,
        valid_until, published_at
      from consent.agreement where ended_at is null order by id`
    return rows.map(toAgreement)
  },

  /** One publisher at a time. */
  async lockAgreements(): Promise<void> {
    await sql`select pg_advisory_xact_lock(hashtext('consent.agreement'))`
  },

  async endAgreements(ids: string[], at: Date): Promise<void> {
    await sql`update consent.agreement set ended_at = ${at} where id = any(${ids}) and ended_at is null`
  },

  async insertAgreement(agreement: DataAgreement, hash: string, at: Date): Promise<void> {
    await sql`
      insert into consent.agreement (id, version, hash, reader, authority, register, fields, writes, purposes, law, basis,
        valid_from, valid_until, published_at)
      select ${agreement.id}, coalesce(max(version), 0) + 1, ${hash}, ${agreement.reader}, ${agreement.authority},
        ${agreement.register}, ${agreement.fields}::text[], ${agreement.writes}::text[], ${agreement.purposes}::text[],
        ${agreement.law}, ${agreement.basis}, ${agreement.validFrom ?? null}::timestamptz,
        ${agreement.validUntil ?? null}::timestamptz, ${at}::timestamptz
      from consent.agreement where id = ${agreement.id}`
  },

  /**
   * Records the uses if a valid agreement covers each of them at this moment, or none; gives how many are covered. Judged
   * again in the statement that records, so that nothing slips through between the question and the answer.
   */
  async insertUses(rows: UseRow[]): Promise<number> {
    const [count] = await sql<{ covered: number }>`
      with asked as (select * from ${sql.unnest(useColumns, rows)}),
      covered as (
        select asked.*, agreement.version as agreement_version
        from asked
        left join consent.agreement on agreement.id = asked.agreement and agreement.ended_at is null
          and (agreement.valid_from is null or agreement.valid_from <= asked.at)
          and (agreement.valid_until is null or agreement.valid_until > asked.at)
        where asked.agreement is null or asked.outcome = 'refused'
          or agreement.register = asked.register and agreement.reader = asked.tenant
            and asked.purpose = any(agreement.purposes)
            and array(select jsonb_array_elements_text(asked.fields))
              <@ case asked.outcome when 'written' then agreement.writes else agreement.fields end
            and (agreement.basis <> 'consent' or asked.person is null or exists (
              select from consent.consent
              where consent.person = asked.person and consent.agreement = asked.agreement
                and consent.purpose = asked.purpose and consent.withdrawn_at is null
                and (consent.expires_at is null or consent.expires_at > asked.at)))
      ),
      kept as (
        insert into consent.use (use, person, tenant, at, outcome, register, fields, filter, shown, agreement,
          agreement_version, basis, purpose, law, case_reference, reason, actor, officer, role, represented, channel,
          trace)
        select use, person, tenant, at, outcome, register,
          array(select jsonb_array_elements_text(fields)), filter, shown, agreement, agreement_version, basis, purpose,
          law, case_reference, reason, actor, officer, role, represented, channel, trace
        from covered
        where (select count(*) from covered) = ${rows.length}
        on conflict do nothing
      )
      select count(*)::integer as covered from covered`
    return count?.covered ?? 0
  },

  async usesOf(person: string, after: { at: string; line: string }, limit: number): Promise<SeenUse[]> {
    return sql`
      select use.line, use.use, use.person, use.tenant, use.at, use.outcome, use.register, use.fields, use.filter,
        use.shown, use.agreement, use.basis, use.purpose, use.law, use.case_reference, use.reason, use.actor,
        use.officer, use.role, use.represented, use.channel, use.trace, question.state as question
      from consent.use
      left join consent.question on question.use = use.use and question.person = use.person
      where use.person = ${person} and (use.at, use.line) < (${after.at}::timestamptz, ${after.line}::bigint)
      order by use.at desc, use.line desc
      limit ${limit}`
  },

  async findUse(use: string, person: string): Promise<Pick<UseRow, 'use' | 'tenant'> | undefined> {
    const [row] = await sql<Pick<UseRow, 'use' | 'tenant'>>`
      select use, tenant from consent.use where use = ${use} and person = ${person}`
    return row
  },

  /** The same person asks about the same use once; asking again gives the first question. */
  async insertQuestionOnce(question: Pick<QuestionRow, 'id' | 'use' | 'person' | 'tenant' | 'question' | 'asked_at'>) {
    const inserted = await sql<QuestionRow>`
      insert into consent.question (id, use, person, tenant, state, question, asked_at)
      values (${question.id}, ${question.use}, ${question.person}, ${question.tenant}, 'asked', ${question.question},
        ${question.asked_at})
      on conflict (use, person) do nothing
      returning *`
    if (inserted[0]) return { question: inserted[0], isNew: true }
    const [known] = await sql<QuestionRow>`
      select * from consent.question where use = ${question.use} and person = ${question.person}`
    return { question: known as QuestionRow, isNew: false }
  },

  async findQuestion(id: string): Promise<QuestionRow | undefined> {
    const [row] = await sql<QuestionRow>`select * from consent.question where id = ${id}`
    return row
  },

  async questionOf(use: string, person: string): Promise<QuestionRow | undefined> {
    const [row] = await sql<QuestionRow>`select * from consent.question where use = ${use} and person = ${person}`
    return row
  },

  async openQuestions(tenant: string, limit: number): Promise<QuestionRow[]> {
    return sql`
      select * from consent.question where tenant = ${tenant} and state = 'asked' order by asked_at limit ${limit}`
  },

  async answerQuestion(id: string, answer: Buffer, by: string, at: Date): Promise<QuestionRow | undefined> {
    const [row] = await sql<QuestionRow>`
      update consent.question set state = 'answered', answer = ${answer}, answered_at = ${at}, answered_by = ${by}
      where id = ${id} and state = 'asked'
      returning *`
    return row
  },

  /** A consent that is open already stays as it is. */
  async insertConsentOnce(consent: Omit<ConsentRow, 'withdrawn_at'>): Promise<ConsentRow> {
    // What has expired makes room for a new one.
    await sql`
      update consent.consent set withdrawn_at = expires_at
      where person = ${consent.person} and agreement = ${consent.agreement} and purpose = ${consent.purpose}
        and withdrawn_at is null and expires_at <= ${consent.given_at}`
    await sql`
      insert into consent.consent (id, person, agreement, agency, purpose, given_at, expires_at, channel)
      values (${consent.id}, ${consent.person}, ${consent.agreement}, ${consent.agency}, ${consent.purpose},
        ${consent.given_at}, ${consent.expires_at}, ${consent.channel})
      on conflict (person, agreement, purpose) where withdrawn_at is null do nothing`
    const [row] = await sql<ConsentRow>`
      select * from consent.consent
      where person = ${consent.person} and agreement = ${consent.agreement} and purpose = ${consent.purpose}
        and withdrawn_at is null`
    return row as ConsentRow
  },

  async withdrawConsent(id: string, person: string, at: Date): Promise<ConsentRow | undefined> {
    const [row] = await sql<ConsentRow>`
      update consent.consent set withdrawn_at = coalesce(withdrawn_at, ${at})
      where id = ${id} and person = ${person}
      returning *`
    return row
  },

  async consentsOf(person: string): Promise<ConsentRow[]> {
    return sql`select * from consent.consent where person = ${person} order by given_at desc, id limit 500`
  },
})

function toAgreement(row: AgreementRow): PublishedAgreement & { hash: string } {
  return {
    id: row.id,
    version: row.version,
    hash: row.hash,
    reader: row.reader,
    authority: row.authority,
    register: row.register,
    fields: row.fields,
    writes: row.writes,
    purposes: row.purposes,
    law: row.law,
    basis: row.basis,
    ...(row.valid_from ? { validFrom: row.valid_from.toISOString() } : {}),
    ...(row.valid_until ? { validUntil: row.valid_until.toISOString() } : {}),
    publishedAt: row.published_at,
  }
}
