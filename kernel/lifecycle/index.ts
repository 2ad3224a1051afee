// The door of the room `lifecycle`: states and the events that move between them, as a table.
export type { EventOf, Lifecycle, StateOf } from './lifecycle.ts'
export { lifecycle, NotPossibleNow } from './lifecycle.ts'
