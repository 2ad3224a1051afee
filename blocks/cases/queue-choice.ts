// What of the queue an officer wants to see.
import type { QueueSort, QueueStatus } from './queue-store.ts'

/** What of the queue is shown. Plain JSON: a view is kept as this. */
export interface QueueChoice {
  service?: string
  mine?: boolean
  unclaimed?: boolean
  /** An officer's id. */
  assignee?: string
  status?: QueueStatus
  due?: 'late' | 'today' | 'week'
  /** 'person', 'organisation' or 'anonymous'. */
  applicant?: string
  unit?: string
  /** The beginning of a reference, as people write it. */
  search?: string
  sort?: QueueSort
}
