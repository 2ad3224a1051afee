// The office's places and its navigation.
import { createLive } from '@ashlar/face'
import { casePages } from './case.ts'
import { caseForms } from './case-forms.ts'
import { decisionPages } from './decision.ts'
import { paperPages } from './papers.ts'
import { questionPages } from './questions.ts'
import { queuePages } from './queue.ts'
import type { OfficeNeeds } from './rooms.ts'
import { createWords } from './words.ts'

export function officePages(needs: OfficeNeeds): void {
  const rooms = { ...needs, live: createLive(needs), wordsOf: createWords(needs.catalogue, needs.faces.country) }
  needs.faces.navigation('staff', ({ t }) => [
    { at: 'queue', href: '/office', text: t('office.queue') },
    { at: 'questions', href: '/office/questions', text: t('office.questions') },
  ])
  queuePages(rooms)
  casePages(rooms)
  caseForms(rooms)
  decisionPages(rooms)
  paperPages(rooms)
  questionPages(rooms)
}
