// Writes rule tables of a service as a DMN 1.5 file: one decision each, linked by what they read, with a drawing of it.
import type { Shape } from '@ashlar/kernel/feel'
import type { HitPolicy } from '../hit-policy.ts'
import { compileTable, type RuleTable } from '../rule-table.ts'
import { drawing } from './draw.ts'

export interface DmnDocument {
  name: string
  /** Of the model: a URI. */
  namespace: string
  /** Those that a DMN file makes are left out, and are inputs of the others. */
  rules: RuleTable[]
  facts: Shape
}

/** The file. Read again, its decisions give what the tables give, for the same facts. Throws RuleTableError. */
export function writeDmn({ name, namespace, rules, facts }: DmnDocument): string {
  const own = rules.filter(({ model }) => !model)
  const known = new Set(own.map((table) => table.name))
  const decisions = own.map((table) => {
    const { reads, shape } = compileTable(table, facts)
    return { table, shape, requires: [...new Set(reads.map(([first]) => first!))].filter((one) => one !== table.name) }
  })
  const links = withoutCircles(
    decisions.map(({ table, requires }) => ({ name: table.name, requires })),
    known,
  )
  const inputs = new Map<string, Shape>()
  for (const { table, shape, requires } of decisions)
    for (const one of requires)
      if (!links.get(table.name)!.has(one)) inputs.set(one, merged(inputs.get(one), partOf(shape, one)))

  const types = [...inputs].flatMap(([input, shape]) =>
    isNamed(shape) ? [item('itemDefinition', typeName(input), shape)] : [],
  )
  types.push(...own.filter(isTyped).map(resultType))
  const nodes = [...inputs].map(([input, shape]) => inputData(input, shape))
  for (const { table, requires } of decisions) nodes.push(decision(table, requires, links.get(table.name)!))
  const drawn = drawing(
    [
      ...[...inputs.keys()].map((input) => ({ id: idOf('input', input), requires: [] })),
      ...decisions.map(({ table, requires }) => ({
        id: idOf('decision', table.name),
        requires: requires.map((one) => idOf(links.get(table.name)!.has(one) ? 'decision' : 'input', one)),
      })),
    ],
    (from, to) => requirementId(to, from),
  )
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/"`,
    `  xmlns:dmndi="https://www.omg.org/spec/DMN/20230324/DMNDI/" xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/"`,
    `  xmlns:di="http://www.omg.org/spec/DMN/20180521/DI/"`,
    `  id="definitions" name="${xml(name)}" namespace="${xml(namespace)}">`,
    ...[...types, ...nodes, drawn].map(indented),
    '</definitions>',
    '',
  ].join('\n')
}

// Rules that read each other's results: what would close a circle comes in from outside instead.
function withoutCircles(
  decisions: { name: string; requires: string[] }[],
  known: ReadonlySet<string>,
): Map<string, Set<string>> {
  const links = new Map<string, Set<string>>()
  const reaches = (from: string, to: string): boolean =>
    from === to || [...(links.get(from) ?? [])].some((next) => reaches(next, to))
  for (const { name, requires } of decisions) {
    links.set(name, new Set())
    for (const one of requires) if (known.has(one) && !reaches(one, name)) links.get(name)!.add(one)
  }
  return links
}

type Group = { readonly [name: string]: Shape }
const isGroup = (shape: Shape | undefined): shape is Group => typeof shape === 'object' && !Array.isArray(shape)
const partOf = (shape: Shape, name: string): Shape | undefined =>
  isGroup(shape) && Object.hasOwn(shape, name) ? shape[name] : undefined

function merged(a: Shape | undefined, b: Shape | undefined): Shape {
  if (!isGroup(a) || !isGroup(b)) return a ?? b ?? 'any'
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])]
  return Object.fromEntries(names.map((name) => [name, merged(partOf(a, name), partOf(b, name))]))
}

const isList = (shape: Shape): shape is readonly [Shape] => Array.isArray(shape) && shape[0] !== 'one of'
/** What needs a definition of its own. */
const isNamed = (shape: Shape): boolean => isGroup(shape) || isList(shape)
const typeName = (input: string): string => `t${input.charAt(0).toUpperCase()}${input.slice(1)}`

function simple(shape: Shape): string | undefined {
  if (Array.isArray(shape)) return shape[0] === 'one of' ? 'string' : undefined
  return shape === 'any' || shape === 'function' || typeof shape !== 'string' ? undefined : shape
}

