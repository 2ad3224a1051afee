// The door of the event room: what happened is told in the transaction in which it happened.

export type { Event, EventNeeds, Events } from './events.ts'
export { createEvents } from './events.ts'
export type { Glimpse } from './watch.ts'
