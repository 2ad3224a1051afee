// Checks FEEL before it runs: that it is FEEL, and that it reads only facts that exist where it stands.
import { compileFeel, compileUnaryTests, FeelError } from '@ashlar/kernel/feel'
import { type Finding, suggest } from './check-problem.ts'
import type { Shape } from './shapes.ts'

/** What is known at a place: fact → shape. */
export type Scope = Readonly<Record<string, Shape>>

export interface FeelFinding extends Finding {
  /** Where in the expression. */
  at: number
}

export function checkFeel(source: string, scope: Scope): FeelFinding[] {
  return check(source, scope, () => compileFeel(source, { shape: scope }))
}

export function checkUnaryTests(source: string, scope: Scope): FeelFinding[] {
  return check(source, scope, () => compileUnaryTests(source, { shape: scope }))
}

interface Compiled {
  reads: string[]
  remarks: { message: string; from: number }[]
}

function check(source: string, scope: Scope, compile: () => Compiled): FeelFinding[] {
  try {
    const { reads, remarks } = compile()
    return [
      ...remarks.map(({ message, from }) => ({
        code: 'feel',
        message: `${message} in '${short(source)}'`,
        mend: 'mend the expression',
        at: from,
      })),
      ...reads.flatMap((path) => checkRead(path, source, scope)),
    ]
  } catch (error) {
    if (!(error instanceof FeelError)) throw error
    const message = `'${short(source)}' is not FEEL: ${error.message}`
    return [{ code: 'feel', message, mend: 'mend the expression', at: error.at }]
  }
}

function checkRead(path: string, source: string, scope: Scope): FeelFinding[] {
  const [name = '', ...rest] = path.split('.')
  const at = Math.max(0, source.search(new RegExp(`(?<![\\w.])${name.replace(/[^\w]/g, '\\$&')}(?!\\w)`)))
  if (!Object.hasOwn(scope, name)) {
    if (isFilter(source) && fieldsOfLists(scope).has(name)) return []
    return [
      {
        code: 'unknown-fact',
        message: `'${name}' is not known here`,
        mend: suggest(name, Object.keys(scope)),
        at,
      },
    ]
  }
  let shape: Shape | undefined = scope[name]
  const said = [name]
  for (const field of rest) {
    // A path into a list reads the field of each of its items.
    while (Array.isArray(shape) && shape[0] !== 'one of') shape = shape[0] as Shape
    if (shape === undefined || typeof shape !== 'object' || Array.isArray(shape)) return []
    const fields = shape as Readonly<Record<string, Shape>>
    if (!Object.hasOwn(fields, field))
      return [
        {
          code: 'unknown-fact',
          message: `'${said.join('.')}' has no '${field}'`,
          mend: suggest(field, Object.keys(fields)),
          at,
        },
      ]
    said.push(field)
    shape = fields[field]
  }
  return []
}

const isFilter = (source: string): boolean => source.includes('[')

/** The names that may mean a field of an item inside a filter. */
function fieldsOfLists(scope: Scope): Set<string> {
  const names = new Set<string>()
  const visit = (shape: Shape, inList: boolean): void => {
    if (typeof shape === 'string') return
    if (Array.isArray(shape)) {
      if (shape[0] !== 'one of') visit(shape[0] as Shape, true)
      return
    }
    for (const [name, inner] of Object.entries(shape)) {
      if (inList) names.add(name)
      visit(inner, false)
    }
  }
  for (const shape of Object.values(scope)) visit(shape, false)
  return names
}

const short = (source: string): string => (source.length > 60 ? `${source.slice(0, 57)}…` : source)
