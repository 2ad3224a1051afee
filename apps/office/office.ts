// The office's places, its navigation, and what it needs of the house.
import type { Cases } from '@ashlar/cases'
import type { Catalogue } from '@ashlar/catalogue'
import type { Consent } from '@ashlar/consent'
import type { Decisions } from '@ashlar/decisions'
import type { Documents } from '@ashlar/documents'
import type { Faces } from '@ashlar/face'
import type { Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import type { Http } from '@ashlar/kernel/http'
import { casePages } from './case.ts'
import { decisionPages } from './decision.ts'
import { questionPages } from './questions.ts'
import { queuePages } from './queue.ts'
import { createWords, type WordsOf } from './words.ts'

export interface OfficeNeeds {
  http: Http
  faces: Faces
  cases: Cases
  catalogue: Catalogue
  consent: Consent
  decisions: Decisions
  documents: Documents
  clock: Clock
  events: Events
}

/** What the pages of the office are made with. */
export interface OfficeRooms extends OfficeNeeds {
  wordsOf: WordsOf
}

/** Every page and form of the office asks for this scope; which cases an officer sees follows from role, unit and agency. */
export const office = { config: { scope: 'office.use' } }

export function officePages(needs: OfficeNeeds): void {
  const rooms = { ...needs, wordsOf: createWords(needs.catalogue, needs.faces.country) }
  needs.faces.navigation('staff', ({ t }) => [
    { at: 'queue', href: '/office', text: t('office.queue') },
    { at: 'questions', href: '/office/questions', text: t('office.questions') },
  ])
  queuePages(rooms)
  casePages(rooms)
  decisionPages(rooms)
  questionPages(rooms)
}
