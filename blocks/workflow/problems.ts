// Every refusal of workflow.
import { problem } from '@ashlar/kernel/problem'

/** Something in a flow that the engine does not execute; `at` is a path in service.yaml: 'flow/3/then/0'. */
export interface FlowProblem {
  at: string
  what: string
}

export const FlowNotExecutable = problem(
  'flow-not-executable',
  422,
  'This flow names something that is not executed',
  (problems: FlowProblem[]) => ({
    detail: problems.map(({ at, what }) => `${at}: ${what}`).join('; '),
    errors: problems.map(({ at, what }) => ({ pointer: `/${at}`, code: 'not-executed', message: what })),
  }),
  'What is not executed is refused by name when it is loaded, never ignored. Write it with other items, or wait for it.',
)

export const ProcessNotExecutable = problem(
  'process-not-executable',
  422,
  'This process has something that is not executed',
  (problems: { element: string; line: number; what: string; mend: string }[]) => ({
    detail: problems.map(({ element, line, what, mend }) => `${element} (line ${line}): ${what}; ${mend}`).join('; '),
    errors: problems.map(({ element, line, what, mend }) => ({
      pointer: `/process.bpmn/${element}`,
      code: 'not-executed',
      message: `line ${line}: ${what}; ${mend}`,
    })),
  }),
  'What is not executed is refused by name when it is loaded, never ignored. Each line says what to draw in its place.',
)

export const InstanceNotFound = problem(
  'process-not-found',
  404,
  'There is no such process',
  (id: string) => `No process ${id}.`,
)

export const ProcessNotPublished = problem(
  'process-not-published',
  404,
  'There is no such process now',
  (id: string) => `No process ${id} is published.`,
)

export const ProcessNeedsCase = problem(
  'process-needs-a-case',
  422,
  'This process begins with an application',
  (id: string) => `The process of '${id}' has work of a case in it.`,
  'Somebody applies for the service; the case starts the process.',
)

export const NotAt = problem(
  'process-not-there',
  422,
  'The process cannot go from or to there',
  (node: string, why: string) => `'${node}' ${why}.`,
  'The process shows where its tokens stand; a token stays in its sub-process.',
)

export const NothingToRepair = problem(
  'process-not-repairable',
  409,
  'There is nothing to put right here',
  (id: string, status: string) => `Process ${id} is ${status}.`,
  'A suspended process is resumed first; one that has ended stays as it is.',
)

export const MigrationNotPossible = problem(
  'migration-not-possible',
  422,
  'This plan does not fit the two versions',
  (problems: { node: string; what: string; mend: string }[]) => ({
    detail: problems.map(({ node, what, mend }) => `${node} ${what}; ${mend}`).join('; '),
    errors: problems.map(({ node, what, mend }) => ({
      pointer: `/map/${node}`,
      code: 'no-such-node',
      message: `${what}; ${mend}`,
    })),
  }),
  'A dry run says what is wrong with a plan before anything is changed.',
)

export const IncidentNotFound = problem(
  'incident-not-found',
  404,
  'There is no such open incident',
  (id: string) => `No open incident ${id}.`,
  'It may have been mended by somebody else a moment ago.',
)

export const StepNotFound = problem(
  'process-step-not-found',
  404,
  'No process waits for this',
  (key: string) => `No step ${key}.`,
)
