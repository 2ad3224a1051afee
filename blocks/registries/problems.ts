// Every refusal of registries.
import { type FieldError, problem } from '@ashlar/kernel/problem'

export const RegisterNotFound = problem(
  'register-not-found',
  404,
  'There is no such register',
  (id: string) => `There is no register '${id}'.`,
)

export const AccessRefused = problem(
  'access-refused',
  403,
  'This use of data is not covered',
  (detail: string) => detail,
  'A register gives out what an agreement, the role of an officer or the person themself covers: these fields, for this ' +
    'purpose, to this agency. The refusal is in the log of data uses.',
)

export const ReasonNeeded = problem(
  'reason-needed',
  422,
  'Say why',
  () => 'Outside of a case, opening a record needs a reason. The person will see it.',
)

export const DataUseLogUnavailable = problem(
  'data-use-log-unavailable',
  503,
  'Data cannot be used at the moment',
  () => ({
    detail: 'What cannot be written into the log of data uses is not given out. Try again soon.',
    headers: { 'retry-after': '2' },
  }),
  'No record is read without an entry in the log of who used whose data. While that log cannot be written, registers stay shut.',
)

export const NotIndexed = problem(
  'register-field-not-indexed',
  422,
  'Records cannot be found by this',
  (register: string, fields: string[]) =>
    `'${register}' finds records by its identifiers and indexes; none of these is one: ${fields.join(', ') || 'nothing was given'}.`,
)

export const FieldNotFound = problem(
  'register-field-not-found',
  422,
  'The register has no such field',
  (register: string, fields: string[]) => `'${register}' has no field ${fields.join(', ')}.`,
)

export const NothingToWrite = problem('nothing-to-write', 422, 'A change needs at least one field')

export const RecordNotFound = problem(
  'record-not-found',
  404,
  'There is no such record',
  (register: string) => `'${register}' has no record with this key.`,
)

export const RecordNotSingle = problem(
  'record-not-single',
  409,
  'More than one record has this key',
  (register: string) => `A change needs a key that finds one record of '${register}'.`,
)

export const RecordNotValid = problem(
  'record-not-valid',
  422,
  'The register cannot keep these values',
  (register: string, errors: FieldError[]) => ({ detail: `See 'errors' for the fields of '${register}'.`, errors }),
)

export const RecordMovedOn = problem(
  'record-moved-on',
  409,
  'Somebody changed this record meanwhile',
  (version: number) => `The record is at version ${version} now. Read it again before you change it.`,
)

export const IdentifierTaken = problem(
  'identifier-taken',
  409,
  'Another record has this identifier',
  (register: string) => `Identifiers of '${register}' belong to one record.`,
)

export const WriteKeyReused = problem(
  'write-key-reused',
  422,
  'This key was used for another change',
  () => 'The same key must come with the same change.',
)

export const NotYourRecords = problem(
  'not-your-records',
  403,
  'These are not your records',
  () => 'You may see records about yourself, and about those for whom you act.',
)

export const TooManyGuesses = problem(
  'too-many-guesses',
  429,
  'Too many attempts for this number',
  (seconds: number) => ({
    detail: 'Too many attempts did not fit. Sign in to see what is yours, or try again later.',
    headers: { 'retry-after': String(seconds) },
  }),
  'Whoever knows the numbers on a notice may see it without signing in. So that nobody finds them by trying, few misses are allowed.',
)
