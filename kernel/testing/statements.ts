// Finds every sql`…` statement in the TypeScript files of a folder, with its fragments put in place.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript-6'

export interface FoundStatement {
  file: string
  line: number
  /** With $1, $2 … for values; one for each choice of fragments. */
  texts: string[]
}

/** A fragment's text in pieces; between two pieces stands a value. */
type Pieces = string[]

const STATEMENT = /^\s*(--.*\n\s*)*(select|insert|update|delete|with|merge|values)\b/i
const OTHER_TAGS = new Set(['html', 'css', 'raw', 'part', 'xml', 'svg'])
const CHOICES = 64

/** Tests are left out: what they ask of tables is theirs. */
export function statementsOf(folder: URL | string): FoundStatement[] {
  const root = typeof folder === 'string' ? resolve(folder) : fileURLToPath(folder)
  const reader = createReader()
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('node_modules'))
    .sort()
    .flatMap((file) => reader.statements(join(root, file)))
}

function createReader() {
  const files = new Map<string, ts.SourceFile>()
  /** What the function being followed was called with, where that is a fragment. */
  const bindings = new Map<ts.ParameterDeclaration, Pieces[] | undefined>()

  function parse(path: string): ts.SourceFile {
    let file = files.get(path)
    if (!file) {
      file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
      files.set(path, file)
    }
    return file
  }

  function statements(path: string): FoundStatement[] {
    const file = parse(path)
    const found: FoundStatement[] = []
    const visit = (node: ts.Node): void => {
      if (ts.isTaggedTemplateExpression(node) && isStatement(node)) {
        const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1
        found.push({ file: path, line, texts: piecesOf(node.template, 0).map(numbered) })
      }
      ts.forEachChild(node, visit)
    }
    visit(file)
    return found
  }

  /** All ways in which a template may read. */
  function piecesOf(template: ts.TemplateLiteral, depth: number): Pieces[] {
    if (ts.isNoSubstitutionTemplateLiteral(template)) return [[template.text]]
    let ways: Pieces[] = [[template.head.text]]
    for (const span of template.templateSpans) {
      const choices = fragmentsOf(span.expression, depth + 1)
      const after = span.literal.text
      ways = ways
        .flatMap((way) => (choices ? choices.map((choice) => glue(glue(way, choice), [after])) : [[...way, after]]))
        .slice(0, CHOICES)
    }
    return ways
  }

  /** The fragments that an expression may be; undefined when it is a value. */
  function fragmentsOf(node: ts.Expression, depth: number): Pieces[] | undefined {
    if (depth > 12) return undefined
    if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isNonNullExpression(node)) {
      return fragmentsOf(node.expression, depth)
    }
    if (ts.isTaggedTemplateExpression(node)) {
      return nameOf(node.tag) === 'part' ? piecesOf(node.template, depth) : undefined
    }
    if (ts.isConditionalExpression(node)) return either([node.whenTrue, node.whenFalse], depth)
    if (ts.isBinaryExpression(node) && isFallback(node.operatorToken.kind)) {
      return either([node.left, node.right], depth)
    }
    if (ts.isCallExpression(node)) return ofCall(node, depth)
    if (ts.isIdentifier(node)) {
      const found = declarationOf(node)
      if (found && ts.isParameter(found)) return bindings.get(found)
      return found && ts.isVariableDeclaration(found) && found.initializer
        ? fragmentsOf(found.initializer, depth + 1)
        : undefined
    }
    if (ts.isElementAccessExpression(node) || ts.isPropertyAccessExpression(node)) return ofMember(node, depth)
    return undefined
  }

  function either(nodes: ts.Expression[], depth: number): Pieces[] | undefined {
    const all = nodes.map((node) => fragmentsOf(node, depth + 1))
    return all.some((each) => each) ? all.flatMap((each) => each ?? []) : undefined
  }

  function ofCall(node: ts.CallExpression, depth: number): Pieces[] | undefined {
    if (nameOf(node.expression) === 'unnest') return [unnestPieces(node.arguments[0])]
    if (nameOf(node.expression) === 'reduce') return ofReduce(node, depth)
    if (!ts.isIdentifier(node.expression)) return undefined
    const found = declarationOf(node.expression)
    const callee = found && ts.isVariableDeclaration(found) ? found.initializer : found
    if (!callee || !isFunction(callee)) return undefined
    callee.parameters.forEach((parameter, index) => {
      const argument = node.arguments[index]
      bindings.set(parameter, argument && fragmentsOf(argument, depth + 1))
    })
    return ofBody(callee, depth)
  }

  /** conditions.reduce((all, each) => sql.part`${all} and …`, sql.part``): with none, and with one. */
  function ofReduce(node: ts.CallExpression, depth: number): Pieces[] | undefined {
    const [step, initial] = node.arguments
    const none = initial && fragmentsOf(initial, depth + 1)
    if (!none || !step || !isFunction(step) || !step.parameters[0]) return none
    bindings.set(step.parameters[0], none)
    return [...none, ...(ofBody(step, depth) ?? [])]
  }

  function ofBody(callee: ts.FunctionDeclaration | ts.ArrowFunction, depth: number): Pieces[] | undefined {
    if (!callee.body) return undefined
    return ts.isBlock(callee.body) ? either(returnsOf(callee.body), depth) : fragmentsOf(callee.body, depth + 1)
  }

  /** ORDER[sort] or ORDER.newest, of an object of fragments. */
  function ofMember(
    node: ts.ElementAccessExpression | ts.PropertyAccessExpression,
    depth: number,
  ): Pieces[] | undefined {
    if (!ts.isIdentifier(node.expression)) return undefined
    const found = declarationOf(node.expression)
    if (!found || !ts.isVariableDeclaration(found) || !found.initializer) return undefined
    const object = unwrapped(found.initializer)
    if (!ts.isObjectLiteralExpression(object)) return undefined
    const wanted = ts.isPropertyAccessExpression(node) ? node.name.text : undefined
    const members = object.properties
      .filter(ts.isPropertyAssignment)
      .filter((member) => wanted === undefined || member.name.getText().replace(/['"]/g, '') === wanted)
    return either(
      members.map((member) => member.initializer),
      depth,
    )
  }

  function unnestPieces(argument: ts.Expression | undefined): Pieces {
    const object = argument && objectOf(argument)
    if (!object) return ['unnest(', '::text[]) as rows(columns_that_could_not_be_read)']
    const columns = object.properties.filter(ts.isPropertyAssignment).map((member) => ({
      name: member.name.getText().replace(/['"]/g, ''),
      type: ts.isStringLiteralLike(member.initializer) ? member.initializer.text : 'text',
    }))
    const pieces = ['unnest(', ...columns.slice(0, -1).map(({ type }) => `::${type}[], `)]
    return [...pieces, `::${columns.at(-1)?.type}[]) as rows(${columns.map(({ name }) => name).join(', ')})`]
  }

  function objectOf(node: ts.Expression): ts.ObjectLiteralExpression | undefined {
    const plain = unwrapped(node)
    if (ts.isObjectLiteralExpression(plain)) return plain
    if (!ts.isIdentifier(plain)) return undefined
    const found = declarationOf(plain)
    return found && ts.isVariableDeclaration(found) && found.initializer ? objectOf(found.initializer) : undefined
  }

  /** In the scopes around, from the inside out; through one relative import. */
  function declarationOf(name: ts.Identifier): ts.Declaration | undefined {
    for (let scope: ts.Node = name; scope; scope = scope.parent) {
      const found = declaredIn(scope, name.text)
      if (found && ts.isImportSpecifier(found)) return imported(found)
      if (found) return found
    }
    return undefined
  }

  function imported(specifier: ts.ImportSpecifier): ts.Declaration | undefined {
    const from = specifier.parent.parent.parent.moduleSpecifier
    if (!ts.isStringLiteral(from) || !from.text.startsWith('.')) return undefined
    const path = join(dirname(specifier.getSourceFile().fileName), from.text)
    return declaredIn(parse(path), (specifier.propertyName ?? specifier.name).text)
  }

  return { statements }
}

function declaredIn(scope: ts.Node, name: string): ts.Declaration | undefined {
  if (ts.isFunctionLike(scope)) {
    const parameter = scope.parameters.find(({ name: own }) => ts.isIdentifier(own) && own.text === name)
    if (parameter) return parameter
  }
  if (!ts.isSourceFile(scope) && !ts.isBlock(scope)) return undefined
  for (const statement of scope.statements) {
    if (ts.isFunctionDeclaration(statement) && statement.name?.text === name) return statement
    if (ts.isVariableStatement(statement)) {
      for (const declaration of statement.declarationList.declarations) {
        if (ts.isIdentifier(declaration.name) && declaration.name.text === name) return declaration
      }
    }
    if (ts.isImportDeclaration(statement) && statement.importClause?.namedBindings) {
      const bindings = statement.importClause.namedBindings
      const found = ts.isNamedImports(bindings) && bindings.elements.find((each) => each.name.text === name)
      if (found) return found
    }
  }
  return undefined
}

function isFunction(node: ts.Node): node is ts.FunctionDeclaration | ts.ArrowFunction {
  return ts.isFunctionDeclaration(node) || ts.isArrowFunction(node)
}

function isStatement(node: ts.TaggedTemplateExpression): boolean {
  if (OTHER_TAGS.has(nameOf(node.tag) ?? '')) return false
  const { template } = node
  return STATEMENT.test(ts.isNoSubstitutionTemplateLiteral(template) ? template.text : template.head.text)
}

function nameOf(node: ts.Expression): string | undefined {
  if (ts.isIdentifier(node)) return node.text
  return ts.isPropertyAccessExpression(node) ? node.name.text : undefined
}

function isFallback(kind: ts.SyntaxKind): boolean {
  return kind === ts.SyntaxKind.QuestionQuestionToken || kind === ts.SyntaxKind.BarBarToken
}

function unwrapped(node: ts.Expression): ts.Expression {
  return ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isParenthesizedExpression(node)
    ? unwrapped(node.expression)
    : node
}

function returnsOf(body: ts.Block): ts.Expression[] {
  const found: ts.Expression[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isReturnStatement(node) && node.expression) found.push(node.expression)
    else if (!ts.isFunctionLike(node)) ts.forEachChild(node, visit)
  }
  ts.forEachChild(body, visit)
  return found
}

function glue(left: Pieces, right: Pieces): Pieces {
  return [...left.slice(0, -1), `${left.at(-1)}${right[0]}`, ...right.slice(1)]
}

function numbered(pieces: Pieces): string {
  return pieces.reduce((text, piece, index) => (index === 0 ? piece : `${text}$${index}${piece}`), '')
}
