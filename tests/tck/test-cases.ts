// Reads a file of the DMN Technology Compatibility Kit: test cases with inputs and what is expected (testCases.xsd).
import { compileFeel, type FeelContext, type FeelValue } from '@ashlar/kernel/feel'
import { childOf, childrenOf, readXml, type XmlElement } from '@ashlar/kernel/xml'

export interface TestFile {
  /** The file of the model, beside this one. */
  model: string
  cases: TestCase[]
}

export interface TestCase {
  id: string
  kind: 'decision' | 'bkm' | 'decisionService'
  /** Of a service or knowledge model. */
  invoked: string
  inputs: FeelContext
  results: { name: string; expected: FeelValue }[]
}

export function readTestFile(xml: string): TestFile {
  const root = readXml(xml)
  return {
    model: childOf(root, 'modelName')?.text.trim() ?? '',
    cases: childrenOf(root, 'testCase').map((element, n) => readCase(element, n)),
  }
}

function readCase(element: XmlElement, n: number): TestCase {
  const { id, type = 'decision', invocableName = '', namespace } = element.attributes
  const inputs: FeelContext = Object.create(null)
  for (const input of childrenOf(element, 'inputNode')) inputs[qualified(input)] = readValue(input)
  return {
    id: id ?? String(n + 1),
    kind: type as TestCase['kind'],
    invoked: namespace ? `{${namespace}}${invocableName}` : invocableName,
    inputs,
    results: childrenOf(element, 'resultNode').map((node) => {
      const expected = childOf(node, 'expected')
      return { name: qualified(node, namespace), expected: expected ? readValue(expected) : null }
    }),
  }
}

const qualified = ({ attributes: { name = '', namespace } }: XmlElement, outer?: string): string =>
  (namespace ?? outer) ? `{${namespace ?? outer}}${name}` : name

const instance = 'http://www.w3.org/2001/XMLSchema-instance'
const isNil = ({ attributes }: XmlElement): boolean => /^\s*(?:true|1)\s*$/.test(attributes[`{${instance}}nil`] ?? '')

function readValue(element: XmlElement): FeelValue {
  const list = childOf(element, 'list')
  if (list) return isNil(list) ? null : childrenOf(list, 'item').map(readValue)

  const components = childrenOf(element, 'component')
  if (components.length) {
    const context: FeelContext = Object.create(null)
    for (const component of components) {
      context[component.attributes.name ?? ''] = isNil(component) ? null : readValue(component)
    }
    return context
  }
  const value = childOf(element, 'value')
  return !value || isNil(value) ? null : readSimple(value)
}

const feel = (source: string) => {
  const compiled = compileFeel(source)
  return (text: string) => compiled.evaluate({ text })
}
const number = feel('number(text)')
const readers: Record<string, (text: string) => FeelValue> = {
  boolean: (text) => text === 'true' || text === '1',
  decimal: number,
  double: number,
  float: number,
  integer: number,
  int: number,
  long: number,
  date: feel('date(text)'),
  time: feel('time(text)'),
  dateTime: feel('date and time(text)'),
  duration: feel('duration(text)'),
  dayTimeDuration: feel('duration(text)'),
  yearMonthDuration: feel('duration(text)'),
}

function readSimple({ attributes, text, line }: XmlElement): FeelValue {
  const type = (attributes[`{${instance}}type`] ?? 'string').replace(/^.*:/, '').trim()
  const read = Object.hasOwn(readers, type) ? readers[type] : undefined
  if (!read) return text
  const value = read(text.trim())
  if (value === null) throw new Error(`Line ${line}: ${text} is no ${type}`)
  return value
}
