// The timeline as it is shown: to the office all of it, to the applicant what concerns them, without who in the office.
import type { Json } from './case.ts'
import type { TimelineRow } from './store.ts'

export interface TimelineEntry {
  at: string
  /** 'submitted', 'task-opened', 'decided', 'deemed', 'asked', 'request-answered', 'overdue', 'closed', 'note', … */
  kind: string
  /**
   * To the office 'staff:sana', 'person', 'representative', 'system', 'law'; to the applicant 'you', 'representative',
   * 'office', 'system', 'law'.
   */
  by: string
  /** Of a representative. */
  name?: string
  data: Json
  text?: string
}

export async function toTimeline(
  row: TimelineRow,
  open: (row: TimelineRow, sealed: Buffer | null) => Promise<Json>,
  name?: string,
): Promise<TimelineEntry> {
  const note = (await open(row, row.note)) as { text?: string } | null
  return {
    at: row.at.toISOString(),
    kind: row.kind,
    by: row.actor.replace(/^(representative|party):.*/, '$1'),
    ...(name === undefined ? {} : { name }),
    data: row.data,
    ...(note?.text === undefined ? {} : { text: note.text }),
  }
}

export function toApplicantTimeline(row: TimelineRow, name?: string): TimelineEntry {
  const kind = row.actor.split(':')[0]!
  const by =
    kind === 'staff'
      ? 'office'
      : kind === 'system' || kind === 'law' || kind === 'representative' || kind === 'party'
        ? kind
        : 'you'
  // How one task came out is not yet the decision on the case: the letter says that, with its reasons.
  const { outcome: _outcome, reason: _reason, ...data } = row.data as Record<string, Json>
  return {
    at: row.at.toISOString(),
    kind: row.kind,
    by,
    ...(name === undefined ? {} : { name }),
    data: row.kind === 'decided' ? data : row.data,
  }
}
