// The door of the demonstration: doors without a password, the mailbox, and a clock that moves. None of it exists elsewhere.
export type { Occasion } from './agencies.ts'
export { type DemoNeeds, type DemoPerson, demoPages } from './demo.ts'
