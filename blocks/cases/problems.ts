// Every refusal of cases.
import type { AnswerError } from '@ashlar/catalogue'
import { problem } from '@ashlar/kernel/problem'

export const DraftNotFound = problem(
  'draft-not-found',
  404,
  'There is no such draft',
  () => 'It may have been sent already, discarded, or have expired.',
)

export const DraftMovedOn = problem(
  'draft-moved-on',
  412,
  'This draft was changed somewhere else',
  (version: number) => ({ detail: `It is at version ${version} now.`, members: { version } }),
  'The same draft is open in two places. Nothing was lost: read it again and go on from there.',
)

export const DraftNotComplete = problem(
  'draft-not-complete',
  422,
  'Some questions are not answered yet',
  (pages: string[]) => ({
    detail: `These pages are not done: ${pages.join(', ')}.`,
    errors: pages.map((page) => ({ pointer: `/pages/${page}`, code: 'not-done', message: 'This page is not done.' })),
    members: { pages },
  }),
  'A page counts as done when its answers were saved. A page may ask anew when an earlier answer, or the service, has changed.',
)

export const DraftStopped = problem('draft-stopped', 422, 'This application cannot be made', (page: string) => ({
  detail: `The page '${page}' says why.`,
  members: { page },
}))

export const AnswersNotValid = problem(
  'answers-not-valid',
  422,
  'Some answers are not as they must be',
  (answers: AnswerError[]) => ({
    errors: answers.map(({ question, row, column, code, key }) => ({
      pointer: `/answers/${question}${row === undefined ? '' : `/${row - 1}/${column}`}`,
      code,
      message: key,
    })),
    // For faces: the text of each error by its key and values.
    members: { answers },
  }),
)

export const PageNotFound = problem(
  'page-not-found',
  404,
  'This form has no such page now',
  (page: string) => `No page '${page}'. It may not apply to the answers given.`,
)

export const PublicServiceNotOpen = problem(
  'public-service-not-open',
  409,
  'This service cannot be applied for',
  (id: string, why: string) => `${id}: ${why}`,
)

export const ResumeCodeNotFound = problem(
  'resume-code-not-found',
  404,
  'This code opens no draft',
  () => 'Codes are used once and last a day. Look for mistyped signs, or make a new one where the draft is open.',
)

export const TooManyCodes = problem('too-many-codes', 429, 'Too many codes were tried', () => ({
  detail: 'Wait a minute.',
  headers: { 'retry-after': '60' },
}))

export const ApplicationNotFound = problem('application-not-found', 404, 'There is no such application')

export const CaseNotFound = problem('case-not-found', 404, 'There is no such case')

export const CaseMovedOn = problem(
  'case-moved-on',
  412,
  'This case has moved on',
  (version: number) => ({ detail: `It is at version ${version} now.`, members: { version } }),
  'Somebody else, or the process, changed the case since you read it. Read it again before you decide.',
)

export const CaseNeedsReason = problem(
  'case-needs-reason',
  403,
  'This case is not in your queue: say why you open it',
  () => 'The reason is recorded and shown to the person concerned.',
)

export const CaseClosed = problem('case-closed', 409, 'This case is closed')

export const TaskNotFound = problem('task-not-found', 404, 'There is no such task')

export const TaskNotYours = problem(
  'task-not-yours',
  403,
  'This task is for another role or unit',
  (role: string) => `It needs the role '${role}'.`,
)

export const TaskTaken = problem(
  'task-taken',
  409,
  'Somebody else has this task',
  () => 'Ask them, or wait until they release it.',
)

export const TaskEnded = problem(
  'task-ended',
  409,
  'This task has ended',
  (state: string) => `It is ${state}.`,
  'Somebody decided it, its term passed, or the process no longer needs it.',
)

export const OutcomeNotOffered = problem(
  'outcome-not-offered',
  422,
  'This outcome is not one of the task',
  (outcomes: string[]) => ({
    detail: `Possible: ${outcomes.join(', ')}.`,
    errors: [{ pointer: '/outcome', code: 'not-offered', message: `One of ${outcomes.join(', ')}.` }],
  }),
)

export const ReasonNeeded = problem(
  'decision-reason-needed',
  422,
  'This outcome needs one of its reasons',
  (reasons: string[]) => ({
    errors: [{ pointer: '/reason', code: 'required', message: `One of ${reasons.join(', ')}.` }],
  }),
)

export const RequestNotFound = problem('request-not-found', 404, 'There is no such request for information')

export const RequestEnded = problem(
  'request-ended',
  409,
  'This request is answered already, or has expired',
  (state: string) => `It is ${state}.`,
)

export const OfferNotFound = problem(
  'offer-not-found',
  404,
  'There is no such offer',
  () => 'It may have been taken or have lapsed.',
  'An offer is to one person, and stands for as long as it says. The service itself can be used without it.',
)

export const CaseRunsAlready = problem(
  'case-runs-already',
  409,
  'Another case about the same matter is running',
  (reference: string, since: string) => ({
    detail: `It is ${reference}, since ${since.slice(0, 10)}.`,
    members: { reference, since },
  }),
  'Only one case about a matter runs at a time. What you want to say belongs to that case; when it has ended, apply again.',
)

