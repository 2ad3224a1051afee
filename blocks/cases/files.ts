// Files among answers: told to whoever keeps them, by a job of the transaction that made the answers final.
import type { Question } from '@ashlar/catalogue'
import { isUuid, type Pairwise } from '@ashlar/kernel/identifiers'
import type { Jobs } from '@ashlar/kernel/jobs'
import type { Context, Database, Sql } from '@ashlar/kernel/sql'
import { asWorker } from './change.ts'
import type { Facts } from './content.ts'
import { caseStore } from './store.ts'

export interface FileNeeds {
  sql: Database
  jobs: Jobs
  pairwise: Pairwise
  /** Documents.uploads.attach: those of the files that are the applicant's own, and no case's yet, become this case's. */
  attachFiles?(files: string[], caseId: string, context: Context): Promise<void>
}

const QUEUE = 'cases.attach-files'

export type Files = ReturnType<typeof createFiles>

export function createFiles({ sql, jobs, pairwise, attachFiles }: FileNeeds) {
  if (attachFiles !== undefined)
    jobs.handle(QUEUE, { attempts: 12 }, async (batch) => {
      for (const { payload } of batch) {
        const { case: id, files } = payload as { case: string; files: string[] }
        const row = await sql.begin(asWorker, (sql) => caseStore(sql).findCase(id))
        // As the applicant: whoever names somebody else's file in an answer has not got it.
        if (row)
          await attachFiles(files, id, { ...asWorker, tenant: null, subject: pairwise.back('cases', row.person) })
      }
    })

  return {
    /** The files among these answers become the case's when the transaction is committed. */
    async attach(sql: Sql, caseId: string, questions: Question[], answers: Facts): Promise<void> {
      const files = filesAmong(questions, answers)
      if (files.length === 0 || attachFiles === undefined) return
      await jobs.add(sql, { queue: QUEUE, key: `${caseId} ${files[0]}`, payload: { case: caseId, files } })
    },
  }
}

function filesAmong(questions: Question[], answers: Facts): string[] {
  return questions
    .filter(({ type }) => type === 'file')
    .flatMap(({ name }) => {
      const id = (answers[name] as { id?: unknown } | null | undefined)?.id
      return typeof id === 'string' && isUuid(id) ? [id] : []
    })
}
