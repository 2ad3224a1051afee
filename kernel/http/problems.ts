// The refusals that every HTTP interface shares.
import { type FieldError, problem } from '../problem/index.ts'

export const NotFound = problem(
  'not-found',
  404,
  'There is nothing here',
  undefined,
  'The address is wrong, or what was there is gone, or it is not yours to see: these look alike on purpose.',
)

export const MethodNotAllowed = problem('method-not-allowed', 405, 'That is not done here', (allow: string[]) => ({
  detail: `Possible here: ${allow.join(', ')}.`,
  headers: { allow: allow.join(', ') },
}))

export const NotSignedIn = problem(
  'not-signed-in',
  401,
  'You are not signed in',
  () => ({ headers: { 'www-authenticate': 'Bearer' } }),
  'Send an access token in the Authorization header, or sign in. A token that has expired counts as none.',
)

export const ScopeMissing = problem(
  'scope-missing',
  403,
  'You may not do that',
  (scope: string) => ({ detail: `This needs the scope '${scope}'.`, members: { scope } }),
  'Each route names the scope it needs. Ask for a token that has it, or for the role that grants it.',
)

export const RequestNotValid = problem(
  'request-not-valid',
  400,
  'The request is not as described',
  (errors: FieldError[]) => ({ errors }),
  'Compare it with the description at /openapi.json. Unknown fields are refused, and numbers must be numbers. Each entry of `errors` points at one place: /x is in the body, query:/x in the query, params:/x in the path.',
)

export const BodyNotJson = problem('body-not-json', 400, 'The body is not JSON', (why: string) => why)

export const BodyTooDeep = problem(
  'body-too-deep',
  400,
  'The body is nested too deeply',
  (depth: number) => `At most ${depth} levels.`,
)

export const TextNotAllowed = problem(
  'text-not-allowed',
  400,
  'The request has characters that cannot be stored',
  undefined,
  'A NUL character, half of a surrogate pair, or bytes that are not UTF-8. Any script of the world is fine.',
)

export const BodyTooLarge = problem('body-too-large', 413, 'The body is too large', (limit: number) => ({
  detail: `At most ${limit} bytes.`,
  members: { limit },
}))

export const MediaTypeNotSupported = problem(
  'media-type-not-supported',
  415,
  'That kind of content is not accepted here',
  (accepted: string) => `Send ${accepted}.`,
)

export const UrlNotValid = problem('url-not-valid', 400, 'The address is not well-formed')

export const RequestTooSlow = problem('request-too-slow', 408, 'The request did not arrive in time')

export const HeadersTooLarge = problem('headers-too-large', 431, 'The headers are too large')

export const CrossSiteRefused = problem(
  'cross-site-refused',
  403,
  'That came from another website',
  undefined,
  'A page of another origin tried to write here in your name. Open our own page and try again.',
)

export const FormExpired = problem(
  'form-expired',
  403,
  'This form is no longer good',
  undefined,
  'You signed in or out since the page was opened. Open it again; what was saved is still there.',
)

export const Overloaded = problem(
  'overloaded',
  503,
  'Too much is going on at this moment',
  (seconds: number) => ({ detail: 'Nothing was done. Try again soon.', headers: { 'retry-after': String(seconds) } }),
  'The server refuses early, so that what it accepts is still answered in time. Wait as long as Retry-After says.',
)

export const TemporarilyUnavailable = problem(
  'temporarily-unavailable',
  503,
  'A part of the system cannot be reached',
  (reference: string) => ({ members: { reference }, headers: { 'retry-after': '3' } }),
  'Try again soon, with the same Idempotency-Key: if it was done already, you will be told so.',
)

export const SomethingWentWrong = problem(
  'something-went-wrong',
  500,
  'Something went wrong',
  (reference: string) => ({
    detail: `It is our fault. Quote ${reference} if you ask about it.`,
    members: { reference },
  }),
  'It is recorded with the reference. Try again with the same Idempotency-Key: it is not done twice.',
)

export const IdempotencyKeyMissing = problem(
  'idempotency-key-missing',
  400,
  'The header Idempotency-Key is missing',
  undefined,
  'Every write names itself: 1 to 200 printable characters that you choose at random, such as a UUID, and repeat when you retry. The same key with the same body within 24 hours gives the answer of the first time. A write that was refused is not remembered, for it changed nothing.',
)

export const IdempotencyKeyInUse = problem(
  'idempotency-key-in-use',
  409,
  'The first request with this Idempotency-Key is not answered yet',
  () => ({ headers: { 'retry-after': '1' } }),
)

export const IdempotencyKeyReused = problem(
  'idempotency-key-reused',
  422,
  'This Idempotency-Key was used for another request',
  undefined,
  'One key names one write. Choose a new one for a new write.',
)

export const IfMatchMissing = problem(
  'if-match-missing',
  428,
  'The header If-Match is missing',
  undefined,
  'Send the ETag of what you read, so that nobody else’s change is overwritten unseen.',
)

export const VersionMovedOn = problem(
  'version-moved-on',
  412,
  'It has changed since you read it',
  undefined,
  'Read it again, look at what changed, and decide anew.',
)

export const CursorNotValid = problem(
  'cursor-not-valid',
  400,
  'That cursor leads nowhere',
  undefined,
  'Take cursors from the Link header or from `next`, unchanged, and only for the same list.',
)

export const UploadNotValid = problem('upload-not-valid', 400, 'The upload is not well-formed', (why: string) => why)
