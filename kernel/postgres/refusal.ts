// Reasons for which the launcher will not start a database, worded for the person at the terminal.

export type RefusalCode = 'held' | 'not-durable' | 'not-ours' | 'wrong-version' | 'no-binaries' | 'did-not-start'

export class PostgresRefusal extends Error {
  readonly code: RefusalCode

  constructor(code: RefusalCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'PostgresRefusal'
    this.code = code
  }
}
