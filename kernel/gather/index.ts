// The door of the room `gather`: single calls that come at about the same time share one piece of work.
export { gather } from './gather.ts'
