// What the office needs of the house, and how its routes are declared.
import type { Cases } from '@ashlar/cases'
import type { Catalogue } from '@ashlar/catalogue'
import type { Consent } from '@ashlar/consent'
import type { Decisions } from '@ashlar/decisions'
import type { Documents } from '@ashlar/documents'
import type { Exchange } from '@ashlar/exchange'
import type { Faces, Live } from '@ashlar/face'
import type { Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import type { Http } from '@ashlar/kernel/http'
import type { Workflow } from '@ashlar/workflow'
import type { Reasons } from './reason.ts'
import type { WordsOf } from './words.ts'

export interface OfficeNeeds {
  http: Http
  faces: Faces
  exchange: Pick<Exchange, 'messagesOf'>
  cases: Pick<
    Cases,
    | 'queue'
    | 'counts'
    | 'countsOf'
    | 'savedViews'
    | 'saveView'
    | 'dropView'
    | 'exportQueue'
    | 'getCase'
    | 'legsOf'
    | 'claim'
    | 'release'
    | 'handOver'
    | 'colleaguesFor'
    | 'takeNext'
    | 'shareOut'
    | 'rebalance'
    | 'noteAbsence'
    | 'dropAbsence'
    | 'declareConflict'
    | 'isLeader'
    | 'teamBoard'
    | 'decide'
    | 'supposed'
    | 'review'
    | 'ask'
    | 'withdrawRequest'
    | 'addNote'
    | 'extendTerm'
    | 'writeToApplicant'
    | 'markMessagesRead'
    | 'clockNotices'
    | 'joinCases'
    | 'separateCases'
    | 'personOf'
    | 'findCase'
    | 'prepareBulk'
    | 'startBulk'
    | 'undoBulk'
    | 'getBulk'
  >
  catalogue: Pick<Catalogue, 'get' | 'list'>
  consent: Pick<Consent, 'openQuestions' | 'answer'>
  decisions: Pick<Decisions, 'ofCase'>
  documents: Pick<Documents, 'pdf' | 'preview' | 'ofCase' | 'uploads'>
  workflow: Pick<Workflow, 'foresee'>
  clock: Clock
  /** Seals why a case is opened. */
  secret: Buffer
  /** Where the office is, so that its cookies are kept to https if it is. */
  baseUrl: string
  /** For pages that show changes as they happen. */
  events: Pick<Events, 'watch' | 'moment' | 'hasHappened'>
}

/** What the pages of the office are made with. */
export interface OfficeRooms extends OfficeNeeds {
  live: Live
  reasons: Reasons
  wordsOf: WordsOf
}

/** Every page and form of the office asks for this scope; which cases an officer sees follows from role, unit and agency. */
export const office = { config: { scope: 'office.use' } }
