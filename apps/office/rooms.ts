// What the office needs of the house, and how its routes are declared.
import type { Cases } from '@ashlar/cases'
import type { Catalogue } from '@ashlar/catalogue'
import type { Consent } from '@ashlar/consent'
import type { Decisions } from '@ashlar/decisions'
import type { Documents } from '@ashlar/documents'
import type { Faces, Live } from '@ashlar/face'
import type { Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import type { Http } from '@ashlar/kernel/http'
import type { WordsOf } from './words.ts'

export interface OfficeNeeds {
  http: Http
  faces: Faces
  cases: Pick<
    Cases,
    'queue' | 'counts' | 'getCase' | 'claim' | 'release' | 'decide' | 'ask' | 'withdrawRequest' | 'addNote'
  >
  catalogue: Pick<Catalogue, 'get' | 'list'>
  consent: Pick<Consent, 'openQuestions' | 'answer'>
  decisions: Pick<Decisions, 'ofCase'>
  documents: Pick<Documents, 'pdf' | 'ofCase' | 'uploads'>
  clock: Clock
  /** For pages that show changes as they happen. */
  events: Pick<Events, 'watch' | 'moment' | 'hasHappened'>
}

/** What the pages of the office are made with. */
export interface OfficeRooms extends OfficeNeeds {
  live: Live
  wordsOf: WordsOf
}

/** Every page and form of the office asks for this scope; which cases an officer sees follows from role, unit and agency. */
export const office = { config: { scope: 'office.use' } }
