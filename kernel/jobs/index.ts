// The door of the job room: work that is written down in the transaction that causes it, and done at least once.

export type { Handling, Job, JobNeeds, Json } from './job.ts'
export type { JobRequest, Jobs } from './jobs.ts'
export { createJobs } from './jobs.ts'
export type { DeadLetter, QueueFigures } from './store.ts'
export type { Wake } from './wake.ts'
