// Every refusal of identity. None says whether an account exists.
import { problem } from '@ashlar/kernel/problem'

export const AddressNotValid = problem(
  'address-not-valid',
  422,
  'That is not an e-mail address',
  () => 'Write it like name@example.org.',
)

export const CodeNotAccepted = problem(
  'code-not-accepted',
  422,
  'The code was not accepted',
  () => 'It may be mistyped, older than ten minutes, used already, or tried too often. Ask for a new one.',
  'Codes are six digits, sent to the address of an account. We do not say whether an address has an account.',
)

export const PasskeyNotAccepted = problem(
  'passkey-not-accepted',
  422,
  'The passkey was not accepted',
  () => 'Try again, or sign in with a code.',
)

export const TooManyAttempts = problem('too-many-attempts', 429, 'Too many attempts', (seconds: number) => ({
  detail: `Try again in ${seconds} seconds, or sign in with a passkey.`,
  headers: { 'retry-after': String(seconds) },
}))

export const SignInNeeded = problem('sign-in-needed', 401, 'Sign in first')

export const RecentSignInNeeded = problem(
  'recent-sign-in-needed',
  403,
  'Sign in once more',
  () => 'What changes how you sign in needs a sign-in of the last 15 minutes.',
)

export const DoorClosed = problem('door-closed', 404, 'There is no such door')

export const MayNotActFor = problem(
  'may-not-act-for',
  403,
  'You may not act for them',
  () => 'Nothing that we know lets you act for this person or organisation.',
)

export const ActingEnded = problem(
  'acting-ended',
  403,
  'You may no longer act for them',
  () => 'The mandate was revoked, has ended, or the register no longer names you.',
  'Nothing that was saved is lost: it belongs to the person or organisation, who can go on with it, or give a new mandate.',
)

export const MandateTooNarrow = problem(
  'mandate-too-narrow',
  403,
  'The mandate does not cover this',
  (limit: 'act' | 'service' | 'limit' | 'given-on') => ({
    detail: {
      act: 'It does not cover this kind of act.',
      service: 'It does not cover this public service.',
      limit: 'It would cost more than the mandate allows.',
      'given-on': 'A mandate that is given on must stay within the one it comes from.',
    }[limit],
    members: { limit },
  }),
  'Ask the person or organisation for a wider mandate, or let them do it themselves.',
)

export const MayNotDelegate = problem(
  'may-not-delegate',
  403,
  'A mandate may not be given on',
  () => 'Only the represented party, its director, parent or guardian decides, unless the mandate says otherwise.',
)

export const MandateNotFound = problem('mandate-not-found', 404, 'There is no such mandate')

export const MandateMovedOn = problem(
  'mandate-moved-on',
  409,
  'This cannot be done with the mandate any more',
  (state: string) => `It is ${state}.`,
)

export const MandateNotValid = problem(
  'mandate-not-valid',
  422,
  'The mandate cannot be given like this',
  (field: string) => ({
    errors: [{ pointer: `/${field}`, code: 'not-valid', message: `Not a possible value of ${field}.` }],
    members: { field },
  }),
)

export const HolderNotFound = problem(
  'holder-not-found',
  422,
  'Nobody was found by what you wrote',
  () => 'A person is found by personal number and date of birth together, an organisation by its number.',
  'Whether a number exists is told only to who also knows the date of birth; tries are limited.',
)
