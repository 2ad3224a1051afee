// Cases: what the house may ask, and how the block is made.

import { followAgencies } from './agency-lines.ts'
import { type AppealNeeds, createAppeals } from './appeal.ts'
import { type ApplicantNeeds, type Applicants, createApplicants } from './applicant.ts'
import { type ArchiveNeeds, type Archives, createArchives } from './archive.ts'
import { type Assignment, type AssignmentNeeds, createAssigning, createAssignment } from './assignment.ts'
import { type Bulk, type BulkNeeds, createBulk } from './bulk.ts'
import { type Correspondence, type CorrespondenceNeeds, createCorrespondence } from './correspondence.ts'
import { type DeadlineNeeds, watchDeadlines } from './deadlines.ts'
import { createDeciding, type Deciding, type DecidingNeeds } from './deciding.ts'
import { createDraftAccess, type DraftAccessNeeds } from './draft-access.ts'
import { createDrafts, type DraftNeeds, type Drafts } from './drafts.ts'
import { createExtensions, type ExtensionNeeds, type Extensions } from './extension.ts'
import { createFiles, type FileNeeds } from './files.ts'
import { createForms, type FormNeeds } from './forms.ts'
import { createNamedParties, type NamedPartyNeeds } from './named-parties.ts'
import { createOffers, type OfferNeeds, type Offers } from './offers.ts'
import { createOffice, type Office, type OfficeNeeds } from './office.ts'
import { createOpening, type Opening, type OpeningNeeds } from './opening.ts'
import { followProcesses, type ProcessNeeds } from './process.ts'
import { createQueue, type Queue, type QueueNeeds } from './queue.ts'
import { createRelated, type Related, type RelatedNeeds } from './related.ts'
import { createRepresenting, type RepresentationNeeds } from './representation.ts'
import { emptyRoster, type Roster } from './roster.ts'
import { createSubmissions, type SubmissionNeeds, type Submissions } from './submission.ts'
import { createTeam, type Team, type TeamNeeds } from './team.ts'
import { createWithdrawals, type WithdrawalNeeds, type Withdrawals } from './withdrawal.ts'
import { createWork, type Work, type WorkNeeds } from './work.ts'

/** Cases: from the draft of an application to the decision on it, with its legal clock and its timeline. */
export interface Cases
  extends Drafts,
    Submissions,
    Applicants,
    Office,
    Queue,
    Assignment,
    Deciding,
    Related,
    Bulk,
    Team,
    Offers,
    Pick<Opening, 'legsOf'>,
    Extensions,
    Withdrawals,
    Correspondence,
    Archives {
  /** Steps that processes name: cases.task, cases.ask. */
  steps: Work['steps']
  /** What was submitted starts a process, what was decided moves it on, and its end closes the case. Before jobs.start(). */
  followProcesses(workflow: ProcessNeeds['workflow']): void
}

type Made =
  | 'representing'
  | 'parties'
  | 'forms'
  | 'files'
  | 'deadlines'
  | 'access'
  | 'appeals'
  | 'startDraft'
  | 'endRequests'
  | 'assigning'
  | 'deciding'
  | 'queue'
  | 'roster'
type Parts = DraftAccessNeeds &
  DraftNeeds &
  SubmissionNeeds &
  WorkNeeds &
  DeadlineNeeds &
  OfficeNeeds &
  ApplicantNeeds &
  ExtensionNeeds &
  WithdrawalNeeds &
  CorrespondenceNeeds &
  ArchiveNeeds &
  AppealNeeds &
  OfferNeeds &
  OpeningNeeds
type OfficeParts = QueueNeeds & AssignmentNeeds & DecidingNeeds & RelatedNeeds & BulkNeeds & TeamNeeds
export type CaseNeeds = Omit<Parts & OfficeParts, Made> &
  FormNeeds &
  FileNeeds &
  RepresentationNeeds &
  NamedPartyNeeds & {
    /** Officers and teams, for sharing out work; without it nobody is given anything. */
    roster?: Roster
  }

export function createCases(given: CaseNeeds): Cases {
  const representing = createRepresenting(given)
  const withForms = {
    ...given,
    representing,
    parties: createNamedParties(given),
    forms: createForms(given),
    files: createFiles(given),
    deadlines: watchDeadlines(given),
  }
  const roster = given.roster ?? emptyRoster
  const assigning = createAssigning({ ...given, roster })
  const { jobs, events } = given
  const needs = {
    ...withForms,
    jobs,
    events,
    access: createDraftAccess(withForms),
    appeals: createAppeals(withForms),
    roster,
    assigning,
  }
  const work = createWork(needs)
  const { endRequests } = work
  const { drafts, startDraft } = createDrafts(needs)
  const submissions = createSubmissions({ ...needs, startDraft })
  const opening = createOpening(given, { apply: submissions.apply })
  const queue = createQueue(needs)
  const deciding = createDeciding(needs)

  return {
    ...drafts,
    ...submissions,
    ...createApplicants({ ...needs, endRequests }),
    ...createExtensions(needs),
    ...createWithdrawals(needs),
    ...createCorrespondence(needs),
    ...createArchives(needs),
    ...createOffers(given, { startDraft, getDraft: drafts.getDraft, apply: submissions.apply }),
    ...createOffice({ ...needs, endRequests }),
    ...queue,
    ...deciding,
    ...createAssignment(needs),
    ...createRelated(needs),
    ...createBulk({ ...needs, queue, deciding }),
    ...createTeam(needs),
    legsOf: opening.legsOf,
    steps: [...work.steps, ...opening.steps],
    followProcesses: (workflow) => {
      followProcesses(work, { events: needs.events, workflow })
      opening.follow(workflow)
      followAgencies(given)
    },
  }
}
