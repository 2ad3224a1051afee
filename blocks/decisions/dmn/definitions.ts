// Reads a DMN file (1.1 to 1.5) into its parts, as they are written: what they mean is found out by those who compile them.
import { childOf, childrenOf, readXml, type XmlElement, XmlError } from '@ashlar/kernel/xml'
import type { Expression, Parameter } from './boxed.ts'
import { readExpression, readFunction, readVariable } from './read-expression.ts'

export interface Definitions {
  name: string
  namespace: string
  imports: Import[]
  items: ItemDefinition[]
  elements: Element[]
  /** What could not be read: other expression languages, elements of no DMN. */
  problems: { element: string; line: number; message: string }[]
}

interface Import {
  /** '' where what is imported is known without a prefix. */
  name: string
  namespace: string
}

export interface ItemDefinition {
  name: string
  typeRef?: string
  isCollection: boolean
  components: ItemDefinition[]
  /** Unary tests: of each item where it is a collection. */
  allowedValues?: string
  /** Unary tests of the whole value. */
  constraint?: string
  function?: { parameters: Parameter[]; outputTypeRef?: string }
}

export interface Element {
  kind: 'input' | 'decision' | 'knowledge' | 'decision service'
  id: string
  name: string
  /** The name under which others see its value. */
  variable: string
  typeRef?: string
  line: number
  /** `#id`, or `namespace#id`. */
  requires: string[]
  /** Of a decision, or of a knowledge model (a function). */
  logic?: Expression
  service?: { outputs: string[]; inputDecisions: string[]; inputData: string[] }
}

/** The file is no DMN that could be read at all. */
export class DmnError extends Error {
  override name = 'DmnError'
}

const versions = ['20151101/dmn.xsd', '20180521/MODEL/', '20191111/MODEL/', '20211108/MODEL/', '20230324/MODEL/']
const isDmn = (namespace: string): boolean =>
  /^https?:\/\/www\.omg\.org\/spec\/DMN\//.test(namespace) && versions.some((version) => namespace.endsWith(version))

const largest = 10_000_000

/** Throws DmnError where the text is not XML, or not DMN 1.1 to 1.5. */
export function readDefinitions(xml: string): Definitions {
  const root = readRoot(xml)
  const { name = '', namespace = '' } = root.attributes
  const imports = childrenOf(root, 'import').map(({ attributes }) => ({
    name: (attributes.name ?? '').trim(),
    namespace: attributes.namespace ?? '',
    type: attributes.importType ?? '',
  }))
  const problems: Definitions['problems'] = []
  for (const { name: wanted, type } of imports) {
    if (!isDmn(type)) problems.push({ element: wanted, line: root.line, message: `Imports of ${type} are not read` })
  }
  const read = new ElementReader(root, problems)
  return {
    name,
    namespace,
    imports,
    items: childrenOf(root, 'itemDefinition').map((item) => read.item(item)),
    elements: root.children.flatMap((child) => read.element(child) ?? []),
    problems,
  }
}

function readRoot(xml: string): XmlElement {
  let root: XmlElement
  try {
    root = readXml(xml, { characters: largest })
  } catch (cause) {
    if (!(cause instanceof XmlError)) throw cause
    throw new DmnError(cause.message, { cause })
  }
  if (root.name !== 'definitions' || !isDmn(root.namespace)) {
    throw new DmnError(`This is ${root.name} of ${root.namespace || 'no namespace'}, not definitions of DMN 1.1 to 1.5`)
  }
  return root
}

const kinds: Record<string, Element['kind']> = {
  inputData: 'input',
  decision: 'decision',
  businessKnowledgeModel: 'knowledge',
  decisionService: 'decision service',
}

class ElementReader {
  private readonly root: XmlElement
  private readonly problems: Definitions['problems']

  constructor(root: XmlElement, problems: Definitions['problems']) {
    this.root = root
    this.problems = problems
  }

  element(element: XmlElement): Element | undefined {
    const kind = element.namespace === this.root.namespace ? kinds[element.name] : undefined
    if (!kind) return undefined

    const name = nameOf(element)
    const variable = readVariable(childOf(element, 'variable'), this.root)
    const report = (line: number, message: string) => this.problems.push({ element: name, line, message })
    const logic = kind === 'decision' ? readExpression(element, { root: this.root, report }) : undefined
    const encapsulated = childOf(element, 'encapsulatedLogic')
    return {
      kind,
      id: element.attributes.id ?? name,
      name,
      variable: variable?.name || name,
      typeRef: variable?.typeRef,
      line: element.line,
      requires: [
        ...childrenOf(element, 'informationRequirement').flatMap((one) => hrefs(one, 'requiredDecision')),
        ...childrenOf(element, 'informationRequirement').flatMap((one) => hrefs(one, 'requiredInput')),
        ...childrenOf(element, 'knowledgeRequirement').flatMap((one) => hrefs(one, 'requiredKnowledge')),
      ],
      logic: encapsulated ? readFunction(encapsulated, { root: this.root, report }) : logic,
      ...(kind === 'decision service' ? { service: readService(element) } : {}),
    }
  }

  item(element: XmlElement): ItemDefinition {
    const functionItem = childOf(element, 'functionItem')
    const { typeRef } = readVariable(element, this.root, childOf(element, 'typeRef')?.text)!
    return {
      name: nameOf(element),
      typeRef,
      isCollection: element.attributes.isCollection?.trim() === 'true',
      components: childrenOf(element, 'itemComponent').map((component) => this.item(component)),
      allowedValues: testsOf(element, 'allowedValues'),
      constraint: testsOf(element, 'typeConstraint'),
      ...(functionItem ? { function: this.functionItem(functionItem) } : {}),
    }
  }

  private functionItem(element: XmlElement): ItemDefinition['function'] {
    const output = readVariable(element, this.root, element.attributes.outputTypeRef)
    return {
      parameters: childrenOf(element, 'parameters').map((parameter) => readVariable(parameter, this.root)!),
      outputTypeRef: output?.typeRef,
    }
  }
}

const nameOf = ({ attributes }: XmlElement): string => (attributes.name ?? '').trim().replace(/\s+/g, ' ')

const testsOf = (element: XmlElement, name: string): string | undefined =>
  childOf(childOf(element, name), 'text')?.text.trim() || undefined

const hrefs = (element: XmlElement, name: string): string[] =>
  childrenOf(element, name).flatMap(({ attributes }) => attributes.href ?? [])

const readService = (element: XmlElement): Element['service'] => ({
  outputs: hrefs(element, 'outputDecision'),
  inputDecisions: hrefs(element, 'inputDecision'),
  inputData: hrefs(element, 'inputData'),
})
