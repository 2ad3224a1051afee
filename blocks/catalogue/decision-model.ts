// What a service's .dmn files offer as rules: their decisions, and the inputs that each of them comes down to.
import type { Shape } from '@ashlar/kernel/feel'
import { childOf, childrenOf, readXml, type XmlElement, XmlError } from '@ashlar/kernel/xml'

/** One .dmn file of a service; what its expressions say is the business of the decisions block. */
export interface DecisionModel {
  /** Path in the folder of the service. */
  file: string
  xml: string
  /** The texts of the files that it imports, directly or not. */
  imports: string[]
  decisions: ModelDecision[]
  /** Why the file cannot be read. */
  broken?: { line: number; message: string }
}

export interface ModelDecision {
  name: string
  line: number
  /** Input data, by name; those of imported models too. */
  inputs: ModelInput[]
  /** What it gives, as far as its type says it. */
  shape: Shape
  /** The provisions that rows of its tables name, and of those that it requires, in an annotation that is called law. */
  law: string[]
}

interface ModelInput {
  name: string
  file: string
  line: number
}

/** "Date of birth" → dateOfBirth: the fact that a name in a drawing stands for. */
export function factName(name: string): string {
  const [first = '', ...rest] = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '')
  const lower = first === first.toUpperCase() ? first.toLowerCase() : first.charAt(0).toLowerCase() + first.slice(1)
  return lower + rest.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}

interface Node {
  kind: string
  name: string
  file: string
  line: number
  /** `namespace#id` */
  requires: string[]
  shape: Shape
  law: string[]
}

interface Parsed {
  file: string
  xml: string
  namespace: string
  imports: string[]
  /** By `namespace#id`. */
  nodes: Map<string, Node>
  broken?: DecisionModel['broken']
}

/** The models of a service, from all files of its folder by path. */
export function decisionModels(files: Record<string, string>): DecisionModel[] {
  const parsed = Object.entries(files)
    .filter(([file]) => file.endsWith('.dmn'))
    .map(([file, xml]) => parse(file, xml))
  const nodes = new Map(parsed.flatMap((one) => [...one.nodes]))
  return parsed.map(({ file, xml, namespace, broken, nodes: own }) => ({
    file,
    xml,
    imports: importsOf(namespace, parsed).map((one) => one.xml),
    decisions: [...own]
      .filter(([, { kind }]) => kind === 'decision')
      .map(([id, { name, line, shape }]) => {
        const all = reached(id, nodes)
        return { name, line, shape, inputs: inputsOf(all), law: [...new Set(all.flatMap(({ law }) => law))] }
      }),
    ...(broken ? { broken } : {}),
  }))
}

function parse(file: string, xml: string): Parsed {
  let root: XmlElement
  try {
    root = readXml(xml)
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    return {
      file,
      xml,
      namespace: '',
      imports: [],
      nodes: new Map(),
      broken: { line: error.line, message: error.message },
    }
  }
  const { namespace = '' } = root.attributes
  const nodes = new Map<string, Node>()
  const typed = shapesOf(childrenOf(root, 'itemDefinition'))
  for (const element of root.children) {
    const { id, name = '' } = element.attributes
    const requires = childrenOf(element, 'informationRequirement').flatMap((one) =>
      ['requiredDecision', 'requiredInput'].flatMap((what) => childOf(one, what)?.attributes.href ?? []),
    )
    const knowledge = childrenOf(element, 'knowledgeRequirement').flatMap(
      (one) => childOf(one, 'requiredKnowledge')?.attributes.href ?? [],
    )
    nodes.set(`${namespace}#${id ?? name}`, {
      kind: element.name,
      name: name.trim().replace(/\s+/g, ' '),
      file,
      line: element.line,
      shape: typed(childOf(element, 'variable')?.attributes.typeRef),
      law: lawsIn(element),
      requires: [...requires, ...knowledge].map((href) =>
        href.startsWith('#') ? namespace + href : href.includes('#') ? href : `${namespace}#${href}`,
      ),
    })
  }
  const imports = childrenOf(root, 'import').flatMap(({ attributes }) => attributes.namespace ?? [])
  return { file, xml, namespace, imports, nodes }
}

