// Who may do what kind of thing. Whether this very record is theirs, the block asks.
import type { ScopePolicy } from '@ashlar/identity'

export const scopes: ScopePolicy = {
  person: [
    'cases.apply',
    'cases.follow',
    'consent.read',
    'consent.ask',
    'consent.give',
    'decisions.read',
    'documents.read',
    'documents.upload',
    'identity.read',
    'identity.act',
    'identity.manage',
    'messaging.read',
    'registries.own',
  ],
  // Roles are the country's own words, so all officers share these; which cases they see follows from role and unit. What a
  // rule decided they see in the case, whose opening is in the log of the person concerned.
  staff: [
    'cases.work',
    'cases.decide',
    'consent.answer',
    'documents.read',
    'documents.revoke',
    'identity.read',
    'identity.manage',
    'office.use',
    'registries.look-up',
  ],
  roles: {
    operator: [
      'workflow.read',
      'workflow.mend',
      'workflow.tell',
      'payments.ledger',
      'exchange.read',
      'exchange.mend',
      'decisions.replay',
    ],
  },
}
