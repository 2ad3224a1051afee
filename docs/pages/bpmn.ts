// The page of BPMN: which elements are executed, each with its test, and which are refused when a process is loaded.
import { drawn, executed, refused } from '@ashlar/workflow'
import { code, page, table } from '../markdown.ts'

export function bpmnPage(): string {
  return page(
    'BPMN 2.0',
    'the table that the tests of the engine go through',
    `A process may be drawn instead of written: \`process.bpmn\` beside \`service.yaml\`, read as the modeler of Camunda 8 writes it
(\`zeebe:*\`). It becomes the same graph as \`flow:\` and runs on the same engine. Each element has a test of its name in
\`blocks/workflow/bpmn.test.ts\`.`,
    '## Executed',
    table(
      ['element', 'how', 'test'],
      Object.entries(executed).map(([element, how]) => [element, how, code(`executed: ${element}`)]),
    ),
    '## Drawn for people',
    `These stand in a file and say nothing that is to be executed:\n\n${drawn.map((what) => `- ${what}`).join('\n')}`,
    '## Refused',
    `What is not executed is refused by name when a process is loaded, with its line and what to draw in its place; nothing is
ignored. Elements and attributes that stand in none of these lists are refused too.`,
    table(
      ['what', 'in its place', 'test'],
      refused.map(({ what, mend }) => [what, mend, code(`refused: ${what}`)]),
    ),
  )
}
