// What this house offers to the definitions of public services; `ashlar check` reports what they want beyond it.
import { type Offers, questionTypesRead } from '@ashlar/catalogue'

/** Full name of each step → the block that offers it. The house's test compares it with the steps that really stand. */
export const offers: Offers = {
  steps: {
    'registries.lookUp': 'registries',
    'registries.write': 'registries',
    'registries.issueNumber': 'registries',
    'decisions.decide': 'decisions',
    'cases.task': 'cases',
    'cases.ask': 'cases',
    'cases.open': 'cases',
    'cases.takeBack': 'cases',
    'cases.fourEyes': 'cases',
    'payments.collect': 'payments',
    'payments.refund': 'payments',
    'documents.issue': 'documents',
    'payments.payout': 'payments',
    'messaging.notify': 'messaging',
    'exchange.tell': 'exchange',
    'workflow.parallel': 'workflow',
    'workflow.wait': 'workflow',
    'workflow.each': 'workflow',
    'workflow.on': 'workflow',
    'workflow.undo': 'workflow',
    'workflow.compensate': 'workflow',
  },
  questions: [...questionTypesRead],
  parties: [
    'applicant person',
    'applicant organisation',
    'applicant either',
    'informed person',
    'informed organisation',
    'represented by parent',
    'represented by guardian',
    'represented by director',
    'represented by mandate',
  ],
  evidence: ['register'],
  clocks: ['alarm'],
  triggers: ['event', 'time', 'offer'],
}
