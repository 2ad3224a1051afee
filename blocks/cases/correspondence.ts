// Messages between officer and applicant on a case: written, sealed, read with a receipt. The clock of the law goes on.
import type { Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import { isUuid, type Pairwise, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Keys } from '@ashlar/kernel/keys'
import type { Context, Database, Sql } from '@ashlar/kernel/sql'
import { actorOf, announce, asWorker } from './change.ts'
import { lifeStore, type MessageRow } from './life-store.ts'
import { ApplicationNotFound, CaseClosed, CaseNeedsReason, CaseNotFound } from './problems.ts'
import { rightsOf } from './rights.ts'
import { type CaseRow, caseStore } from './store.ts'

export interface Correspondence {
  /** To the applicant, about a case of the officer's own work. The same key again is the same message. */
  writeToApplicant(message: CaseMessage, context: Context): Promise<void>
  /** To the office, about one's own running case. */
  writeToOffice(message: CaseMessage, context: Context): Promise<void>
  /** What the other side wrote counts as read: the applicant opened their case, or an officer one of their own work. */
  markMessagesRead(caseId: string, context: Context): Promise<void>
  /** For the platform: whom to tell of a case, and in the language in which they applied; undefined if they have no account. */
  addresseeOf(caseId: string): Promise<Addressee | undefined>
}

interface Addressee {
  person: string
  reference: string
  authority: string
  language?: string
}

export interface CaseMessage {
  case: string
  text: string
  /** The sender's own, for example of the form that it was written in. */
  key: string
}

export interface CorrespondenceNeeds {
  sql: Database
  clock: Clock
  events: Events
  keys: Pick<Keys, 'seal' | 'open'>
  pairwise: Pairwise
}

export function createCorrespondence({ sql, clock, events, keys, pairwise }: CorrespondenceNeeds): Correspondence {
  const ownOf = ({ subject }: Context) =>
    subject !== undefined && isUuid(subject) ? pairwise.of('cases', subject) : undefined

  async function write(sql: Sql, row: CaseRow, side: MessageRow['side'], message: CaseMessage, context: Context) {
    if (row.status === 'closed') throw CaseClosed()
    const at = clock.now()
    const id = uuidv7()
    const isNew = await lifeStore(sql).insertMessage({
      id,
      key: `${row.id} ${side} ${actorOf(context, pairwise)} ${message.key}`,
      caseId: row.id,
      tenant: row.tenant,
      person: row.person,
      side,
      author: actorOf(context, pairwise),
      body: await keys.seal(pairwise.back('cases', row.person), JSON.stringify({ text: message.text.trim() })),
      sentAt: at,
    })
    if (!isNew) return
    await announce(sql, events, [row], `:${id}`)
    await events.publish(sql, {
      type: 'cases.message-sent',
      key: id,
      data: { case: row.id, side },
      share: row.service,
    })
  }

  return {
    addresseeOf: async (id) => {
      const [row, [application]] = await sql.read(asWorker, (sql) =>
        Promise.all([caseStore(sql).findCase(id), caseStore(sql).applicationsOf([id])]),
      )
      if (row === undefined || row.anonymous) return undefined
      const { reference, tenant: authority } = row
      const language = application === undefined ? {} : { language: application.language }
      return { person: pairwise.back('cases', row.person), reference, authority, ...language }
    },

    writeToApplicant: (message, context) =>
      sql.begin(context, async (sql) => {
        const [row] = isUuid(message.case) ? await caseStore(sql).lockCases([message.case]) : []
        if (row === undefined || row.tenant !== context.tenant) throw CaseNotFound()
        if (!(await rightsOf(sql, row, context)).isOwn) throw CaseNeedsReason()
        await write(sql, row, 'office', message, context)
      }),

    writeToOffice: (message, context) =>
      sql.begin(context, async (sql) => {
        const [row] = isUuid(message.case) ? await caseStore(sql).lockCases([message.case]) : []
        if (row === undefined || row.person !== ownOf(context)) throw ApplicationNotFound()
        await write(sql, row, 'applicant', message, context)
      }),

    markMessagesRead: (id, context) =>
      sql.begin(context, async (sql) => {
        const row = isUuid(id) ? await caseStore(sql).findCase(id) : undefined
        if (row === undefined) return
        const isApplicant = row.person === ownOf(context)
        if (!isApplicant && !(await rightsOf(sql, row, context)).isOwn) return
        const from = isApplicant ? ('office' as const) : ('applicant' as const)
        const read = await lifeStore(sql).markRead(id, from, actorOf(context, pairwise), clock.now())
        if (read > 0) await announce(sql, events, [row], `:${uuidv7()}`)
      }),
  }
}
