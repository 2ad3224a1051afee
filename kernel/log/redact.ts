// Takes personal data and secrets out of what is about to be logged: by the names of fields, and by what values look like.

/** Parts of field names, small letters without - and _, whose values never reach a log. */
const privateNames = [
  'name',
  'mail',
  'phone',
  'msisdn',
  'address',
  'street',
  'birth',
  'sex',
  'gender',
  'nationality',
  'religion',
  'answer',
  'facts',
  'body',
  'payload',
  'content',
  'text',
  'note',
  'reason',
  'comment',
  'query',
  'params',
  'values',
  'header',
  'cookie',
  'authorization',
  'token',
  'password',
  'passphrase',
  'secret',
  'credential',
  'otp',
  'iban',
  'card',
  'account',
  'plate',
  'passport',
  'licence',
  'subject',
  'person',
  'holder',
  'payer',
  'applicant',
  'recipient',
  'represented',
]
/** Whole names that contain one of the above and say nothing about anybody. */
const plainNames = new Set(['filename', 'hostname', 'queuename', 'eventname', 'blockname', 'textkey', 'problemcode'])
const verdicts = new Map<string, boolean>()

function isPrivate(name: string): boolean {
  let verdict = verdicts.get(name)
  if (verdict === undefined) {
    const bare = name
      .toLowerCase()
      .replace(/[^a-z]/g, '')
      .replace(/context|template/g, '')
    verdict = !plainNames.has(bare) && privateNames.some((part) => bare.includes(part))
    if (verdicts.size < 5000) verdicts.set(name, verdict)
  }
  return verdict
}

const GONE = '[redacted]'
const DEEPEST = 6
const LONGEST = 4000

// Written so that each runs in linear time over text of any kind.
const looks: [RegExp, string][] = [
  [/\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@]{1,200}@/gi, '$1[redacted]@'],
  [/[^\s@<>"',;:()]{1,64}@[^\s@<>"',;:()]{1,190}/g, '[address]'],
  [/\beyJ[\w-]{8,2000}\.[\w-]{8,2000}(\.[\w-]*)?/g, '[token]'],
  [/\b(bearer|basic)\s+[\w+/=.~-]{6,}/gi, '$1 [token]'],
  [/(?<![\w-])\+?\p{Nd}(?:[ ()]?\p{Nd}){8,}(?![\w-])/gu, '[digits]'],
  [/\?[^\s"']{1,2000}/g, '?[query]'],
]

/** Text without what looks like an address, a token, a long number or a query string; cut at 4,000 characters. */
export function redactText(text: string): string {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
  return looks.reduce((left, [look, instead]) => left.replace(look, instead), short)
}

/** A copy that is safe to log; errors become plain objects, cycles and depths end. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (depth >= DEEPEST) return '[deep]'
  if (value instanceof Error) return redactError(value, depth)
  if (ArrayBuffer.isView(value)) return `[${(value as Uint8Array).byteLength} bytes]`
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => redact(item, depth + 1))
  const safe: Record<string, unknown> = {}
  for (const [name, item] of Object.entries(value)) safe[name] = isPrivate(name) ? GONE : redact(item, depth + 1)
  return safe
}

/**
 * Of an error its kind, code, place and cause. Postgres quotes the values of rows in `detail` and `where`, and in the
 * message of data errors (SQLSTATE class 22 and 23): the former are left out, the latter lose what stands in quotes.
 */
function redactError(error: Error, depth: number): Record<string, unknown> {
  const { code, table, constraint, column, schema, status } = error as unknown as Record<string, unknown>
  const ofDatabase = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)
  const quotesValues = ofDatabase && /^(22|23|42)/.test(code)
  const hide = (text: string) => redactText(quotesValues ? text.replace(/"[^"]*"/g, '"…"') : text)
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))

  return {
    type: error.name === 'Error' ? error.constructor.name : error.name,
    message: hide(error.message),
    ...Object.fromEntries(
      Object.entries({ code, table, constraint, column, schema, status }).filter(([, given]) =>
        ['string', 'number'].includes(typeof given),
      ),
    ),
    stack: frames.slice(0, 20).join('\n'),
    ...(error.cause === undefined ? {} : { cause: redact(error.cause, depth + 1) }),
    ...(error instanceof AggregateError ? { errors: redact(error.errors, depth + 1) } : {}),
  }
}