function item(tag: 'itemDefinition' | 'itemComponent', name: string, shape: Shape): string {
  const [one, isCollection] = isList(shape) ? [shape[0], true] : [shape, false]
  const inside = isGroup(one)
    ? Object.entries(one).map(([field, inner]) => item('itemComponent', field, inner))
    : [`<typeRef>${simple(one) ?? 'Any'}</typeRef>`]
  return element(tag, { name, ...(isCollection ? { isCollection: 'true' } : {}) }, inside)
}

// All rows that apply, or what holds otherwise: that is a list, or it is none.
const isTyped = ({ hit = 'first', outputs = {} }: RuleTable): boolean =>
  !givesList(hit) || Object.values(outputs).every(({ otherwise }) => otherwise === undefined)

const givesList = (hit: HitPolicy): boolean => hit === 'rule order' || hit === 'output order' || hit === 'collect'

/** What a decision gives, as far as its cells say it: the outputs by name, in a list where all rows count. */
function resultType(table: RuleTable): string {
  const hit = table.hit ?? 'first'
  const name = resultTypeName(table.name)
  if (hit === 'collect count') return item('itemDefinition', name, 'number')
  const adds = /^collect /.test(hit)
  const components = outputsOf(table).map((output) => {
    const cells = [...table.rows.map((row) => row.then[output]), table.outputs?.[output]?.otherwise]
    return resultComponent(
      output,
      cells.filter((cell) => cell !== undefined && cell.trim() !== 'null') as string[],
      adds,
    )
  })
  return element('itemDefinition', { name, ...(givesList(hit) ? { isCollection: 'true' } : {}) }, components)
}

const resultTypeName = (rule: string): string => `${typeName(rule)}Decision`

function resultComponent(name: string, cells: string[], adds: boolean): string {
  const are = (pattern: RegExp) => cells.length > 0 && cells.every((cell) => pattern.test(cell.trim()))
  const type = (of: string, more: string[] = []) =>
    element('itemComponent', { name }, [`<typeRef>${of}</typeRef>`, ...more])
  if (are(/^-?\d+(\.\d+)?$/)) return type('number')
  if (are(/^(?:true|false)$/)) return type('boolean')
  if (!adds && are(/^"[^"\\]*"$/)) {
    const values = [...new Set(cells.map((cell) => cell.trim()))].join(', ')
    return type('string', [element('allowedValues', {}, [text(values)])])
  }
  return type('Any')
}

function inputData(input: string, shape: Shape): string {
  const typeRef = isNamed(shape) ? typeName(input) : simple(shape)
  return element('inputData', { id: idOf('input', input), name: input }, [
    element('variable', { name: input, ...(typeRef ? { typeRef } : {}) }),
  ])
}

function decision(table: RuleTable, requires: string[], links: ReadonlySet<string>): string {
  const id = idOf('decision', table.name)
  const requirements = requires.map((one) => {
    const isDecision = links.has(one)
    const href = `#${idOf(isDecision ? 'decision' : 'input', one)}`
    return element('informationRequirement', { id: requirementId(id, href.slice(1)) }, [
      element(isDecision ? 'requiredDecision' : 'requiredInput', { href }),
    ])
  })
  return element('decision', { id, name: table.name }, [
    element('variable', { name: table.name, ...(isTyped(table) ? { typeRef: resultTypeName(table.name) } : {}) }),
    ...requirements,
    logic(table),
  ])
}

const policies: Record<HitPolicy, string> = {
  unique: 'UNIQUE',
  any: 'ANY',
  first: 'FIRST',
  priority: 'PRIORITY',
  'rule order': 'RULE ORDER',
  'output order': 'OUTPUT ORDER',
  collect: 'COLLECT',
  'collect sum': 'COLLECT',
  'collect min': 'COLLECT',
  'collect max': 'COLLECT',
  'collect count': 'COLLECT',
}

/** The name of a column that says of each row only that it applies. */
const mark = 'applies'

/**
 * A table of DMN with one output gives the bare value, and null for a row that says null as for no row at all. A rule gives
 * what its outputs are by name, or null where no row applies. So the table is an entry of a context whose result is that.
 */
