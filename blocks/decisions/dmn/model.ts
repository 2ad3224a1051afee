// A decision model of DMN (1.1 to 1.5): loaded and compiled once, evaluated as often as one likes.
import {
  defaultLimits,
  type FeelContext,
  FeelFunction,
  FeelLimitExceeded,
  type FeelOptions,
  type FeelValue,
  type Json,
  kindOf,
  type Limits,
  type Shape,
  toFeel,
  within,
} from '@ashlar/kernel/feel'
import type { ExpressionOf } from './boxed.ts'
import { DmnError } from './definitions.ts'
import { Evaluation } from './evaluation.ts'
import { type DmnNode, type Graph, linkGraph } from './graph.ts'
import type { AppliedTable, DmnProblem } from './run.ts'

export interface DmnModel {
  name: string
  namespace: string
  /** Nodes are named as their elements; those of imported models are found by `{namespace}name`. */
  inputs: string[]
  decisions: string[]
  services: { name: string; outputs: string[] }[]
  /** What does not run, or is seen to make null whatever the facts are. Empty for a model that is sound. */
  problems: DmnProblem[]
  graph: Graph
}

/** A decision table of a model, wherever in it, and the decision or knowledge model that it belongs to. */
export interface FoundTable {
  node: string
  table: ExpressionOf<'table'>
}

export interface LoadOptions {
  /** The texts of the models that it imports, and of those that they import. */
  imports?: Iterable<string>
  /** What `now()` and `today()` say; without it an expression that calls them is refused. */
  clock?: FeelOptions['clock']
}

export interface DmnResult {
  value: FeelValue
  /** The decisions that were made on the way, in the order in which they were. */
  decided: { node: string; value: FeelValue }[]
  /** Decision tables that were applied, and which of their rules decided. */
  tables: AppliedTable[]
  /** What made values null. */
  problems: DmnProblem[]
  /** The evaluation ended because it asked for more of this than it may have. */
  exceeded?: FeelLimitExceeded['limit']
}

/** Values by name of the input; those of imported models also by `{namespace}name`. */
export type DmnInputs = Record<string, FeelValue>

/** Throws DmnError where a text is no DMN at all; all else is in `problems`. */
export function loadModel(xml: string, { imports = [], clock }: LoadOptions = {}): DmnModel {
  const graph = link(xml, [...imports], clock)
  const named = (kind: DmnNode['kind']) => graph.own.filter((node) => node.kind === kind).map(({ name }) => name)
  return {
    name: graph.name,
    namespace: graph.namespace,
    inputs: named('input'),
    decisions: named('decision'),
    services: graph.own.flatMap(({ name, service }) =>
      service ? { name, outputs: service.outputs.map((output) => output.variable) } : [],
    ),
    problems: graph.problems,
    graph,
  }
}

function link(xml: string, imports: string[], clock: FeelOptions['clock']): Graph {
  try {
    return linkGraph(xml, imports, clock)
  } catch (cause) {
    // Types or imports that lead on and on end on the machine's own stack.
    if (cause instanceof RangeError) throw new DmnError('The model is nested too deeply', { cause })
    throw cause
  }
}

/** Every decision table of a model and of those that it imports, in the order of the files. */
export function tablesOf({ graph }: Pick<DmnModel, 'graph'>): FoundTable[] {
  return graph.all.flatMap(({ name, source }) => {
    const found: FoundTable[] = []
    const visit = (part: unknown): void => {
      if (Array.isArray(part)) part.forEach(visit)
      else if (typeof part === 'object' && part !== null) {
        if ((part as { kind?: string }).kind === 'table') found.push({ node: name, table: part as FoundTable['table'] })
        else Object.values(part).forEach(visit)
      }
    }
    visit(source)
    return found
  })
}

/** Inputs given as JSON: dates, times and numbers become what the model says that they are. */
export function readInputs({ graph }: DmnModel, json: Record<string, Json>): DmnInputs {
  const inputs: DmnInputs = Object.create(null)
  for (const [name, value] of Object.entries(json)) {
    inputs[name] = readInput(value, (graph.find('input', name) ?? graph.find('decision', name))?.type?.shape ?? 'any')
  }
  return inputs
}

/** A value of facts as the model takes it: what a text means the shape says, and what is left out is null. */
export function readInput(value: Json | FeelValue, shape: Shape): FeelValue {
  return completed(toFeel(value, shape), shape)
}

function completed(value: FeelValue, shape: Shape): FeelValue {
  if (typeof shape === 'string' || value === null || shape[0] === 'one of') return value
  if (Array.isArray(value)) return value.map((item) => completed(item, Array.isArray(shape) ? shape[0] : 'any'))
  if (Array.isArray(shape) || kindOf(value) !== 'context') return value
  const context = value as FeelContext
  for (const [name, inner] of Object.entries(shape as Record<string, Shape>)) {
    const entry = Object.hasOwn(context, name) ? completed(context[name]!, inner) : null
    Object.defineProperty(context, name, { value: entry, enumerable: true, configurable: true, writable: true })
  }
  return context
}

/** Makes a decision, and those that it requires. An unknown name throws; all that goes wrong inside is in the result. */
export function evaluateDecision(
  model: DmnModel,
  name: string,
  inputs: DmnInputs,
  limits: Partial<Limits> = {},
): DmnResult {
  const node = nodeOf(model, 'decision', name)
  return run(inputs, limits, node, (evaluation) => evaluation.valueOf(node))
}

/** Calls a decision service; its input data and input decisions come by name, and what is missing is null. */
export function evaluateService(
  model: DmnModel,
  name: string,
  inputs: DmnInputs,
  limits: Partial<Limits> = {},
): DmnResult {
  const node = nodeOf(model, 'decision service', name)
  return run(inputs, limits, node, (evaluation) => evaluation.serve(node))
}

/** Calls a business knowledge model; what is missing of its parameters is null. */
export function evaluateKnowledge(
  model: DmnModel,
  name: string,
  inputs: DmnInputs,
  limits: Partial<Limits> = {},
): DmnResult {
  const node = nodeOf(model, 'knowledge', name)
  return run(inputs, limits, node, (evaluation) => {
    const knowledge = evaluation.valueOf(node)
    if (!(knowledge instanceof FeelFunction)) return null
    const [parameters] = knowledge.signatures
    return knowledge.apply(
      parameters!.map(({ name }) => inputs[name] ?? null),
      0,
    )
  })
}

function nodeOf({ graph, name: model }: DmnModel, kind: DmnNode['kind'], name: string): DmnNode {
  const node = graph.find(kind, name)
  if (!node) throw new Error(`The model ${model} has no ${kind} ${name}`)
  return node
}

function run(
  inputs: DmnInputs,
  limits: Partial<Limits>,
  { name }: DmnNode,
  work: (evaluation: Evaluation) => FeelValue,
): DmnResult {
  const evaluation = new Evaluation(inputs)
  const { decided, journal } = evaluation
  let value: FeelValue = null
  let exceeded: FeelLimitExceeded['limit'] | undefined
  try {
    value = within({ ...defaultLimits, ...limits }, work, evaluation, undefined)
  } catch (cause) {
    if (!(cause instanceof FeelLimitExceeded)) throw cause
    journal.problems.push({ node: name, message: cause.message })
    exceeded = cause.limit
  }
  return { value, decided, ...journal, ...(exceeded ? { exceeded } : {}) }
}
