// The door of the office: the workplace of officers and clerks.
export { type OfficeNeeds, officePages } from './office.ts'
