// Who may do what kind of thing. Whether this very record is theirs, the block asks.
import type { ScopePolicy } from '@ashlar/identity'

export const scopes: ScopePolicy = {
  person: [
    'cases.apply',
    'cases.own',
    'consent.read',
    'consent.ask',
    'consent.give',
    'documents.read',
    'documents.upload',
    'identity.read',
    'identity.act',
    'identity.manage',
    'messaging.read',
    'registries.own',
  ],
  staff: ['identity.read', 'identity.manage', 'office.use'],
  // Roles are the country's own words, so all officers share one set; which cases they see follows from role and unit.
  roles: {
    '*': ['cases.work', 'consent.answer', 'decisions.read', 'documents.read', 'documents.revoke', 'registries.look-up'],
  },
}
