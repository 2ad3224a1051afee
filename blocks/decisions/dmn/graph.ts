// The decision requirements of a model and of all that it imports, linked and compiled.
import type { FeelOptions } from '@ashlar/kernel/feel'
import type { Expression } from './boxed.ts'
import { ExpressionCompiler, namesToLearn } from './compile-expression.ts'
import { type Definitions, type Element, readDefinitions } from './definitions.ts'
import type { DmnProblem, Logic } from './run.ts'
import { type DmnType, type Types, typesOf } from './types.ts'

export interface DmnNode {
  kind: Element['kind']
  name: string
  namespace: string
  /** Under which others see its value. */
  variable: string
  type?: DmnType
  typeRef?: string
  line: number
  requires: Requirement[]
  /** None where a decision says nothing of how it is made. */
  logic?: Logic
  /** The same as it was written. */
  source?: Expression
  /** Of a knowledge model that can be called. */
  parameters?: { name: string }[]
  service?: { outputs: DmnNode[]; parameters: DmnNode[] }
}

interface Requirement {
  node: DmnNode
  /** The name of the import through which it is seen; '' for what is seen without one. */
  prefix: string
}

export interface Graph {
  name: string
  namespace: string
  own: DmnNode[]
  /** Its own, and those of the models that it imports. */
  all: DmnNode[]
  problems: DmnProblem[]
  /** By name in the model itself, or by `{namespace}name` in any. */
  find(kind: DmnNode['kind'], name: string): DmnNode | undefined
}

interface Module {
  definitions: Definitions
  types: Types
  nodes: { node: DmnNode; element: Element }[]
  byId: Map<string, DmnNode>
  /** By namespace. */
  imports: Map<string, { prefix: string; module: Module }>
}

export function linkGraph(xml: string, imports: string[], clock: FeelOptions['clock']): Graph {
  const linker = new Linker(imports, clock)
  const main = linker.module(readDefinitions(xml))
  const all = linker.finish()
  const own = main.nodes.map(({ node }) => node)
  const byName = new Map<string, DmnNode>()
  for (const { node } of all) byName.set(`${node.kind}/{${node.namespace}}${node.name}`, node)
  for (const node of own) byName.set(`${node.kind}/${node.name}`, node)
  return {
    name: main.definitions.name,
    namespace: main.definitions.namespace,
    own,
    all: all.map(({ node }) => node),
    problems: linker.problems,
    find: (kind, name) => byName.get(`${kind}/${name}`),
  }
}

const mostProblems = 1000

class Linker {
  private readonly available = new Map<string, Definitions>()
  private readonly clock: FeelOptions['clock']
  private readonly modules = new Map<string, Module | 'reading'>()
  private readonly fields = new Map<Module, Set<string>>()
  readonly problems: DmnProblem[] = []

  constructor(imports: string[], clock: FeelOptions['clock']) {
    this.clock = clock
    for (const text of imports) {
      const definitions = readDefinitions(text)
      this.available.set(definitions.namespace, definitions)
    }
  }

  private report(node: string, message: string, line?: number): void {
    if (this.problems.length >= mostProblems) return
    if (!this.problems.some((one) => one.node === node && one.message === message && one.line === line)) {
      this.problems.push({ node, message, line })
    }
  }

  module(definitions: Definitions): Module {
    const { namespace, name } = definitions
    this.modules.set(namespace, 'reading')
    for (const { element, line, message } of definitions.problems) this.report(element, message, line)

    const imports: Module['imports'] = new Map()
    for (const { name: prefix, namespace: wanted } of definitions.imports) {
      const known = this.modules.get(wanted)
      const found = this.available.get(wanted)
      if (known === 'reading') this.report(name, `${wanted} is imported in a circle`)
      else if (known) imports.set(wanted, { prefix, module: known })
      else if (found) imports.set(wanted, { prefix, module: this.module(found) })
      else this.report(name, `The imported model ${wanted} is not at hand`)
    }
    const imported = [...imports.values()].map(({ prefix, module }) => ({ prefix, types: module.types }))
    const types = typesOf(definitions, imported, (item, message) => this.report(item, message))
    const nodes = definitions.elements.map((element) => ({ element, node: this.node(element, namespace, types) }))
    const byId = new Map(nodes.map(({ element, node }) => [element.id, node]))
    if (byId.size !== nodes.length) this.reportTwins(nodes)
    const module = { definitions, types, nodes, byId, imports }
    this.modules.set(namespace, module)
    return module
  }

