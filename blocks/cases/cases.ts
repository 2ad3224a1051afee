// Cases: what the house may ask, and how the block is made.

import { followAgencies } from './agency-lines.ts'
import { type AppealNeeds, createAppeals } from './appeal.ts'
import { type ApplicantNeeds, type Applicants, createApplicants } from './applicant.ts'
import { type ArchiveNeeds, type Archives, createArchives } from './archive.ts'
import { type Correspondence, type CorrespondenceNeeds, createCorrespondence } from './correspondence.ts'
import { type DeadlineNeeds, watchDeadlines } from './deadlines.ts'
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
import { createRepresenting, type RepresentationNeeds } from './representation.ts'
import { createSubmissions, type SubmissionNeeds, type Submissions } from './submission.ts'
import { createWithdrawals, type WithdrawalNeeds, type Withdrawals } from './withdrawal.ts'
import { createWork, type Work, type WorkNeeds } from './work.ts'

/** Cases: from the draft of an application to the decision on it, with its legal clock and its timeline. */
export interface Cases
  extends Drafts,
    Submissions,
    Applicants,
    Office,
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
export type CaseNeeds = Omit<Parts, Made> & FormNeeds & FileNeeds & RepresentationNeeds & NamedPartyNeeds

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
  const needs = { ...withForms, access: createDraftAccess(withForms), appeals: createAppeals(withForms) }
  const work = createWork(needs)
  const { endRequests } = work
  const { drafts, startDraft } = createDrafts(needs)
  const submissions = createSubmissions({ ...needs, startDraft })
  const opening = createOpening(given, { apply: submissions.apply })

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
    legsOf: opening.legsOf,
    steps: [...work.steps, ...opening.steps],
    followProcesses: (workflow) => {
      followProcesses(work, { events: needs.events, workflow })
      opening.follow(workflow)
      followAgencies(given)
    },
  }
}
