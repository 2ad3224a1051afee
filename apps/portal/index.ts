// The door of the portal.
export { portalPages } from './portal.ts'
export type { PortalNeeds } from './site.ts'
