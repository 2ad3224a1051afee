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
