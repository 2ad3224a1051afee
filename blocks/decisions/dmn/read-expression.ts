// Reads boxed expressions out of the XML of a DMN file.
import { childOf, childrenOf, type XmlElement } from '@ashlar/kernel/xml'
import type { HitPolicy } from '../hit-policy.ts'
import type { DecisionTable, Expression, Parameter } from './boxed.ts'

interface Reading {
  root: XmlElement
  report(line: number, message: string): void
}

type Unplaced<T> = T extends Expression ? Omit<T, 'line'> : never

const readers: Record<string, (element: XmlElement, reading: Reading) => Unplaced<Expression>> = {
  literalExpression: readLiteral,
  context: (element, reading) => ({
    kind: 'context',
    entries: childrenOf(element, 'contextEntry').map((entry) => ({
      variable: readVariable(childOf(entry, 'variable'), reading.root),
      value: inside(entry, reading),
    })),
  }),
  list: (element, reading) => ({
    kind: 'list',
    items: element.children.filter(isExpression).map((item) => readOne(item, reading)),
  }),
  relation: (element, reading) => ({
    kind: 'relation',
    columns: childrenOf(element, 'column').map((column) => readVariable(column, reading.root)!.name),
    rows: childrenOf(element, 'row').map((row) =>
      row.children.filter(isExpression).map((one) => readOne(one, reading)),
    ),
  }),
  invocation: (element, reading) => ({
    kind: 'invocation',
    callee: inside(element, reading),
    bindings: childrenOf(element, 'binding').map((binding) => ({
      name: readVariable(childOf(binding, 'parameter'), reading.root)?.name ?? '',
      value: inside(binding, reading),
    })),
  }),
  functionDefinition: (element, reading) => readFunction(element, reading),
  conditional: (element, reading) => ({
    kind: 'conditional',
    condition: part(element, 'if', reading),
    yes: part(element, 'then', reading),
    no: part(element, 'else', reading),
  }),
  for: (element, reading) => readIterator('for', element, 'return', reading),
  some: (element, reading) => readIterator('some', element, 'satisfies', reading),
  every: (element, reading) => readIterator('every', element, 'satisfies', reading),
  filter: (element, reading) => ({
    kind: 'filter',
    list: part(element, 'in', reading),
    match: part(element, 'match', reading),
  }),
  decisionTable: readTable,
}

const isExpression = ({ name }: XmlElement): boolean => Object.hasOwn(readers, name)

/** The expression directly under an element, or undefined. */
export function readExpression(element: XmlElement, reading: Reading): Expression | undefined {
  const found = element.children.find((child) => isExpression(child) && child.namespace === reading.root.namespace)
  return found && readOne(found, reading)
}

function readOne(element: XmlElement, reading: Reading): Expression {
  return { ...readers[element.name]!(element, reading), line: element.line } as Expression
}

function inside(element: XmlElement, reading: Reading): Expression {
  return readExpression(element, reading) ?? refuse(element, `${element.name} holds no expression`, reading)
}

function part(element: XmlElement, name: string, reading: Reading): Expression {
  const found = childOf(element, name)
  return found ? inside(found, reading) : refuse(element, `${element.name} has no ${name}`, reading)
}

function refuse({ line }: XmlElement, reason: string, { report }: Reading): Expression & { kind: 'refused' } {
  report(line, reason)
  return { kind: 'refused', reason, line }
}

function readLiteral(element: XmlElement, reading: Reading): Unplaced<Expression> {
  const language = element.attributes.expressionLanguage ?? reading.root.attributes.expressionLanguage
  if (language !== undefined && !/feel/i.test(language)) return refuse(element, `${language} is not run`, reading)
  if (childOf(element, 'importedValues')) return refuse(element, 'Imported values are not read', reading)
  return { kind: 'literal', text: textOf(element) }
}

/** A function definition, or the encapsulated logic of a knowledge model. */
export function readFunction(element: XmlElement, reading: Reading): Expression {
  const kind = element.attributes.kind ?? 'FEEL'
  if (kind !== 'FEEL') return refuse(element, `Functions of ${kind} are not run`, reading)
  const parameters = childrenOf(element, 'formalParameter').map((one) => readVariable(one, reading.root)!)
  return { kind: 'function', parameters, body: inside(element, reading), line: element.line }
}

