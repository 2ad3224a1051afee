// One evaluation of a graph: each node at most once, services each in a world of their own.
import { deeper, FeelFunction, type FeelValue, spend } from '@ashlar/kernel/feel'
import type { DmnNode } from './graph.ts'
import { type Journal, note, type Scope } from './run.ts'
import { conform, misfit } from './types.ts'

const mostDecided = 10_000

export class Evaluation {
  readonly decided: { node: string; value: FeelValue }[]
  readonly journal: Journal
  private readonly inputs: Record<string, FeelValue>
  private readonly known: Map<DmnNode, FeelValue>
  private readonly running = new Set<DmnNode>()

  constructor(
    inputs: Record<string, FeelValue>,
    known = new Map<DmnNode, FeelValue>(),
    outer?: Pick<Evaluation, 'decided' | 'journal'>,
  ) {
    this.inputs = inputs
    this.known = known
    this.decided = outer?.decided ?? []
    this.journal = outer?.journal ?? { problems: [], tables: [] }
  }

  // What is required is made first, without recursion: a chain of decisions may be as long as it likes.
  valueOf(node: DmnNode): FeelValue {
    if (this.running.has(node)) return note(this.journal, node.name, 'It requires itself', node.line)
    const path = [node]
    for (let at = path.at(-1); at; at = path.at(-1)) {
      if (this.known.has(at)) {
        path.pop()
        continue
      }
      spend(1)
      const first = !this.running.has(at)
      this.running.add(at)
      const open = first && at.kind === 'decision' ? at.requires.filter((one) => this.isOpen(one.node)) : []
      if (open.length) {
        for (const one of open) path.push(one.node)
        continue
      }
      this.known.set(at, this.make(at))
      this.running.delete(at)
    }
    return this.known.get(node)!
  }

  private isOpen(node: DmnNode): boolean {
    return !this.known.has(node) && !this.running.has(node)
  }

  private make(node: DmnNode): FeelValue {
    switch (node.kind) {
      case 'input':
        return this.fitting(node, this.input(node))
      case 'decision': {
        const value = node.logic ? this.fitting(node, node.logic(this.scopeOf(node), this.journal)) : null
        if (this.decided.length < mostDecided) this.decided.push({ node: node.name, value })
        return value
      }
      case 'knowledge':
        return this.knowledge(node)
      case 'decision service':
        return this.service(node)
    }
  }

  private input({ namespace, name }: DmnNode): FeelValue {
    const exactly = `{${namespace}}${name}`
    if (Object.hasOwn(this.inputs, exactly)) return this.inputs[exactly] ?? null
    return Object.hasOwn(this.inputs, name) ? (this.inputs[name] ?? null) : null
  }

  private fitting(node: DmnNode, value: FeelValue): FeelValue {
    const fit = conform(value, node.type)
    return fit === misfit ? note(this.journal, node.name, `Its value is no ${node.typeRef}`, node.line) : fit
  }

  // What is required of an imported model is an entry of a context that is called as the import.
  private scopeOf({ requires }: DmnNode): Scope {
    const scope: Scope = Object.create(null)
    for (const { node, prefix } of requires) {
      const value = this.valueOf(node)
      if (!prefix) scope[node.variable] = value
      else {
        scope[prefix] ??= Object.create(null)
        const imported = scope[prefix] as Record<string, FeelValue>
        imported[node.variable] = value
      }
    }
    return scope
  }

  // What it requires is looked up when it is called, so that knowledge models may call themselves and each other.
  private knowledge(node: DmnNode): FeelValue {
    if (!node.parameters) return node.logic?.(Object.create(null), this.journal) ?? null

    let made: FeelFunction | undefined
    const knowledge: FeelFunction = new FeelFunction(node.name, [node.parameters], (values) => {
      const scope = (): Scope =>
        ({ __proto__: null, [node.variable]: knowledge, ...this.scopeOf(node) }) as unknown as Scope
      made ??= node.logic!(scope(), this.journal) as FeelFunction
      return this.returned(node, made.apply(values, 0))
    })
    return knowledge
  }

  // The type of what can be called is that of a function, or (until DMN 1.1) of its result.
  private returned(node: DmnNode, value: FeelValue): FeelValue {
    const isFunction = node.type?.shape === 'function'
    return this.fitting({ ...node, type: isFunction ? node.type?.returns : node.type }, value)
  }

  private service(node: DmnNode): FeelValue {
    const { parameters } = node.service!
    const signature = parameters.map(({ variable }) => ({ name: variable }))
    return new FeelFunction(node.name, [signature], (values) => {
      const given = new Map<DmnNode, FeelValue>()
      for (const [n, parameter] of parameters.entries()) {
        const value = conform(values[n] ?? null, parameter.type)
        const wrong = `The argument ${parameter.variable} is no ${parameter.typeRef}`
        if (value === misfit) return note(this.journal, node.name, wrong, node.line)
        given.set(parameter, value)
      }
      return deeper(() => this.outputs(node, given))
    })
  }

  /** A service called from outside: what does not fit its type is null. */
  serve(node: DmnNode): FeelValue {
    const given = new Map<DmnNode, FeelValue>()
    for (const parameter of node.service!.parameters)
      given.set(parameter, this.fitting(parameter, this.input(parameter)))
    return this.outputs(node, given)
  }

  // Its decisions are made anew, from its parameters alone.
  private outputs(node: DmnNode, given: Map<DmnNode, FeelValue>): FeelValue {
    const { outputs } = node.service!
    const inside = new Evaluation({}, given, this)
    if (outputs.length === 1) return this.returned(node, inside.valueOf(outputs[0]!))
    const context: Scope = Object.create(null)
    for (const output of outputs) context[output.variable] = inside.valueOf(output)
    return this.returned(node, context)
  }
}
