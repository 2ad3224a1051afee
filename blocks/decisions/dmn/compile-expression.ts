// Turns boxed expressions into closures, once. What is not FEEL makes that expression null and is told, and the rest runs.
import {
  type CompiledFeel,
  compileFeel,
  compileUnaryTests,
  deeper,
  FeelError,
  FeelFunction,
  type FeelOptions,
  type FeelValue,
  kindOf,
  spend,
} from '@ashlar/kernel/feel'
import type { Expression, ExpressionOf, Parameter } from './boxed.ts'
import { type Cells, compileDecisionTable } from './decision-table.ts'
import { extended, type Journal, type Logic, note, type Scope } from './run.ts'
import { conform, type DmnType, isPlainName, misfit, type Types } from './types.ts'

export interface Surroundings {
  /** Of whom problems are told. */
  node: string
  types: Types
  /** Names of entries in this model that are not plain identifiers. */
  fields: ReadonlySet<string>
  clock?: FeelOptions['clock']
  report(message: string, line: number): void
}

const nothing: Logic = () => null

export class ExpressionCompiler implements Cells {
  private readonly around: Surroundings

  constructor(around: Surroundings) {
    this.around = around
  }

  get node(): string {
    return this.around.node
  }

  /** `names` are those in scope. */
  compile(expression: Expression, names: readonly string[]): Logic {
    switch (expression.kind) {
      case 'literal':
        return expression.text ? this.feel(expression.text, names, expression.line) : nothing
      case 'context':
        return this.context(expression, names)
      case 'list': {
        const items = expression.items.map((item) => this.compile(item, names))
        return (scope, journal) => {
          spend(items.length)
          return items.map((item) => item(scope, journal))
        }
      }
      case 'relation':
        return this.relation(expression, names)
      case 'invocation':
        return this.invocation(expression, names)
      case 'function':
        return this.function(expression.parameters, expression.body, names)
      case 'conditional':
        return this.conditional(expression, names)
      case 'for':
      case 'some':
      case 'every':
        return this.iterator(expression, names)
      case 'filter':
        return this.filter(expression, names)
      case 'table':
        return compileDecisionTable(expression, names, this)
      case 'refused': {
        const { node } = this.around
        const { reason, line } = expression
        return (_, journal) => note(journal, node, reason, line)
      }
    }
  }

  /** FEEL over the names in scope. */
  feel(source: string, names: readonly string[], line: number): Logic {
    const compiled = this.attempt(line, () => compileFeel(source, this.options(names)))
    if (typeof compiled === 'string') return this.broken(compiled, line)
    return (scope) => compiled.evaluate(scope)
  }

  /** Unary tests of a cell, or undefined where they are none. */
  tests(source: string, names: readonly string[], line: number) {
    const compiled = this.attempt(line, () => compileUnaryTests(source || '-', this.options(names)))
    return typeof compiled === 'string' ? undefined : compiled
  }

  type(typeRef: string | undefined, line: number): DmnType | undefined {
    if (!typeRef) return undefined
    const type = this.around.types.get(typeRef)
    if (!type) this.around.report(`There is no type ${typeRef}`, line)
    return type
  }

  private options(names: readonly string[]): FeelOptions {
    const { types, fields, clock } = this.around
    return { names, fields, types: types.tests, clock }
  }

  private attempt<T extends { remarks: { message: string }[] }>(line: number, work: () => T): T | string {
    try {
      const compiled = work()
      for (const { message } of compiled.remarks) this.around.report(message, line)
      return compiled
    } catch (cause) {
      if (!(cause instanceof FeelError)) throw cause
      const message = `${cause.message} (line ${cause.line}, column ${cause.column} of the expression)`
      this.around.report(message, line)
      return message
    }
  }

  private broken(message: string, line: number): Logic {
    const { node } = this.around
    return (_, journal) => note(journal, node, message, line)
  }

  private context({ entries, line }: ExpressionOf<'context'>, names: readonly string[]): Logic {
    const own = entries.flatMap(({ variable }) => variable?.name ?? [])
    if (new Set(own).size !== own.length) {
      this.around.report('The context has two entries of one name', line)
      return this.broken('The context has two entries of one name', line)
    }
    const known = [...names]
    const compiled = entries.map(({ variable, value }) => {
      // A function knows itself by the name of its entry, unless that name means something outside already.
      const knowsItself = variable !== undefined && value.kind === 'function' && !known.includes(variable.name)
      const logic = this.compile(value, knowsItself ? [...known, variable.name] : known)
      if (variable) known.push(variable.name)
      return { name: variable?.name, logic, knowsItself, fit: this.fitting(variable, value.line) }
    })
    return (outer, journal) => {
      const context: Scope = Object.create(null)
      let scope = outer
      for (const { name, logic, knowsItself, fit } of compiled) {
        if (name === undefined) return fit(logic(scope, journal), journal)
        const own = extended(scope, { __proto__: null, [name]: null } as unknown as Scope)
        own[name] = fit(logic(knowsItself ? own : scope, journal), journal)
        context[name] = own[name]
        scope = own
      }
      return context
    }
  }

  /** Converts a value to the type of a variable; null where it does not fit. */
  fitting(variable: Parameter | undefined, line: number): (value: FeelValue, journal: Journal) => FeelValue {
    const type = this.type(variable?.typeRef, line)
    if (!type) return (value) => value
    const { node } = this.around
    return (value, journal) => {
      const fit = conform(value, type)
      return fit === misfit ? note(journal, node, `${variable!.name} is no ${variable!.typeRef}`, line) : fit
    }
  }

