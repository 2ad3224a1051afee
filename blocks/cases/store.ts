// SQL of cases, tasks, decisions, requests for information and timelines.
import type { Sql } from '@ashlar/kernel/sql'
import type { CaseStatus, Json, RequestState, TaskState } from './case.ts'

export interface CaseRow {
  id: string
  reference: string
  service: string
  serviceVersion: string
  tenant: string
  person: string
  anonymous: boolean
  about: string | null
  /** 'person', 'organisation' or 'anonymous'; null in cases of old. */
  applicantKind: string | null
  /** Keyed hashes of the answers, and of the thing that it is about. */
  answersDigest: string | null
  objectDigest: string | null
  status: CaseStatus
  waitsFor: string | null
  stuckSince: Date | null
  result: string | null
  version: number
  term: string | null
  deadline: Date | null
  pausedAt: Date | null
  breachedAt: Date | null
  submittedAt: Date
  closedAt: Date | null
}

export interface ApplicationRow {
  id: string
  caseId: string
  person: string
  channel: string
  language: string
  content: Buffer
  submittedBy: string
}

export interface TaskRow {
  id: string
  key: string
  caseId: string
  reference: string
  service: string
  name: string
  role: string
  unit: string
  tenant: string
  person: string
  state: TaskState
  outcomes: string[]
  reasons: Record<string, string[]>
  onExpiry: string | null
  facts: Buffer
  term: string | null
  due: Date | null
  /** ISO 8601, or 'infinity'. */
  sortDue: string
  claimedBy: string | null
  claimedAt: Date | null
  openedAt: Date
  endedAt: Date | null
  applicantKind: string | null
  /** What whoever does it must be able to do. */
  skills: string[]
  second: SecondLook | null
  /** Whether many may be decided at once. */
  bulk: boolean
  /** While a decision waits to be confirmed: who proposed it, and the role that it goes back to. */
  proposedBy: string | null
  firstRole: string | null
  /** Who gave it to whom it is with; null if they took it. */
  assignedBy: string | null
  /** The task with which it is decided together. */
  joinedTo: string | null
}

/** Who confirms a decision before it takes effect: always when `when` (FEEL) holds, else this share of them. */
export interface SecondLook {
  role: string
  /** From 0 to 1. */
  sample: number
  when: string | null
}

export interface DecisionRow {
  id: string
  task: string
  caseId: string
  tenant: string
  person: string
  outcome: string
  reason: string | null
  deemed: boolean
  note: Buffer | null
  decidedBy: string
  decidedAt: Date
  /** The second person, where one had to confirm it. */
  confirmedBy: string | null
}

export interface RequestRow {
  id: string
  key: string
  caseId: string
  tenant: string
  person: string
  name: string | null
  /** The party of the case that is asked; null: the applicant. Then `person` is that party, and sees its own rows. */
  party: string | null
  /** What a party that is not the applicant sees of the case, sealed for it. */
  facts: Buffer | null
  state: RequestState
  question: Buffer | null
  answer: Buffer | null
  outcome: string | null
  due: Date | null
  askedBy: string
  askedAt: Date
  endedAt: Date | null
}

export interface TimelineRow {
  id: string
  caseId: string
  tenant: string
  person: string
  at: Date
  kind: string
  audience: 'all' | 'office'
  actor: string
  data: Json
  note: Buffer | null
}

