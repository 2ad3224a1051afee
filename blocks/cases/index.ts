// The door of cases: drafts, applications, cases, tasks, decisions and legal clocks.
export type {
  Answer,
  ApplicationPage,
  ApplicationSummary,
  ApplicationView,
  AskedRequest,
  PartyRequest,
} from './applicant.ts'
export type { Destruction } from './archive.ts'
export { askReasons, usualAsks } from './asks.ts'
export type { Colleague } from './assignment.ts'
export type { BulkView, BulkWanted } from './bulk.ts'
export { type CaseStatus, caseLifecycle, requestLifecycle, type TaskState, taskLifecycle } from './case.ts'
export { type CaseNeeds, type Cases, createCases } from './cases.ts'
export type { ClockLine } from './clock.ts'
export type { FoundEvidence, ShownEvidence } from './content.ts'
export type { CaseMessage } from './correspondence.ts'
export type { Decide, Review } from './deciding.ts'
export type { DraftSummary, DraftView, SaveDraft, StartDraft } from './drafts.ts'
export type { ClockNotice } from './extension.ts'
export type { FormReader } from './forms.ts'
export type { LifeView, MessageView } from './life.ts'
export { type OfferState, type OfferView, offerLifecycle } from './offer.ts'
export type { OfferNeeds } from './offers.ts'
export type { CaseView, ProposalView, RequestView, TaskView } from './office.ts'
export type { Leg } from './opening.ts'
export * from './problems.ts'
export type { QueueCounts, QueuedTask, QueuePage, QueueRequest, SavedView } from './queue.ts'
export type { QueueChoice } from './queue-choice.ts'
export { queueSorts, queueStatuses } from './queue-store.ts'
export type { PersonView, RelatedCase } from './related.ts'
export type { Roster, RosterOfficer } from './roster.ts'
export { caseRoutes } from './routes.ts'
export type { Apply, Receipt } from './submission.ts'
export type { TeamBoard, TeamMember } from './team.ts'
export type { TimelineEntry } from './timeline.ts'
export type { Happening } from './trigger.ts'
