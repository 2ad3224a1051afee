// Why something sealed does not open.
import { problem } from '../problem/index.ts'

export const SubjectErased = problem(
  'subject-erased',
  410,
  'This was erased',
  undefined,
  'The key under which it was sealed has been destroyed because the law or the person asked for it. Nobody can read it.',
)

export const CannotOpen = problem(
  'cannot-open',
  422,
  'This cannot be opened',
  (why: string) => why,
  'It was sealed for somebody else, was changed since, or was not sealed here.',
)