function readIterator(kind: 'for' | 'some' | 'every', element: XmlElement, body: string, reading: Reading) {
  return {
    kind,
    variable: nameIn(element.attributes.iteratorVariable),
    list: part(element, 'in', reading),
    body: part(element, body, reading),
  }
}

const hitPolicies: Record<string, HitPolicy> = {
  UNIQUE: 'unique',
  FIRST: 'first',
  PRIORITY: 'priority',
  ANY: 'any',
  COLLECT: 'collect',
  'RULE ORDER': 'rule order',
  'OUTPUT ORDER': 'output order',
}
const aggregations: Record<string, HitPolicy> = {
  SUM: 'collect sum',
  COUNT: 'collect count',
  MIN: 'collect min',
  MAX: 'collect max',
}

function readTable(element: XmlElement, reading: Reading): Unplaced<Expression> {
  const { hitPolicy = 'UNIQUE', aggregation } = element.attributes
  const policy = hitPolicies[hitPolicy]
  const aggregated = policy === 'collect' && aggregation !== undefined ? aggregations[aggregation] : policy
  if (!aggregated) return refuse(element, `There is no hit policy ${hitPolicy} ${aggregation ?? ''}`, reading)

  const annotations = childrenOf(element, 'annotation').map(({ attributes }) => nameIn(attributes.name).toLowerCase())
  const noted = (rule: XmlElement, name: string): string | undefined => {
    const at = annotations.indexOf(name)
    return at < 0 ? undefined : textOf(childrenOf(rule, 'annotationEntry')[at]) || undefined
  }
  const table: DecisionTable = {
    kind: 'table',
    hit: aggregated,
    inputs: childrenOf(element, 'input').map((input) => ({
      expression: textOf(childOf(input, 'inputExpression')),
      label: nameIn(input.attributes.label) || undefined,
      values: textOf(childOf(input, 'inputValues')) || undefined,
      line: input.line,
    })),
    outputs: childrenOf(element, 'output').map((output) => ({
      name: nameIn(output.attributes.name),
      typeRef: readVariable(output, reading.root)!.typeRef,
      values: textOf(childOf(output, 'outputValues')) || undefined,
      otherwise: textOf(childOf(output, 'defaultOutputEntry')) || undefined,
      line: output.line,
    })),
    rules: childrenOf(element, 'rule').map((rule) => ({
      inputs: childrenOf(rule, 'inputEntry').map(textOf),
      outputs: childrenOf(rule, 'outputEntry').map(textOf),
      line: rule.line,
      law: noted(rule, 'law'),
      reason: noted(rule, 'reason'),
    })),
  }
  const uneven = table.rules.find(
    ({ inputs, outputs }) => inputs.length !== table.inputs.length || outputs.length !== table.outputs.length,
  )
  if (uneven) return refuse(element, `The rule of line ${uneven.line} has not one cell for each column`, reading)
  return table.outputs.length ? table : refuse(element, 'The table has no output', reading)
}

/** Name and type of a variable, parameter or column; the type as FEEL names it. */
export function readVariable(
  element: XmlElement | undefined,
  root: XmlElement,
  typeRef = element?.attributes.typeRef,
): Parameter | undefined {
  if (!element) return undefined
  return {
    name: nameIn(element.attributes.name),
    typeRef: typeRef?.trim() ? typeName(typeRef, element, root) : undefined,
  }
}

// Until DMN 1.1 a type was a qualified name of XML: its prefix may mean FEEL, this file, or an import.
function typeName(typeRef: string, element: XmlElement, root: XmlElement): string {
  const name = typeRef.trim().replace(/\s+/g, ' ')
  const qualified = /^([^:<>{}]+):(.+)$/.exec(name)
  if (!qualified) return name.replace(/^feel\./, '')
  const [, prefix, local] = qualified
  const namespace = element.namespaceOf(prefix!)
  const imported = childrenOf(root, 'import').find(({ attributes }) => attributes.namespace === namespace)
  const importName = namespace === root.attributes.namespace ? undefined : imported?.attributes.name
  return importName ? `${importName}.${local}` : local!
}

const nameIn = (name: string | undefined): string => (name ?? '').trim().replace(/\s+/g, ' ')

const textOf = (element: XmlElement | undefined): string => childOf(element, 'text')?.text.trim() ?? ''
