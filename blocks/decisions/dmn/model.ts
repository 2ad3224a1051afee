// A decision model of DMN (1.1 to 1.5): loaded and compiled once, evaluated as often as one likes.
import {
  defaultLimits,
  FeelFunction,
  FeelLimitExceeded,
  type FeelOptions,
  type FeelValue,
  type Json,
  type Limits,
  toFeel,
  within,
} from '@ashlar/kernel/feel'
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

/** Inputs given as JSON: dates, times and numbers become what the model says that they are. */
export function readInputs({ graph }: DmnModel, json: Record<string, Json>): DmnInputs {
  const inputs: DmnInputs = Object.create(null)
  for (const [name, value] of Object.entries(json)) {
    inputs[name] = toFeel(value, (graph.find('input', name) ?? graph.find('decision', name))?.type?.shape ?? 'any')
  }
  return inputs
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
  try {
    value = within({ ...defaultLimits, ...limits }, work, evaluation, undefined)
  } catch (cause) {
    if (!(cause instanceof FeelLimitExceeded)) throw cause
    journal.problems.push({ node: name, message: cause.message })
  }
  return { value, decided, ...journal }
}
