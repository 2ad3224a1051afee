// The log of the program: pino, one JSON line an event (time, level, msg, traceId, service), redacted.
import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino'
import { redact, redactText } from './redact.ts'

export type Log = Pick<
  Logger,
  'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'flush' | 'level' | 'isLevelEnabled'
> & {
  /** A log whose lines all carry these fields, such as { block: 'payments' }. */
  child(fields: Record<string, unknown>): Log
}

export interface LogOptions {
  level?: string
  /** As OpenTelemetry's service.name: which program speaks. */
  service?: string
  /** Standard output if left out; tests collect lines. */
  destination?: DestinationStream
}

/**
 * log.info({ count: 3 }, 'jobs done'). Give facts as fields, never inside the message: fields are redacted by their
 * names at any depth, and every text by what it looks like. Errors go under `err`.
 */
export function createLog({ level = 'info', service = 'ashlar', destination }: LogOptions = {}): Log {
  const log = pino(
    {
      level,
      base: { service },
      messageKey: 'msg',
      timestamp: stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => redact(fields) as Record<string, unknown>,
      },
      // `log` above has made plain objects of errors already; pino's own serializer would read them again.
      serializers: { err: (error: unknown) => error },
      hooks: { logMethod },
    },
    destination ?? pino.destination({ sync: true, minLength: 0 }),
  )
  // Fields of a child are written once, before any formatter sees them. Inherited, so children of children too.
  const child = log.child
  log.child = function redactedChild(this: Logger, fields: object) {
    return child.call(this, redact(fields) as object)
  } as typeof child
  return log as Log
}

/** Messages and their arguments are redacted here; fields by the formatter, since pino may add to them. */
function logMethod(this: Logger, args: unknown[], method: (this: Logger, ...args: never[]) => void): void {
  const [first, ...rest] = args
  const safe = rest.map((part) => (typeof part === 'string' ? redactText(part) : redact(part)))
  if (typeof first === 'string') {
    method.call(this, redactText(first) as never, ...(safe as never[]))
    return
  }
  const error = first instanceof Error ? first : (first as { err?: unknown } | undefined)?.err
  const fields = first instanceof Error ? { err: first } : first
  // Without a message pino would take the error's own, as it is.
  if (safe.length === 0 && error instanceof Error) safe.push((redact(error) as Error).message)
  method.call(this, fields as never, ...(safe as never[]))
}
