// The page of steps: what processes may do, and what each takes.
import { offers } from '@ashlar/server/offers'
import { code, page, table } from '../markdown.ts'
import type { Wired, WiredStep } from '../wiring.ts'

export function stepsPage({ steps }: Wired): string {
  const standing = new Set(steps.map(({ name }) => name))
  const inEngine = Object.keys(offers.steps).filter((name) => !standing.has(name))
  return page(
    'Steps',
    'the steps that blocks offer to processes',
    `A step's effect is committed by its block under the key \`<instance>:<node>:<visit>\`: run twice, it is done once. A definition
names steps by the short words of \`flow:\`; \`ashlar check\` says which step no block offers yet (see the [plan](plan.md)).`,
    ...steps.map(sectionOf),
    '## In the engine itself',
    table(
      ['step', 'block'],
      inEngine.map((name) => [code(name), offers.steps[name] ?? '']),
    ),
  )
}

function sectionOf({ name, input, output, waits }: WiredStep): string {
  const schema = (what: string, value: object | undefined) =>
    value === undefined ? [] : [`${what}:`, `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``]
  return [
    `## ${name}`,
    ...(waits ? ['Waits: its work is completed later, by a person or by the world outside, or its term passes.'] : []),
    ...schema('Takes', input),
    ...schema('Gives', output),
  ].join('\n\n')
}
