// Cases: what the house may ask, and how the block is made.
import { type ApplicantNeeds, type Applicants, createApplicants } from './applicant.ts'
import { type DeadlineNeeds, watchDeadlines } from './deadlines.ts'
import { createDrafts, type DraftNeeds, type Drafts } from './drafts.ts'
import { createForms, type FormNeeds } from './forms.ts'
import { createOffice, type Office, type OfficeNeeds } from './office.ts'
import { followProcesses, type ProcessNeeds } from './process.ts'
import { createWork, type Work, type WorkNeeds } from './work.ts'

/** Cases: from the draft of an application to the decision on it, with its legal clock and its timeline. */
export interface Cases extends Drafts, Applicants, Office {
  /** Steps that processes name: cases.task, cases.ask. */
  steps: Work['steps']
  /** What was submitted starts a process, what was decided moves it on, and its end closes the case. Before jobs.start(). */
  followProcesses(workflow: ProcessNeeds['workflow']): void
}

export type CaseNeeds = Omit<
  DraftNeeds & WorkNeeds & DeadlineNeeds & OfficeNeeds & ApplicantNeeds,
  'forms' | 'endRequests'
> &
  FormNeeds

export function createCases(given: CaseNeeds): Cases {
  const needs = { ...given, forms: createForms(given) }
  const work = createWork(needs)
  const { endRequests } = work
  watchDeadlines(needs)

  return {
    ...createDrafts(needs),
    ...createApplicants({ ...needs, endRequests }),
    ...createOffice({ ...needs, endRequests }),
    steps: work.steps,
    followProcesses: (workflow) => followProcesses(work, { events: needs.events, workflow }),
  }
}
