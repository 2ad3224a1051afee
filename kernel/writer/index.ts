// The door of the room `writer`: days, times, money and lists as a language writes them.
export { type Writer, writerOf } from './writer.ts'
