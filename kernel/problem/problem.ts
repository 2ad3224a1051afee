// A problem is a refusal we expect: declared once with its code, thrown where it happens, told as RFC 9457.

/** One wrong field of a request; `pointer` is an RFC 6901 JSON Pointer into the body ('/answers/plate'). */
export interface FieldError {
  pointer: string
  code: string
  message: string
}

/** What a declaration may say about one occurrence; a plain string is the same as `{ detail }`. */
interface Occurrence {
  detail?: string
  errors?: FieldError[]
  /** Extension members of RFC 9457, such as `{ balance: 30 }`; never personal data. */
  members?: Record<string, unknown>
  /** Headers that belong to the answer, such as `{ 'retry-after': '1' }`. */
  headers?: Record<string, string>
}

/** A kind of problem as it was declared; the docs and the page `/problems/<code>` are made of these. */
export interface ProblemKind {
  code: string
  status: number
  title: string
  /** Why it happens and what the caller can do, for the page behind the `type`. */
  about?: string
}

/** The body of `application/problem+json` (RFC 9457, with `errors` and `traceId` as extension members). */
export interface ProblemBody {
  type: string
  title: string
  status: number
  code: string
  detail?: string
  instance?: string
  errors?: FieldError[]
  traceId?: string
}

/** A refusal on its way to the caller. Not a fault: it is not logged as an error. */
export class Problem extends Error {
  readonly kind: ProblemKind
  readonly code: string
  readonly status: number
  readonly title: string
  readonly detail: string | undefined
  readonly errors: FieldError[] | undefined
  readonly members: Record<string, unknown> | undefined
  readonly headers: Record<string, string> | undefined

  constructor(kind: ProblemKind, occurrence: Occurrence = {}) {
    super(occurrence.detail ?? kind.title)
    this.name = 'Problem'
    this.kind = kind
    this.code = kind.code
    this.status = kind.status
    this.title = kind.title
    this.detail = occurrence.detail
    this.errors = occurrence.errors
    this.members = occurrence.members
    this.headers = occurrence.headers
  }
}

const declared = new Map<string, ProblemKind>()

/**
 * Declares a kind of problem and gives the function that makes one: `throw PaymentNotFound(id)`.
 * A code is declared once in the whole program; a second declaration is a fault and throws at start.
 * `about` explains the kind on the page `/problems/<code>`.
 */
export function problem<Args extends unknown[] = []>(
  code: string,
  status: number,
  title: string,
  detail?: (...args: Args) => string | Occurrence,
  about?: string,
): (...args: Args) => Problem {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(code)) throw new Error(`problem code '${code}' is not kebab-case`)
  if (declared.has(code)) throw new Error(`problem '${code}' is declared twice; import the first declaration`)
  if (status < 400 || status > 599) throw new Error(`problem '${code}' has status ${status}; use 400–599`)
  const kind: ProblemKind = { code, status, title, ...(about === undefined ? {} : { about }) }
  declared.set(code, kind)

  return (...args) => {
    const told = detail?.(...args)
    return new Problem(kind, typeof told === 'string' ? { detail: told } : told)
  }
}

/** Every kind declared so far, by code; complete once all modules of the program are imported. */
export function declaredProblems(): ProblemKind[] {
  return [...declared.values()].sort((a, b) => (a.code < b.code ? -1 : 1))
}

export function findProblem(code: string): ProblemKind | undefined {
  return declared.get(code)
}

export function isProblem(error: unknown): error is Problem {
  return error instanceof Problem
}

/** The RFC 9457 body; `title` replaces the declared English title where a face has a translation. */
export function problemBody(
  problem: Problem,
  at: { baseUrl: string; instance?: string; traceId?: string; title?: string },
): ProblemBody {
  return {
    ...problem.members,
    type: `${at.baseUrl}/problems/${problem.code}`,
    title: at.title ?? problem.title,
    status: problem.status,
    code: problem.code,
    ...(problem.detail === undefined ? {} : { detail: problem.detail }),
    ...(at.instance === undefined ? {} : { instance: at.instance }),
    ...(problem.errors === undefined ? {} : { errors: problem.errors }),
    ...(at.traceId === undefined ? {} : { traceId: at.traceId }),
  }
}

/** Turns a problem that a block behind HTTP answered back into one; undefined if the body is not ours. */
export function problemFromBody(body: unknown): Problem | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const { code, status, title, detail, errors } = body as Partial<ProblemBody>
  if (typeof code !== 'string' || typeof status !== 'number' || typeof title !== 'string') return undefined
  return new Problem(declared.get(code) ?? { code, status, title }, {
    ...(typeof detail === 'string' ? { detail } : {}),
    ...(Array.isArray(errors) ? { errors } : {}),
  })
}
