// Checks FEEL before it runs: that it is FEEL, that it reads only facts that exist where it stands, and what it can give.
import { checkNames, compileFeel, compileUnaryTests, FeelError, type FeelProblem, shapeOf } from '@ashlar/kernel/feel'
import { type Finding, suggest } from './check-problem.ts'
import type { Shape } from './shapes.ts'

/** What is known at a place: fact → shape. */
export type Scope = Readonly<Record<string, Shape>>

export interface FeelFinding extends Finding {
  /** Where in the expression. */
  at: number
}

export function checkFeel(source: string, scope: Scope): FeelFinding[] {
  return check(source, scope, () => checkNames(compileFeel(source, { shape: scope }), scope))
}

/** `input` is the expression whose value is tested. */
export function checkUnaryTests(source: string, scope: Scope, input?: string): FeelFinding[] {
  return check(source, scope, () =>
    checkNames(
      compileUnaryTests(source, { shape: scope }),
      scope,
      input === undefined ? undefined : feelShape(input, scope),
    ),
  )
}

/** What an expression gives, as far as that can be told. */
export function feelShape(source: string, scope: Scope): Shape | undefined {
  try {
    return shapeOf(compileFeel(source, { shape: scope }), scope)
  } catch {
    return undefined
  }
}

function check(source: string, scope: Scope, problems: () => FeelProblem[]): FeelFinding[] {
  try {
    return problems().map((problem) => toFinding(problem, source, scope))
  } catch (error) {
    if (!(error instanceof FeelError)) throw error
    const message = `'${short(source)}' is not FEEL: ${error.message}`
    return [{ code: 'feel', message, mend: 'mend the expression', at: error.at }]
  }
}

function toFinding({ code, message, suggestion, at, to }: FeelProblem, source: string, scope: Scope): FeelFinding {
  const said = message.replace(/; did you mean .*$/, '')
  const where = said.includes(source) ? said : `${said} in '${short(source)}'`
  if (code !== 'unknown-name')
    return {
      code: 'feel',
      message: where,
      mend: suggestion === undefined ? 'mend the expression' : `write '${suggestion}'`,
      at,
    }
  const word = source.slice(at, to)
  return {
    code: 'unknown-fact',
    message: where,
    mend: suggestion === undefined ? suggest(word, Object.keys(scope)) : `write '${suggestion}'`,
    at,
  }
}

const short = (source: string): string => (source.length > 60 ? `${source.slice(0, 57)}…` : source)