export const caseStore = (sql: Sql) => {
  const caseColumns = sql.part`c.id, c.reference, c.service, c.service_version as "serviceVersion", c.tenant, c.person,
    c.anonymous, c.about, c.applicant_kind as "applicantKind", c.answers_digest as "answersDigest",
    c.object_digest as "objectDigest", c.status, c.waits_for as "waitsFor", c.stuck_since as "stuckSince", c.result, c.version, c.term,
    c.deadline, c.paused_at as "pausedAt", c.breached_at as "breachedAt", c.submitted_at as "submittedAt",
    c.closed_at as "closedAt"`
  const taskColumns = sql.part`t.id, t.key, t.case_id as "caseId", t.reference, t.service, t.name, t.role, t.unit, t.tenant,
    t.person, t.state, t.outcomes, t.reasons, t.on_expiry as "onExpiry", t.facts, t.term, t.due, t.sort_due::text as "sortDue", t.claimed_by as "claimedBy",
    t.claimed_at as "claimedAt", t.opened_at as "openedAt", t.ended_at as "endedAt", t.applicant_kind as "applicantKind",
    t.skills, t.second, t.bulk, t.proposed_by as "proposedBy", t.first_role as "firstRole", t.assigned_by as "assignedBy",
    t.joined_to as "joinedTo"`
  const requestColumns = sql.part`r.id, r.key, r.case_id as "caseId", r.tenant, r.person, r.name, r.party, r.facts, r.state,
    r.question, r.answer,
    r.outcome, r.due, r.asked_by as "askedBy", r.asked_at as "askedAt", r.ended_at as "endedAt"`

  return {
    findCase: async (id: string): Promise<CaseRow | undefined> => {
      const rows = await sql<CaseRow>`select ${caseColumns} from cases.case c where c.id = ${id}`
      return rows[0]
    },

    casesIn: (ids: string[]) => sql<CaseRow>`select ${caseColumns} from cases.case c where c.id = any(${ids})`,

    findCaseByReference: async (reference: string): Promise<CaseRow | undefined> => {
      const rows = await sql<CaseRow>`select ${caseColumns} from cases.case c where c.reference = ${reference}`
      return rows[0]
    },

    /** In the order of their ids, so that two batches never wait for each other in a circle. */
    lockCases: (ids: string[]) => sql<CaseRow>`
      select ${caseColumns} from cases.case c where c.id = any(${ids}) order by c.id for update`,

    /** Everything that changes of a case; its version goes up by one. To be called with the cases locked. */
    updateCases: async (rows: CaseRow[]): Promise<void> => {
      if (rows.length === 0) return
      const columns = {
        id: 'uuid',
        status: 'text',
        waits_for: 'text',
        stuck_since: 'timestamptz',
        result: 'text',
        version: 'integer',
        deadline: 'timestamptz',
        paused_at: 'timestamptz',
        breached_at: 'timestamptz',
        closed_at: 'timestamptz',
      }
      await sql`
        update cases.case as c set status = rows.status, waits_for = rows.waits_for, stuck_since = rows.stuck_since,
          result = rows.result, version = rows.version, deadline = rows.deadline, paused_at = rows.paused_at,
          breached_at = rows.breached_at, closed_at = rows.closed_at
        from ${sql.unnest(columns, rows)} where c.id = rows.id`
    },

    casesOf: (person: string, before: { at: Date; id: string } | null, limit: number) => sql<CaseRow>`
      select ${caseColumns} from cases.case c
      where c.person = ${person}
        and (${before?.at ?? null}::timestamptz is null or (c.submitted_at, c.id) < (${before?.at ?? null}, ${before?.id ?? null}::uuid))
      order by c.submitted_at desc, c.id desc limit ${limit}`,

    contestations: (about: string) => sql<CaseRow>`
      select ${caseColumns} from cases.case c where c.about = ${about} order by c.submitted_at`,

    applicationsOf: (cases: string[]) => sql<ApplicationRow>`
      select id, case_id as "caseId", person, channel, language, content, submitted_by as "submittedBy"
      from cases.application where case_id = any(${cases})`,

    /** Cases whose term has passed and where nobody has noticed yet, the earliest first. */
    overdue: (at: Date, limit: number) => sql<CaseRow>`
      select ${caseColumns} from cases.case c
      where c.deadline <= ${at} and c.breached_at is null and c.closed_at is null and c.paused_at is null
      order by c.deadline, c.id limit ${limit} for update skip locked`,

    /** The same key again keeps the task that there is. */
    insertTasks: async (rows: TaskRow[]): Promise<Set<string>> => {
      const columns = {
        id: 'uuid',
        key: 'text',
        case_id: 'uuid',
        reference: 'text',
        service: 'text',
        name: 'text',
        role: 'text',
        unit: 'text',
        tenant: 'text',
        person: 'uuid',
        outcomes: 'jsonb',
        reasons: 'jsonb',
        on_expiry: 'text',
        facts: 'bytea',
        term: 'text',
        due: 'timestamptz',
        sort_due: 'text',
        opened_at: 'timestamptz',
        applicant_kind: 'text',
        skills: 'jsonb',
        second: 'jsonb',
        bulk: 'boolean',
        claimed_by: 'text',
        claimed_at: 'timestamptz',
        assigned_by: 'text',
      }
      const inserted = await sql<{ key: string }>`
        insert into cases.task (id, key, case_id, reference, service, name, role, unit, tenant, person, state, outcomes,
          reasons, on_expiry, facts, term, due, sort_due, opened_at, applicant_kind, skills, second, bulk, claimed_by,
          claimed_at, assigned_by)
        select id, key, case_id, reference, service, name, role, unit, tenant, person,
          case when claimed_by is null then 'open' else 'claimed' end,
          array(select jsonb_array_elements_text(outcomes)), reasons, on_expiry, facts, term, due, sort_due::timestamptz,
          opened_at, applicant_kind, array(select jsonb_array_elements_text(skills)), second, bulk, claimed_by, claimed_at,
          assigned_by
        from ${sql.unnest(columns, rows)}
        on conflict (key) do nothing
        returning key`
      return new Set(inserted.map(({ key }) => key))
    },

    /** The case of a task, locked. */
    lockCaseOf: async (task: string): Promise<CaseRow | undefined> => {
      const rows = await sql<CaseRow>`
        select ${caseColumns} from cases.case c where c.id = (select case_id from cases.task where id = ${task}) for update`
      return rows[0]
    },

    findTask: async (id: string): Promise<TaskRow | undefined> => {
      const rows = await sql<TaskRow>`select ${taskColumns} from cases.task t where t.id = ${id}`
      return rows[0]
    },

    tasksByKey: (keys: string[]) => sql<TaskRow>`select ${taskColumns} from cases.task t where t.key = any(${keys})`,

    tasksIn: (ids: string[]) => sql<TaskRow>`select ${taskColumns} from cases.task t where t.id = any(${ids})`,

    tasksOf: (cases: string[]) => sql<TaskRow>`
      select ${taskColumns} from cases.task t where t.case_id = any(${cases}) order by t.opened_at, t.id`,

    updateTasks: async (
      rows: Pick<
        TaskRow,
        | 'id'
        | 'state'
        | 'due'
        | 'sortDue'
        | 'claimedBy'
        | 'claimedAt'
        | 'endedAt'
        | 'role'
        | 'proposedBy'
        | 'firstRole'
        | 'assignedBy'
        | 'joinedTo'
      >[],
    ): Promise<void> => {
      if (rows.length === 0) return
      const columns = {
        id: 'uuid',
        state: 'text',
        due: 'timestamptz',
        sort_due: 'text',
        claimed_by: 'text',
        claimed_at: 'timestamptz',
        ended_at: 'timestamptz',
        role: 'text',
        proposed_by: 'text',
        first_role: 'text',
        assigned_by: 'text',
        joined_to: 'uuid',
      }
      await sql`
        update cases.task as t set state = rows.state, due = rows.due, sort_due = rows.sort_due::timestamptz,
          claimed_by = rows.claimed_by, claimed_at = rows.claimed_at, ended_at = rows.ended_at, role = rows.role,
          proposed_by = rows.proposed_by, first_role = rows.first_role, assigned_by = rows.assigned_by,
          joined_to = rows.joined_to
        from ${sql.unnest(columns, rows)} where t.id = rows.id`
    },

    insertDecisions: async (rows: DecisionRow[]): Promise<void> => {
      if (rows.length === 0) return
      const columns = {
        id: 'uuid',
        task: 'uuid',
        case_id: 'uuid',
        tenant: 'text',
        person: 'uuid',
        outcome: 'text',
        reason: 'text',
        deemed: 'boolean',
        note: 'bytea',
        decided_by: 'text',
        decided_at: 'timestamptz',
        confirmed_by: 'text',
      }
      await sql`
        insert into cases.decision (id, task, case_id, tenant, person, outcome, reason, deemed, note, decided_by, decided_at,
          confirmed_by)
        select id, task, case_id, tenant, person, outcome, reason, deemed, note, decided_by, decided_at, confirmed_by
        from ${sql.unnest(columns, rows)}`
    },

    decisionsOn: (tasks: string[]) => sql<DecisionRow>`
      select id, task, case_id as "caseId", tenant, person, outcome, reason, deemed, note, decided_by as "decidedBy",
        decided_at as "decidedAt", confirmed_by as "confirmedBy"
      from cases.decision where task = any(${tasks})`,

    insertRequests: async (rows: RequestRow[]): Promise<Set<string>> => {
      const columns = {
        id: 'uuid',
        key: 'text',
        case_id: 'uuid',
        tenant: 'text',
        person: 'uuid',
        name: 'text',
        party: 'text',
        facts: 'bytea',
        question: 'bytea',
        due: 'timestamptz',
        asked_by: 'text',
        asked_at: 'timestamptz',
      }
      const inserted = await sql<{ key: string }>`
        insert into cases.request (id, key, case_id, tenant, person, name, party, facts, state, question, due, asked_by, asked_at)
        select id, key, case_id, tenant, person, name, party, facts, 'open', question, due, asked_by, asked_at
        from ${sql.unnest(columns, rows)}
        on conflict (key) do nothing
        returning key`
      return new Set(inserted.map(({ key }) => key))
    },

    findRequest: async (id: string): Promise<RequestRow | undefined> => {
      const rows = await sql<RequestRow>`select ${requestColumns} from cases.request r where r.id = ${id}`
      return rows[0]
    },

    requestsByKey: (keys: string[]) => sql<RequestRow>`
      select ${requestColumns} from cases.request r where r.key = any(${keys})`,

    requestsOf: (cases: string[]) => sql<RequestRow>`
      select ${requestColumns} from cases.request r where r.case_id = any(${cases}) order by r.asked_at, r.id`,

    openRequestsOfPerson: (person: string, limit: number) => sql<RequestRow>`
      select ${requestColumns} from cases.request r where r.person = ${person} and r.state = 'open'
      order by r.asked_at limit ${limit}`,

    endRequests: async (rows: Pick<RequestRow, 'id' | 'state' | 'answer' | 'outcome' | 'endedAt'>[]): Promise<void> => {
      if (rows.length === 0) return
      const columns = { id: 'uuid', state: 'text', answer: 'bytea', outcome: 'text', ended_at: 'timestamptz' }
      await sql`
        update cases.request as r set state = rows.state, answer = rows.answer, outcome = rows.outcome,
          ended_at = rows.ended_at
        from ${sql.unnest(columns, rows)} where r.id = rows.id and r.state = 'open'`
    },

    insertTimeline: async (rows: TimelineRow[]): Promise<void> => {
      if (rows.length === 0) return
      const columns = {
        id: 'uuid',
        case_id: 'uuid',
        tenant: 'text',
        person: 'uuid',
        at: 'timestamptz',
        kind: 'text',
        audience: 'text',
        actor: 'text',
        data: 'jsonb',
        note: 'bytea',
      }
      await sql`
        insert into cases.timeline (id, case_id, tenant, person, at, kind, audience, actor, data, note)
        select id, case_id, tenant, person, at, kind, audience, actor, data, note from ${sql.unnest(columns, rows)}`
    },

    timelineOf: (caseId: string, audiences: string[]) => sql<TimelineRow>`
      select id, case_id as "caseId", tenant, person, at, kind, audience, actor, data, note
      from cases.timeline where case_id = ${caseId} and audience = any(${audiences}) order by id`,
  }
}
