// Every refusal of the exchange.
import { problem } from '@ashlar/kernel/problem'

export const SystemNotFound = problem(
  'agency-system-not-found',
  422,
  'No system of this agency takes this message',
  (agency: string, message: string) => `Agency '${agency}', message '${message}'.`,
  'Systems are declared in agencies/<agency>.yaml: what they hear, and what they may tell.',
)

export const SharingNotAgreed = problem(
  'sharing-not-agreed',
  422,
  'No agreement covers what would be told',
  (detail: string) => detail,
  'Conclude an agreement (agreements/*.yaml) with the agency that is told as its reader, for these fields and this purpose.',
)

export const NoticeNotSigned = problem(
  'notice-not-signed',
  422,
  'The signature does not fit the notice',
  () => 'The notice must be signed with the key that is declared for the system that calls.',
)

export const NoticeNotTold = problem(
  'notice-not-told',
  403,
  'This system may not tell that event',
  (event: string) => `The event is '${event}'.`,
)

export const NoticeNotValid = problem('notice-not-valid', 422, 'The notice lacks something', (detail: string) => detail)

export const NoticeChanged = problem(
  'notice-changed',
  409,
  'A notice of this number was sent before, and said something else',
)

export const MessageNotFound = problem('exchange-message-not-found', 404, 'There is no such message')
