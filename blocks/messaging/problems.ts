// Every refusal of messaging.
import { problem } from '@ashlar/kernel/problem'

export const MessageNotFound = problem(
  'message-not-found',
  404,
  'There is no such message',
  (id: string) => `No message ${id}.`,
)

export const MessageCursorWrong = problem(
  'message-cursor-wrong',
  400,
  'This is not a place in the list of messages',
  () => 'Leave `cursor` out, or give back what the last answer named `next`.',
)
