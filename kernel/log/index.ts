// The door of the room `log`: one JSON line an event, without anybody's personal data.
export { createLog, type Log, type LogOptions } from './log.ts'
export { redact, redactText } from './redact.ts'
