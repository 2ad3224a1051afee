// What a definition needs blocks to offer: its steps, question types, parties, evidence, clock and triggers.
import { eachItem } from './flow.ts'
import type { FlowItem, Need, PublicService, Question, Start } from './public-service.ts'

/** What the blocks of a running house offer. */
export interface Offers {
  /** Full name of a step → the block that offers it. */
  steps: Record<string, string>
  questions: string[]
  parties: string[]
  evidence: string[]
  clocks: string[]
  triggers: string[]
}

const listOf = {
  question: 'questions',
  party: 'parties',
  evidence: 'evidence',
  clock: 'clocks',
  trigger: 'triggers',
} as const

export function isOffered({ what, name }: Need, offers: Offers): boolean {
  return what === 'step' ? Object.hasOwn(offers.steps, name) : offers[listOf[what]].includes(name)
}

/** Everything that is offered of a kind, for "did you mean". */
export function offeredOf(what: Need['what'], offers: Offers): string[] {
  return what === 'step' ? Object.keys(offers.steps) : offers[listOf[what]]
}

export function needsOf(service: Omit<PublicService, 'needs'>): Need[] {
  const needs: Need[] = []
  const need = (what: Need['what'], name: string, ...at: (string | number)[]) =>
    needs.push({ what, name, at: at.join('/') })

  for (const [name, party] of Object.entries(service.parties)) {
    need('party', `${party.joins} ${party.is}`, 'parties', name)
    for (const representative of party.representedBy)
      need('party', `represented by ${representative}`, 'parties', name, 'represented-by')
  }
  for (const [name, evidence] of Object.entries(service.evidence))
    need('evidence', evidence.credential === undefined ? 'register' : 'credential', 'evidence', name)
  for (const [n, page] of service.form.entries())
    for (const question of page.questions) needQuestion(question, 'form', n, 'questions', question.name)
  for (const { item, at } of eachItem(service.flow)) {
    for (const step of stepsOf(item, service)) need('step', step, ...at)
    if (item.kind === 'task' || item.kind === 'ask')
      for (const question of item.questions) needQuestion(question, ...at, 'questions', question.name)
  }
  if (service.clock !== undefined) {
    need('clock', service.clock.onBreach, 'clock')
    if (service.clock.extend !== undefined) need('clock', 'extension', 'clock', 'extend')
    if (service.clock.variants.length > 0) need('clock', 'variants', 'clock', 'variants')
  }
  for (const [n, start] of service.starts.entries()) {
    need('trigger', triggerOf(start), 'starts', n)
    if (start.person === undefined) need('trigger', 'start without a person', 'starts', n)
  }
  for (const offer of service.offers) {
    need('trigger', 'offer', 'offers', offer.name)
    need('trigger', triggerOf(offer), 'offers', offer.name)
  }
  if (service.appeal !== undefined) need('trigger', 'appeal', 'appeal')
  return needs

  function needQuestion(question: Question, ...at: (string | number)[]) {
    need('question', question.type, ...at)
    for (const column of question.columns) need('question', column.type, ...at, 'columns', column.name)
  }
}

const triggerOf = ({ event, records }: Pick<Start, 'event' | 'records'>): string =>
  everyOf(event) === undefined ? 'event' : records === undefined ? 'time without records' : 'time'

/** How often a trigger of time looks: '1 day' of 'every: 1 day'. */
export function everyOf(event: string): string | undefined {
  return /^every:\s*(.+)$/.exec(event)?.[1]
}

/** The steps that an item of the flow stands for. */
function stepsOf(item: FlowItem, { outputs, evidence, authority }: Omit<PublicService, 'needs'>): string[] {
  switch (item.kind) {
    case 'look-up':
      return [evidence[item.evidence]?.credential === undefined ? 'registries.lookUp' : 'documents.present']
    case 'decide':
      return ['decisions.decide']
    case 'task':
      return [
        'cases.task',
        ...(item.panel === undefined ? [] : ['cases.panel']),
        ...(item.fourEyes ? ['cases.fourEyes'] : []),
        ...(item.agency === undefined || item.agency === authority ? [] : ['cases.taskElsewhere']),
      ]
    case 'ask':
      return [item.party === 'applicant' ? 'cases.ask' : 'cases.askParty']
    case 'pay':
      return [item.party === undefined || item.party === 'applicant' ? 'payments.collect' : 'payments.collectFromParty']
    case 'refund':
      return ['payments.refund']
    case 'issue': {
      const output = outputs[item.output]
      return [
        ...(output?.letter === undefined ? [] : ['documents.issue']),
        ...(output?.credential === undefined ? [] : ['documents.issueCredential']),
      ]
    }
    case 'notify':
      return ['messaging.notify']
    case 'write':
      return ['registries.write', ...(item.undo.length === 0 ? [] : ['workflow.undo'])]
    case 'parallel':
      return ['workflow.parallel']
    case 'each':
      return ['workflow.each']
    case 'wait':
      return ['workflow.wait']
    case 'on':
      return ['workflow.on']
    case 'step':
      return [item.step, ...(item.undo.length === 0 ? [] : ['workflow.undo'])]
    default:
      return []
  }
}
