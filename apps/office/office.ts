// The office's places and its navigation.
import { createLive } from '@ashlar/face'
import { bulkPages } from './bulk.ts'
import { casePages } from './case.ts'
import { caseForms } from './case-forms.ts'
import { decisionPages } from './decision.ts'
import { handingPages } from './handing.ts'
import { lifeForms } from './life-forms.ts'
import { listFiles } from './lists.ts'
import { paperPages } from './papers.ts'
import { personPages } from './person.ts'
import { previewPages } from './preview.ts'
import { questionPages } from './questions.ts'
import { queuePages } from './queue.ts'
import { createReasons } from './reason.ts'
import type { OfficeNeeds } from './rooms.ts'
import { teamPages } from './team.ts'
import { viewForms } from './views.ts'
import { createWords } from './words.ts'

export function officePages(needs: OfficeNeeds): void {
  const rooms = {
    ...needs,
    live: createLive(needs),
    wordsOf: createWords(needs.catalogue, needs.faces.country),
    reasons: createReasons(needs.secret, needs.baseUrl.startsWith('https:')),
  }
  needs.faces.navigation('staff', ({ t, request }) => [
    { at: 'queue', href: '/office', text: t('office.queue') },
    ...(request.caller && needs.cases.isLeader(request.caller.context)
      ? [{ at: 'team', href: '/office/team', text: t('office.team') }]
      : []),
    { at: 'find', href: '/office/find', text: t('office.find') },
    { at: 'questions', href: '/office/questions', text: t('office.questions') },
  ])
  queuePages(rooms)
  casePages(rooms)
  caseForms(rooms)
  lifeForms(rooms)
  decisionPages(rooms)
  paperPages(rooms)
  questionPages(rooms)
  viewForms(rooms)
  listFiles(rooms)
  bulkPages(rooms)
  teamPages(rooms)
  personPages(rooms)
  previewPages(rooms)
  handingPages(rooms)
}
