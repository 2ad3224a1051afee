// A workflow block for tests: services made of flows or drawings, and steps that commit effects under keys.
import { randomUUID } from 'node:crypto'
import { afterEach } from 'node:test'
import type { FlowItem, PublicService } from '@ashlar/catalogue'
import type { Context } from '@ashlar/kernel/sql'
import { house, type TestHouse } from '@ashlar/kernel/testing'
import type { Json } from './graph.ts'
import type { Command, Outcome, Step } from './step.ts'
import { createWorkflow, type Workflow, type WorkflowNeeds } from './workflow.ts'

/** The house of the running test. */
export let home: TestHouse<'workflow'>

export const officer: Context = {
  tenant: 'justice',
  actor: { kind: 'staff', id: 'sana' },
  purpose: 'case-work',
  channel: 'web',
  trace: 'test',
}

export const task = (name: string, more: object = {}): FlowItem => ({
  kind: 'task',
  name,
  saveAs: name,
  role: 'officer',
  facts: ['answer'],
  outcomes: ['yes', 'no'],
  reasons: {},
  fourEyes: false,
  questions: [],
  ...more,
})
export const step = (name: string, more: object = {}): FlowItem => ({
  kind: 'step',
  step: name,
  with: {},
  undo: [],
  ...more,
})
export const when = (when: string, then: FlowItem[], otherwise: FlowItem[]): FlowItem => ({
  kind: 'when',
  when,
  then,
  else: otherwise,
})
export const close = (result: string): FlowItem => ({ kind: 'close', result })

export const definitionOf = (id: string, version: string, process: FlowItem[] | string): PublicService =>
  ({
    id,
    version,
    authority: 'justice',
    ...(typeof process === 'string' ? { flow: [], files: { 'process.bpmn': process } } : { flow: process, files: {} }),
    evidence: {},
    fees: {},
    messages: {},
    outputs: {},
    rules: {},
    parties: {},
  }) as unknown as PublicService

/** A block that commits effects under keys, as every block does. */
export function effects(
  name: string,
  answer: (command: Command) => Outcome | Promise<Outcome> = () => ({ done: null }),
) {
  const committed = new Map<string, Json>()
  const calls: number[] = []
  const step: Step = {
    name,
    async run(commands) {
      calls.push(commands.length)
      for (const { key, input } of commands) if (!committed.has(key)) committed.set(key, input)
      return Promise.all(commands.map(answer))
    },
  }
  return { step, committed, calls }
}

export interface Stand {
  workflow: Workflow
  start(service: string, facts?: Record<string, Json>, key?: string): Promise<string>
  at(instance: string): Promise<string[]>
}

/** Services by id, or by 'id@version'; flows, or the text of a process.bpmn. Each test has queues of its own: jobs begin anew. */
export async function stand(
  flows: Record<string, FlowItem[] | string>,
  steps: Step[],
  limits: WorkflowNeeds['limits'] = {},
  more: Partial<WorkflowNeeds> = {},
): Promise<Stand> {
  home = await house({ blocks: ['workflow'] })
  const workflow = createWorkflow({
    ...home.workflow,
    steps,
    definition: async (service, version) =>
      definitionOf(service, version, flows[`${service}@${version}`] ?? flows[service] ?? []),
    decide: (table, facts) => ({ output: { rule: table.name }, trace: facts }),
    calendar: { deadline: (from, term) => new Date(from.getTime() + Number.parseInt(term, 10) * 86_400_000) },
    money: (amount) => ({ value: amount * 100, currency: 'VRD' }),
    limits: { attempts: 3, ...limits },
    ...more,
  })
  await home.jobs.start()
  return {
    workflow,
    start: (service, facts = {}, key = randomUUID()) =>
      workflow.start({
        key,
        caseId: randomUUID(),
        service: { id: service, version: '1.0.0' },
        tenant: 'justice',
        subject: randomUUID(),
        facts,
      }),
    at: async (instance) => (await workflow.get(instance, officer)).at.map(({ node }) => node),
  }
}
afterEach(() => home.stop())

export const waiting = (): Outcome => ({ waiting: true })
