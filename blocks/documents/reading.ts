// That somebody other than the holder reads a document or a file: written down before it is given, or refused.
import type { Pairwise } from '@ashlar/kernel/identifiers'
import type { Context } from '@ashlar/kernel/sql'

export interface DocumentReading {
  id: string
  /** The output that was issued; 'file' for what somebody handed in. */
  what: string
  authority: string
  caseId?: string
  /** The holder, as the register's id. */
  person: string
  context: Context
}

export interface ReadingNeeds {
  pairwise: Pairwise
  /** Called before anything is given. What it throws keeps the document shut: it must not be read, or not unseen. */
  noteReading(reading: DocumentReading): Promise<void>
}

/** What is read, as its row has it. */
interface Read {
  id: string
  what: string
  authority: string
  caseId: string | null
  person: string | null
}

export function noterOf({ pairwise, noteReading }: ReadingNeeds) {
  return async ({ person: holder, caseId, ...read }: Read, context: Context): Promise<void> => {
    if (holder === null || context.actor.kind === 'system') return
    const person = pairwise.back('documents', holder)
    if (person === context.subject) return
    await noteReading({ ...read, person, context, ...(caseId === null ? {} : { caseId }) })
  }
}