const simple: Record<string, Shape> = {
  string: 'string',
  number: 'number',
  boolean: 'boolean',
  date: 'date',
  time: 'time',
  'date and time': 'date and time',
  dateTime: 'date and time',
  'days and time duration': 'days and time duration',
  dayTimeDuration: 'days and time duration',
  'years and months duration': 'years and months duration',
  yearMonthDuration: 'years and months duration',
}

/** The shape of a type by its name; what is imported, or goes in circles, may be anything. */
function shapesOf(items: XmlElement[]): (typeRef: string | undefined) => Shape {
  const byName = new Map(items.map((item) => [item.attributes.name?.trim(), item]))
  const ofItem = (item: XmlElement, depth: number): Shape => {
    const components = childrenOf(item, 'itemComponent')
    const one =
      components.length > 0
        ? Object.fromEntries(components.map((part) => [part.attributes.name?.trim() ?? '', ofItem(part, depth + 1)]))
        : chosen(named(childOf(item, 'typeRef')?.text ?? item.attributes.typeRef, depth + 1), item)
    return item.attributes.isCollection === 'true' ? [one] : one
  }
  const named = (typeRef: string | undefined, depth: number): Shape => {
    const name = typeRef?.trim().replace(/^feel[.:]/, '') ?? ''
    const item = depth > 20 ? undefined : byName.get(name)
    return item ? ofItem(item, depth) : Object.hasOwn(simple, name) ? simple[name]! : 'any'
  }
  return (typeRef) => named(typeRef, 0)
}

/** A text of which every value is listed is a choice. */
function chosen(shape: Shape, item: XmlElement): Shape {
  const source = childOf(childOf(item, 'allowedValues'), 'text')?.text.trim() ?? ''
  if (shape !== 'string' || !/^"[^"\\]*"(\s*,\s*"[^"\\]*")*$/.test(source)) return shape
  return ['one of', ...[...source.matchAll(/"([^"]*)"/g)].map(([, value]) => value!)]
}

function importsOf(namespace: string, parsed: Parsed[], found = new Set<Parsed>()): Parsed[] {
  const wanted = parsed.find((one) => one.namespace === namespace)?.imports ?? []
  for (const one of parsed) {
    if (!wanted.includes(one.namespace) || one.namespace === namespace || found.has(one)) continue
    found.add(one)
    importsOf(one.namespace, parsed, found)
  }
  return [...found]
}

/** A decision and all that it requires. */
function reached(decision: string, nodes: Map<string, Node>): Node[] {
  const found = new Map<string, Node>()
  const open = [decision]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const node = nodes.get(id)
    if (!node || found.has(id)) continue
    found.set(id, node)
    open.push(...node.requires)
  }
  return [...found.values()]
}

function inputsOf(nodes: Node[]): ModelInput[] {
  const inputs = nodes.filter(({ kind }) => kind === 'inputData').map(({ name, file, line }) => ({ name, file, line }))
  const byName = new Map(inputs.map((input) => [input.name, input]))
  return [...byName.values()].sort((a, b) => a.line - b.line)
}

function lawsIn(element: XmlElement): string[] {
  if (element.name !== 'decisionTable') return element.children.flatMap(lawsIn)
  const at = childrenOf(element, 'annotation').findIndex(
    ({ attributes }) => attributes.name?.trim().toLowerCase() === 'law',
  )
  if (at < 0) return []
  return childrenOf(element, 'rule').flatMap(
    (rule) => childOf(childrenOf(rule, 'annotationEntry')[at], 'text')?.text.trim() || [],
  )
}

/** Names that texts may explain: labels of the inputs of its tables, and what an annotation called reason says. */
export function namesIn(xml: string): { inputs: string[]; reasons: string[] } {
  const all = (pattern: RegExp) => [...new Set([...xml.matchAll(pattern)].map(([, name]) => name!))]
  return {
    inputs: all(/<(?:\w+:)?input\s[^>]*\blabel="([a-z][A-Za-z0-9]*)"/g),
    reasons: all(/<(?:\w+:)?annotationEntry>\s*<(?:\w+:)?text>\s*([a-z][A-Za-z0-9]*)\s*</g),
  }
}
