// SQL of decisions that wait to be confirmed, and of tasks that are decided together.
import type { Sql } from '@ashlar/kernel/sql'

export interface ProposalRow {
  id: string
  task: string
  caseId: string
  tenant: string
  person: string
  outcome: string
  reason: string | null
  note: Buffer | null
  /** Whether chance chose it, or the definition. */
  sampled: boolean
  state: 'waiting' | 'confirmed' | 'returned'
  proposedBy: string
  proposedAt: Date
  reviewedBy: string | null
  reviewedAt: Date | null
  /** What the second person wrote, sealed. */
  review: Buffer | null
}

export const proposalStore = (sql: Sql) => {
  const columns = sql.part`p.id, p.task, p.case_id as "caseId", p.tenant, p.person, p.outcome, p.reason, p.note, p.sampled,
    p.state, p.proposed_by as "proposedBy", p.proposed_at as "proposedAt", p.reviewed_by as "reviewedBy",
    p.reviewed_at as "reviewedAt", p.review`
  return {
    insert: (p: ProposalRow) => sql`
      insert into cases.proposal (id, task, case_id, tenant, person, outcome, reason, note, sampled, state, proposed_by,
        proposed_at)
      values (${p.id}, ${p.task}, ${p.caseId}, ${p.tenant}, ${p.person}, ${p.outcome}, ${p.reason}, ${p.note}, ${p.sampled},
        ${p.state}, ${p.proposedBy}, ${p.proposedAt})`,

    waiting: async (task: string): Promise<ProposalRow | undefined> => {
      const rows = await sql<ProposalRow>`
        select ${columns} from cases.proposal p where p.task = ${task} and p.state = 'waiting'`
      return rows[0]
    },

    /** All of a case, the first first. */
    ofCase: (caseId: string) => sql<ProposalRow>`
      select ${columns} from cases.proposal p where p.case_id = ${caseId} order by p.proposed_at, p.id`,

    end: (p: Pick<ProposalRow, 'id' | 'state' | 'reviewedBy' | 'reviewedAt' | 'review'>) => sql`
      update cases.proposal set state = ${p.state}, reviewed_by = ${p.reviewedBy}, reviewed_at = ${p.reviewedAt},
        review = ${p.review}
      where id = ${p.id} and state = 'waiting'`,

    /** Tasks that are decided with this one. */
    joinedTo: (task: string) => sql<{ id: string; caseId: string }>`
      select id, case_id as "caseId" from cases.task where joined_to = ${task} and ended_at is null`,
  }
}