function logic(table: RuleTable): string {
  const hit = table.hit ?? 'first'
  if (hit === 'collect count') return decisionTable(table, hit, outputsOf(table), { aggregation: 'COUNT' })

  const outputs = outputsOf(table)
  const isList = givesList(hit)
  const adds = /^collect (sum|min|max)$/.exec(hit)?.[1]
  const otherwise = table.outputs && Object.values(table.outputs).some((output) => output.otherwise !== undefined)
  if (!isList && !adds && outputs.length > 1) return decisionTable(table, hit, outputs, { defaults: otherwise })

  const columns = outputs.length > 1 ? outputs : [...outputs, mark]
  const named = (of: (output: string) => string) =>
    `{ ${outputs.map((output) => `${output}: ${of(output)}`).join(', ')} }`
  // Where only one row may decide, no row and a conflict are both null: then the table itself has the default.
  const ofTable = otherwise && !isList && !adds
  const none = otherwise && !ofTable ? named((output) => table.outputs?.[output]?.otherwise ?? 'null') : 'null'
  const some = adds
    ? named((output) => `${adds}(for row in rows return row.${output})`)
    : isList
      ? outputs.length > 1
        ? 'rows'
        : `for row in rows return ${named((output) => `row.${output}`)}`
      : named((output) => `rows.${output}`)
  const isNone = isList || adds ? 'rows = null or count(rows) = 0' : 'rows = null'
  return element('context', {}, [
    element('contextEntry', {}, [
      element('variable', { name: 'rows' }),
      decisionTable(table, hit, columns, { defaults: ofTable }),
    ]),
    element('contextEntry', {}, [literal(`if ${isNone} then ${none} else ${some}`)]),
  ])
}

const outputsOf = ({ rows, outputs = {} }: RuleTable): string[] => [
  ...new Set([...rows.flatMap((row) => Object.keys(row.then)), ...Object.keys(outputs)]),
]

function decisionTable(
  table: RuleTable,
  hit: HitPolicy,
  columns: string[],
  { aggregation, defaults }: { aggregation?: string; defaults?: boolean },
): string {
  const id = (part: string) => `${idOf('table', table.name)}-${part}`
  const inputs = Object.entries(table.inputs)
  const head = inputs.map(([name, source], n) =>
    element('input', { id: id(`input-${n + 1}`), label: name }, [
      element('inputExpression', { id: id(`expression-${n + 1}`) }, [text(source)]),
    ]),
  )
  const outputs = columns.map((name, n) => {
    const { values = [], otherwise } = table.outputs?.[name] ?? {}
    return element('output', { id: id(`output-${n + 1}`), name }, [
      ...(values.length > 0 ? [element('outputValues', {}, [text(values.join(', '))])] : []),
      ...(defaults ? [element('defaultOutputEntry', {}, [text(otherwise ?? 'null')])] : []),
    ])
  })
  const rows = table.rows.map((row, n) => {
    const cell = (tag: string, part: string, source: string) =>
      element(tag, { id: id(`${part}-row-${n + 1}`) }, [text(source)])
    return element('rule', { id: id(`row-${n + 1}`) }, [
      ...inputs.map(([name], i) => cell('inputEntry', `test-${i + 1}`, row.if[name] ?? '-')),
      ...columns.map((name, i) =>
        cell('outputEntry', `value-${i + 1}`, name === mark ? 'true' : (row.then[name] ?? 'null')),
      ),
      ...[row.law, row.reason].map((note) => element('annotationEntry', {}, [text(note ?? '')])),
    ])
  })
  return element(
    'decisionTable',
    { id: id('table'), hitPolicy: policies[hit], ...(aggregation ? { aggregation } : {}) },
    [...head, ...outputs, ...['law', 'reason'].map((name) => element('annotation', { name })), ...rows],
  )
}

const literal = (source: string): string => element('literalExpression', {}, [text(source)])
const text = (source: string): string => `<text>${xml(source)}</text>`

// Names of facts are identifiers; what else may come is made one.
const idOf = (kind: string, name: string): string => `${kind}-${name.replace(/[^A-Za-z0-9_-]/g, '_')}`
const requirementId = (of: string, required: string): string => `${of}-requires-${required}`

const entities: Record<string, string> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
}
const xml = (source: string): string => source.replace(/[<>&"\n\r\t]/g, (character) => entities[character]!)

function element(tag: string, attributes: Record<string, string>, children: string[] = []): string {
  const head = `<${tag}${Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${xml(value)}"`)
    .join('')}`
  if (children.length === 0) return `${head}/>`
  const inside = children.join('\n')
  return inside.includes('\n') || inside.length > 100
    ? `${head}>\n${indented(inside)}\n</${tag}>`
    : `${head}>${inside}</${tag}>`
}

const indented = (lines: string): string => lines.replace(/^/gm, '  ')
