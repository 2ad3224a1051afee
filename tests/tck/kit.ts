// Runs every test case of the DMN Technology Compatibility Kit under a folder through the decision engine.
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import {
  type DmnModel,
  type DmnResult,
  evaluateDecision,
  evaluateKnowledge,
  evaluateService,
  loadModel,
} from '@ashlar/decisions'
import { type FeelContext, type FeelValue, format } from '@ashlar/kernel/feel'
import { same } from './same.ts'
import { readTestFile, type TestCase } from './test-cases.ts'

interface Failure {
  file: string
  test: string
  node: string
  cause: string
}

interface Level {
  level: string
  passed: number
  total: number
  /** A test case may expect several results. */
  results: { passed: number; total: number }
}

export interface KitReport {
  levels: Level[]
  failures: Failure[]
}

/** Files are those of the kit: folders with models (.dmn) and tests (*-test-*.xml). */
export async function runKit(folder: string): Promise<KitReport> {
  const names = (await readdir(folder, { recursive: true })).sort()
  const levels = new Map<string, Level>()
  const failures: Failure[] = []
  for (const file of names.filter((name) => /test[^/\\]*\.xml$/i.test(name))) {
    const level = levelOf(join(folder, file), file)
    const counted = levels.get(level) ?? { level, passed: 0, total: 0, results: { passed: 0, total: 0 } }
    levels.set(level, counted)
    const { run, cases } = await openTestFile(join(folder, file))
    for (const one of cases) {
      const failed = run(one).map((failure) => ({ file, test: one.id, ...failure }))
      failures.push(...failed)
      counted.total++
      counted.passed += failed.length ? 0 : 1
      counted.results.total += one.results.length
      counted.results.passed += Math.max(0, one.results.length - failed.length)
    }
  }
  return { levels: [...levels.values()], failures }
}

const levelOf = (path: string, file: string): string =>
  /compliance-level-\d|non-compliant/.exec(path)?.[0] ?? file.split(sep)[0]!

type Run = (test: TestCase) => { node: string; cause: string }[]

async function openTestFile(path: string): Promise<{ run: Run; cases: TestCase[] }> {
  try {
    const { model: name, cases } = readTestFile(await readFile(path, 'utf8'))
    const model = await openModel(join(dirname(path), name))
    return { cases, run: typeof model === 'string' ? brokenRun(model) : (test) => runCase(model, test) }
  } catch (cause) {
    const unreadable: TestCase = {
      id: relative(dirname(path), path),
      kind: 'decision',
      invoked: '',
      inputs: {},
      results: [],
    }
    return { cases: [unreadable], run: brokenRun(`The test file is not read: ${(cause as Error).message}`) }
  }
}

const brokenRun =
  (cause: string): Run =>
  ({ results }) =>
    results.length ? results.map(({ name }) => ({ node: name, cause })) : [{ node: '', cause }]

const clock = { now: () => new Date(), today: () => new Date().toISOString().slice(0, 10), zone: 'UTC' }

// A model may import those that lie beside it.
async function openModel(path: string): Promise<DmnModel | string> {
  const folder = dirname(path)
  try {
    const text = await readFile(path, 'utf8')
    const names = /<(?:[\w-]+:)?import\b/.test(text) ? await readdir(folder) : []
    const beside = names.filter((name) => name.endsWith('.dmn') && join(folder, name) !== path)
    const imports = await Promise.all(beside.map((name) => readFile(join(folder, name), 'utf8')))
    return loadModel(text, { imports, clock })
  } catch (cause) {
    return `The model does not load: ${(cause as Error).message}`
  }
}

function runCase(model: DmnModel, test: TestCase): { node: string; cause: string }[] {
  return test.results.flatMap(({ name, expected }) => {
    let cause: string | undefined
    try {
      const { value, problems } = resultOf(model, test, name)
      const known = [...model.problems.filter((one) => one.node === name), ...problems]
      if (!same(value, expected)) cause = `expected ${shown(expected)}, got ${shown(value)}${because(known)}`
    } catch (error) {
      cause = `it threw ${(error as Error).message}`
    }
    return cause === undefined ? [] : [{ node: name, cause }]
  })
}

const shown = (value: FeelValue): string => format(value, true).slice(0, 300)

const because = (problems: DmnResult['problems']): string =>
  problems.length
    ? ` (${[...new Set(problems.map(({ node, message }) => `${node}: ${message}`))].join('; ').slice(0, 500)})`
    : ''

function resultOf(model: DmnModel, { kind, invoked, inputs }: TestCase, name: string): DmnResult {
  if (kind === 'bkm') return evaluateKnowledge(model, invoked, inputs)
  if (kind === 'decisionService') return resultOfService(model, invoked, inputs, name)
  const isService = !model.decisions.includes(name) && model.services.some((one) => one.name === name)
  return isService ? evaluateService(model, name, inputs) : evaluateDecision(model, name, inputs)
}

// The kit asks for the output decisions of a service one by one.
function resultOfService(model: DmnModel, service: string, inputs: FeelContext, name: string): DmnResult {
  const result = evaluateService(model, service, inputs)
  const outputs = model.services.find((one) => one.name === service)?.outputs ?? []
  if (outputs.length < 2 || !outputs.includes(name)) return result
  return { ...result, value: (result.value as FeelContext | null)?.[name] ?? null }
}
