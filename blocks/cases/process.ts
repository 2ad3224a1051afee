// How a case and its process hold hands: what was submitted starts, what was decided goes on, what has ended is closed.
import type { Events } from '@ashlar/kernel/events'
import type { Workflow } from '@ashlar/workflow'
import { asWorker, MANY } from './change.ts'
import type { Work } from './work.ts'

export interface ProcessNeeds {
  events: Events
  workflow: Pick<Workflow, 'startAll' | 'complete' | 'of' | 'end'>
}

export function followProcesses(work: Work, { events, workflow }: ProcessNeeds): void {
  events.subscribeAll(
    'cases.submitted',
    'workflow',
    async (submitted) => {
      const starts = await work.processStarts(submitted.map(({ key }) => key))
      await workflow.startAll(starts).catch(async (error: unknown) => {
        // It is tried again, one by one; meanwhile applicant and office see that this one is held up.
        if (submitted.length === 1) await work.note(submitted[0]!.key, { stuck: true })
        throw error
      })
    },
    MANY,
  )

  events.subscribeAll(
    'cases.step-done',
    'workflow',
    async (done) => {
      await Promise.all(
        done.map(async ({ key }) => {
          const outcome = await work.outcomeOf(key)
          if (outcome !== undefined) await workflow.complete(key, outcome)
        }),
      )
    },
    MANY,
  )

  events.subscribeAll(
    'workflow.ended',
    'cases',
    async (ended) =>
      work.close(
        ended.map(({ data }) => {
          const { case: caseId, result } = data as { case: string; result: string }
          return { caseId, result }
        }),
      ),
    MANY,
  )

  // Withdrawn, or decided by the law: if the process has not begun yet, this comes again when it has.
  events.subscribe('cases.ended', 'workflow', async ({ data }) => {
    const { case: caseId, result } = data as { case: string; result: string }
    const processes = await workflow.of(caseId, asWorker)
    if (processes.length === 0) throw new Error(`the process of the case ${caseId} has not begun yet`)
    for (const { id, status } of processes) if (status === 'running') await workflow.end(id, result, 'cases')
  })

  events.subscribe('workflow.waiting', 'cases', async ({ data }) => {
    const { case: caseId, step } = data as { case: string; step: string }
    await work.note(caseId, { waitsFor: step, stuck: false })
  })

  // A message that could not be sent is an incident, too, but holds nobody's case up.
  events.subscribe('workflow.incident', 'cases', async ({ data }) => {
    const { case: caseId, holds } = data as { case: string; holds: boolean }
    if (holds) await work.note(caseId, { stuck: true })
  })

  events.subscribe('workflow.mended', 'cases', async ({ data }) => {
    const { case: caseId, holds } = data as { case: string; holds: boolean }
    if (holds) await work.note(caseId, { stuck: false })
  })
}