  private reportTwins(nodes: Module['nodes']): void {
    const seen = new Set<string>()
    for (const { element, node } of nodes) {
      if (seen.has(element.id)) this.report(node.name, `Another element has its id ${element.id}`, element.line)
      seen.add(element.id)
    }
  }

  private node(element: Element, namespace: string, types: Types): DmnNode {
    const { kind, name, variable, typeRef, line } = element
    const type = typeRef === undefined ? undefined : types.get(typeRef)
    if (typeRef !== undefined && !type) this.report(name, `There is no type ${typeRef}`, line)
    return { kind, name, namespace, variable, type, typeRef, line, requires: [], source: element.logic }
  }

  /** Links requirements, then compiles. Gives all nodes of all models. */
  finish(): Module['nodes'] {
    const modules = [...this.modules.values()].filter((one) => one !== 'reading')
    for (const module of modules) for (const one of module.nodes) this.link(module, one)
    const nodes = modules.flatMap((module) => module.nodes)
    this.findCircles(nodes.map(({ node }) => node))
    for (const module of modules) {
      const fields = this.fieldsOf(module)
      for (const one of module.nodes) this.compile(module, one, fields)
    }
    return nodes
  }

  private link(module: Module, { node, element }: Module['nodes'][number]): void {
    const resolved = (href: string): Requirement[] => {
      const found = this.resolve(module, href)
      if (!found) this.report(node.name, `It requires ${href}, which is not there`, node.line)
      return found ? [found] : []
    }
    node.requires = element.requires.flatMap(resolved)
    if (!element.service) return
    const { outputs, inputData, inputDecisions } = element.service
    const nodesOf = (hrefs: string[]) => hrefs.flatMap(resolved).map((one) => one.node)
    // Input data come before input decisions (DMN 1.5, 10.4).
    node.service = { outputs: nodesOf(outputs), parameters: [...nodesOf(inputData), ...nodesOf(inputDecisions)] }
  }

  private resolve(module: Module, href: string): Requirement | undefined {
    const at = href.lastIndexOf('#')
    const namespace = at > 0 ? href.slice(0, at) : module.definitions.namespace
    const id = href.slice(at + 1)
    if (namespace === module.definitions.namespace) {
      const node = module.byId.get(id)
      return node && { node, prefix: '' }
    }
    const imported = module.imports.get(namespace)
    const node = imported?.module.byId.get(id)
    return node && { node, prefix: imported!.prefix }
  }

  // A decision may not require itself, by whatever way; a knowledge model may call itself.
  private findCircles(nodes: DmnNode[]): void {
    const left = new Set(nodes.filter(({ kind }) => kind === 'decision'))
    const waiting = new Map<DmnNode, DmnNode[]>()
    const open = new Map<DmnNode, number>()
    for (const node of left) waiting.set(node, [])
    for (const node of left) {
      const required = node.requires.map((one) => one.node).filter((one) => left.has(one))
      open.set(node, required.length)
      for (const one of required) waiting.get(one)!.push(node)
    }
    const ready = [...left].filter((node) => open.get(node) === 0)
    for (let node = ready.pop(); node; node = ready.pop()) {
      left.delete(node)
      for (const one of waiting.get(node)!) {
        open.set(one, open.get(one)! - 1)
        if (open.get(one) === 0) ready.push(one)
      }
    }
    for (const { name, line } of left) this.report(name, 'It is required, by way of others, by what it requires', line)
  }

  // What one import knows is looked up once, however many ways lead to it.
  private fieldsOf(module: Module): Set<string> {
    const known = this.fields.get(module)
    if (known) return known
    const { types, nodes, imports } = module
    const fields = new Set(types.fields)
    this.fields.set(module, fields)
    for (const { element, node } of nodes) {
      for (const name of namesToLearn(element.logic)) fields.add(name)
      if (node.service) for (const { variable } of node.service.outputs) fields.add(variable)
    }
    for (const { module } of imports.values()) {
      for (const { node } of module.nodes) fields.add(node.variable)
      for (const field of this.fieldsOf(module)) fields.add(field)
    }
    return fields
  }

  private compile({ types }: Module, { node, element }: Module['nodes'][number], fields: ReadonlySet<string>): void {
    if (!element.logic) return
    const compiler = new ExpressionCompiler({
      node: node.name,
      types,
      fields,
      clock: this.clock,
      report: (message, line) => this.report(node.name, message, line),
    })
    const names = node.requires.map(({ node: required, prefix }) => prefix || required.variable)
    if (node.kind === 'knowledge') names.push(node.variable)
    if (element.logic.kind === 'function') node.parameters = element.logic.parameters.map(({ name }) => ({ name }))
    node.logic = compiler.compile(element.logic, [...new Set(names)])
  }
}
