// The door of cases: drafts, applications, cases, tasks, decisions and legal clocks.
export type { Answer, ApplicationPage, ApplicationSummary, ApplicationView } from './applicant.ts'
export { type CaseStatus, caseLifecycle, requestLifecycle, type TaskState, taskLifecycle } from './case.ts'
export { type CaseNeeds, type Cases, createCases } from './cases.ts'
export type { ClockLine } from './clock.ts'
export type { FoundEvidence, ShownEvidence } from './content.ts'
export type { DraftSummary, DraftView, SaveDraft, StartDraft } from './drafts.ts'
export type { ClockNotice } from './extension.ts'
export type { FormReader } from './forms.ts'
export { type OfferState, type OfferView, offerLifecycle } from './offer.ts'
export type { OfferNeeds } from './offers.ts'
export type {
  CaseView,
  Decide,
  QueueCounts,
  QueuedTask,
  QueuePage,
  QueueRequest,
  RequestView,
  TaskView,
} from './office.ts'
export type { Leg } from './opening.ts'
export * from './problems.ts'
export { caseRoutes } from './routes.ts'
export type { Apply, Receipt } from './submission.ts'
export type { TimelineEntry } from './timeline.ts'
export type { Happening } from './trigger.ts'
