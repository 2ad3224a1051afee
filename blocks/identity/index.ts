// The door of identity: accounts, sessions, ways to sign in, and mandates.
export { type Contact, isAtLeast, type Level, type Method, type Officer, type PersonAccount } from './account.ts'
export type { Codes, SendCode, Visitor } from './codes.ts'
export { createIdentity, type Door, type Identity, type IdentityNeeds } from './identity.ts'
export type { Mandate } from './mandates.ts'
export type { Passkeys, Site } from './passkeys.ts'
export { type Carrier, identityRoutes } from './routes.ts'
export type { ScopePolicy, Session, SessionTimes, SignedIn } from './sessions.ts'
