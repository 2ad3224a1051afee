// The door of the event room: what happened is told in the transaction in which it happened.

export type { Event, EventNeeds, Events, Glimpse } from './events.ts'
export { createEvents } from './events.ts'
