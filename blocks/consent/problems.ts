// Every refusal of consent.
import { problem } from '@ashlar/kernel/problem'

export const AgreementEnded = problem(
  'agreement-ended',
  403,
  'No valid agreement or consent covers this',
  (agreements: string[]) => `Not covered any more when the use was to be recorded: ${agreements.join(', ')}.`,
  'The agreement ended, or the person withdrew consent, between asking and reading. Nothing was given out.',
)

export const AgreementNotFound = problem(
  'agreement-not-found',
  404,
  'There is no such data agreement',
  (id: string) => `There is no data agreement '${id}'.`,
)

export const ConsentNotNeeded = problem(
  'consent-not-needed',
  422,
  'This agreement needs no consent',
  (id: string) => `The law itself allows what the agreement '${id}' says; consent would be a pretence.`,
)

export const ConsentNotFound = problem(
  'consent-not-found',
  404,
  'There is no such consent',
  (id: string) => `You have given no consent ${id}.`,
)

export const DataUseNotFound = problem(
  'data-use-not-found',
  404,
  'There is no such use of your data',
  (id: string) => `The log of uses of your data has no entry ${id}.`,
)

export const QuestionNotFound = problem(
  'question-not-found',
  404,
  'There is no such question',
  (id: string) => `Nobody asked your agency a question ${id}.`,
)

export const QuestionAnswered = problem(
  'question-answered',
  409,
  'This question is answered already',
  () => 'Somebody answered a moment ago. Read the answer before you say something else.',
)

export const NotYourData = problem(
  'not-your-data',
  403,
  'This is not your data',
  () => 'You may see the uses of your own data, and of those for whom you act.',
)
