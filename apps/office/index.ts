// The door of the office: the workplace of officers and clerks.
export { officePages } from './office.ts'
export type { OfficeNeeds } from './rooms.ts'
