// Work of decisions in the background: changed rules are tried on past decisions.
import type { Jobs } from '@ashlar/kernel/jobs'
import type { Decisions } from './decisions.ts'
import { queue } from './rule-replays.ts'

/** Before jobs.start(). One at a time, so that trying rules never keeps people waiting for long. */
export function decisionJobs({ replays }: Decisions, jobs: Jobs): void {
  jobs.handle(queue, { batch: 1, concurrency: 1, attempts: 3 }, async (given) => {
    for (const { payload } of given) await replays.run((payload as { id: string }).id)
  })
}