  private relation({ columns, rows }: ExpressionOf<'relation'>, names: readonly string[]): Logic {
    const compiled = rows.map((row) => row.map((cell) => this.compile(cell, names)))
    return (scope, journal) =>
      compiled.map((row) => {
        spend(columns.length)
        const context: Scope = Object.create(null)
        for (const [n, column] of columns.entries()) context[column] = row[n]?.(scope, journal) ?? null
        return context
      })
  }

  private invocation({ callee, bindings, line }: ExpressionOf<'invocation'>, names: readonly string[]): Logic {
    const target = this.compile(callee, names)
    const given = bindings.map(({ name, value }) => ({ name, logic: this.compile(value, names) }))
    const { node } = this.around
    return (scope, journal) => {
      const found = target(scope, journal)
      if (!(found instanceof FeelFunction)) return note(journal, node, 'What is invoked is no function', line)
      const signature = found.signatures.findIndex((parameters) =>
        given.every(({ name }) => parameters.some((one) => one.name === name)),
      )
      const unknown = `The function has no parameters ${given.map(({ name }) => name).join(', ')}`
      if (signature < 0) return note(journal, node, unknown, line)
      const values = new Map(given.map(({ name, logic }) => [name, logic(scope, journal)]))
      spend(1)
      return found.apply(
        found.signatures[signature]!.map(({ name }) => values.get(name)),
        signature,
      )
    }
  }

  /** A function; arguments that do not fit their types make its result null. */
  function(parameters: readonly Parameter[], body: Expression, names: readonly string[]): Logic {
    const inner = this.compile(body, [...names, ...parameters.map(({ name }) => name)])
    const types = parameters.map(({ typeRef }) => this.type(typeRef, body.line))
    const signatures = [parameters.map(({ name }) => ({ name }))]
    const { node } = this.around

    return (outer, journal) =>
      new FeelFunction('', signatures, (values) => {
        spend(2)
        const bound: Scope = Object.create(null)
        for (const [n, { name, typeRef }] of parameters.entries()) {
          const value = conform(values[n] ?? null, types[n])
          if (value === misfit) return note(journal, node, `The argument ${name} is no ${typeRef}`, body.line)
          bound[name] = value
        }
        return deeper(() => inner(extended(outer, bound), journal))
      })
  }

  private conditional(expression: ExpressionOf<'conditional'>, names: readonly string[]): Logic {
    const test = this.compile(expression.condition, names)
    const yes = this.compile(expression.yes, names)
    const no = this.compile(expression.no, names)
    const { line } = expression
    const { node } = this.around
    return (scope, journal) => {
      const passed = test(scope, journal)
      if (passed === true) return yes(scope, journal)
      if (passed === false || passed === null) return no(scope, journal)
      return note(journal, node, 'The condition is neither true nor false', line)
    }
  }

  // The loops are FEEL's own, so that what can be gone through, and what comes of it, is the same in both notations.
  private iterator({ kind, variable, list, body }: ExpressionOf<'for' | 'some' | 'every'>, names: readonly string[]) {
    const source = this.compile(list, names)
    const inner = this.compile(body, [...names, variable, ...(kind === 'for' ? ['partial'] : [])])
    const loop = kind === 'for' ? (mentionsPartial(body) ? loops.partial : loops.for) : loops[kind]
    return (outer: Scope, journal: Journal): FeelValue => {
      const each = new FeelFunction('', [[{ name: 'item' }], [{ name: 'item' }, { name: 'partial' }]], (values) => {
        const bound: Scope = Object.create(null)
        bound[variable] = values[0] ?? null
        if (values.length > 1) bound.partial = values[1] ?? null
        return inner(extended(outer, bound), journal)
      })
      return loop.evaluate({ source: source(outer, journal), each })
    }
  }

  private filter({ list, match }: ExpressionOf<'filter'>, names: readonly string[]): Logic {
    const source = this.compile(list, names)
    const test = this.compile(match, [...names, 'item'])
    return (outer, journal) => {
      const each = new FeelFunction('', [[{ name: 'item' }]], ([value]) => {
        const item = value ?? null
        const bound: Scope = Object.create(null)
        bound.item = item
        if (kindOf(item) === 'context') Object.assign(bound, item)
        return test(extended(outer, bound), journal)
      })
      return loops.filter.evaluate({ source: source(outer, journal), each })
    }
  }
}

const loops: Record<'for' | 'partial' | 'some' | 'every' | 'filter', CompiledFeel> = {
  for: compileFeel('for one in source return each(one)'),
  partial: compileFeel('for one in source return each(one, partial)'),
  some: compileFeel('some one in source satisfies each(one)'),
  every: compileFeel('every one in source satisfies each(one)'),
  filter: compileFeel('source[each(item)]'),
}

const mentionsPartial = (expression: Expression): boolean => /\bpartial\b/.test(JSON.stringify(expression))

/** Names of context entries, columns and outputs that FEEL cannot tell from an expression. */
export function namesToLearn(expression: Expression | undefined): string[] {
  const found: string[] = []
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit)
    else if (typeof value === 'object' && value !== null) {
      const { kind, name, columns } = value as { kind?: string; name?: string; columns?: string[] }
      if (kind === 'relation') found.push(...(columns ?? []))
      if (typeof name === 'string' && name) found.push(name)
      Object.values(value).forEach(visit)
    }
  }
  visit(expression)
  return found.filter((name) => !isPlainName(name))
}