export const TermCannotBeExtended = problem(
  'term-cannot-be-extended',
  409,
  'The term of this case cannot be made longer',
  (why: string) => `${why[0]!.toUpperCase()}${why.slice(1)}.`,
)

export const TermHasPassed = problem(
  'term-has-passed',
  409,
  'The term of this case has passed',
  (deadline: string) => ({ detail: `It ended at ${deadline}.`, members: { deadline } }),
  'A legal term can be made longer only before it ends.',
)

export const ExtensionReasonNeeded = problem(
  'extension-reason-needed',
  422,
  'A longer term needs one of the reasons of its law',
  (reasons: string[]) => ({
    errors: [
      {
        pointer: '/reason',
        code: 'required',
        message: reasons.length > 0 ? `One of ${reasons.join(', ')}.` : 'A reason.',
      },
    ],
  }),
)

export const ExtensionNotFound = problem('extension-not-found', 404, 'There is no such proposal of a longer term')

export const ExtensionEnded = problem(
  'extension-ended',
  409,
  'This proposal of a longer term has ended',
  (state: string) => `It is ${state}.`,
)

export const CannotWithdraw = problem(
  'cannot-withdraw',
  409,
  'This application cannot be withdrawn any more',
  (status: string) => `It is ${status}, or was decided already.`,
)

export const NotAppealable = problem(
  'not-appealable',
  409,
  'This decision cannot be contested in this way',
  (why: string) => `${why[0]!.toUpperCase()}${why.slice(1)}.`,
)

export const AppealTooLate = problem(
  'appeal-too-late',
  409,
  'The time for an appeal is over',
  (until: string) => ({
    detail: `It ended at ${until}. Say why it was not possible in time, and the authority decides whether it still counts.`,
    members: { until },
  }),
  'The law gives a term for appeals. Who missed it for a reason that was not their fault may ask that the appeal counts all the same.',
)

export const DecidedYourself = problem(
  'decided-yourself',
  403,
  'You made the decision that is contested here',
  () => 'A colleague has to look at it.',
)

export const NotALead = problem('not-a-lead', 403, 'This is for those who lead a team')

export const ReasonForHoldNeeded = problem('hold-reason-needed', 422, 'Say why this case has to be kept', () => ({
  errors: [{ pointer: '/reason', code: 'required', message: 'A reason.' }],
}))

export const AskReasonNotKnown = problem(
  'ask-reason-not-known',
  422,
  'That is no reason for which this service asks',
  (reasons: string[]) => ({
    errors: [{ pointer: '/reason', code: 'not-offered', message: `One of ${reasons.join(', ')}.` }],
  }),
)

export const OpeningNotAgreed = problem(
  'opening-not-agreed',
  422,
  'No agreement covers what the other agency would get',
  (detail: string) => detail,
  'A case is opened with another agency only under an agreement that has it as reader, for these fields and this purpose.',
)

export const OfficerNotFit = problem('officer-not-fit', 422, 'This officer cannot do this task', (officer: string) => ({
  detail: `'${officer}' has not the role, the unit or the skills that it needs.`,
  errors: [{ pointer: '/to', code: 'not-fit', message: 'Choose somebody who may do it.' }],
}))

export const OfficerExcluded = problem(
  'officer-excluded',
  409,
  'This officer may have nothing to do with this case',
  (why: string) => why,
  'Who has declared an interest, decided what is contested, or proposed the decision that is to be confirmed, may not take part.',
)

export const LeadersOnly = problem('leaders-only', 403, 'Only who leads a team may do this')

export const AbsenceNotFound = problem('absence-not-found', 404, 'There is no such absence')

export const AbsenceNotValid = problem(
  'absence-not-valid',
  422,
  'The days of the absence are not as they must be',
  () => ({
    errors: [{ pointer: '/until', code: 'not-valid', message: 'Days as 2026-05-01, the last not before the first.' }],
  }),
)

export const ViewNotFound = problem('view-not-found', 404, 'There is no such view')

export const ViewsFull = problem(
  'views-full',
  409,
  'You have as many views as you can keep',
  (most: number) => `At most ${most}: drop one first.`,
)

export const DecisionWaits = problem(
  'decision-waits',
  409,
  'A decision on this task waits to be confirmed',
  () => 'A second person confirms it or sends it back.',
)

export const NothingProposed = problem('nothing-proposed', 409, 'There is no decision to be confirmed')

export const ReviewNeedsNote = problem('review-needs-note', 422, 'Say what you do not agree with', () => ({
  errors: [{ pointer: '/note', code: 'required', message: 'A note for who decided first.' }],
}))

export const BulkNotFound = problem('bulk-not-found', 404, 'There is no such work on many')

export const BulkNotValid = problem('bulk-not-valid', 422, 'This cannot be done with many', (why: string) => why)

export const BulkStarted = problem('bulk-started', 409, 'This was begun already')

export const UndoTooLate = problem(
  'undo-too-late',
  409,
  'This can be undone no more',
  () => 'The ten minutes in which it could are over.',
)

export const BulkNotAllowed = problem(
  'bulk-not-allowed',
  409,
  'This task is decided one by one',
  () => 'Its definition says nothing of many, or the officer has questions to answer.',
)

export const JoinNotPossible = problem(
  'join-not-possible',
  409,
  'These cases cannot be decided together',
  (why: string) => why,
)

export const LinkNotFound = problem('link-not-found', 404, 'These cases are not joined')
