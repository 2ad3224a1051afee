// Decision models of DMN files: what comes out, and what is told of what does not run.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileFeel, type FeelValue, toJson } from '@ashlar/kernel/feel'
import {
  DmnError,
  type DmnInputs,
  type DmnModel,
  evaluateDecision,
  evaluateKnowledge,
  evaluateService,
} from '../index.ts'
import { type LoadOptions, loadModel, readInputs } from './model.ts'

const namespace = 'https://www.omg.org/spec/DMN/20230324/MODEL/'

const definitions = (body: string, name = 'm', dmn = namespace) =>
  `<definitions xmlns="${dmn}" name="${name}" namespace="urn:${name}">${body}</definitions>`

const load = (body: string, options: LoadOptions = {}) => loadModel(definitions(body), options)

const literal = (text: string) =>
  `<literalExpression><text>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text></literalExpression>`

const input = (name: string, type = '') =>
  `<inputData id="${name}" name="${name}"><variable name="${name}"${typed(type)}/></inputData>`

const typed = (type: string) => (type ? ` typeRef="${type}"` : '')

/** A decision; `needs` are inputs and decisions, with ! before what is knowledge. */
const decision = (name: string, logic: string, { type = '', needs = [] as string[] } = {}) =>
  `<decision id="${name}" name="${name}"><variable name="${name}"${typed(type)}/>${needs.map(requirement).join('')}${logic}</decision>`

const requirement = (href: string) =>
  href.startsWith('!')
    ? `<knowledgeRequirement><requiredKnowledge href="${href.slice(1)}"/></knowledgeRequirement>`
    : `<informationRequirement><requiredDecision href="${href}"/></informationRequirement>`

const item = (name: string, inside: string, collection = false) =>
  `<itemDefinition name="${name}"${collection ? ' isCollection="true"' : ''}>${inside}</itemDefinition>`

const feel = (source: string): FeelValue => compileFeel(source).evaluate({})

function decide(model: DmnModel, name: string, inputs: DmnInputs = {}): unknown {
  const { value } = evaluateDecision(model, name, inputs)
  return toJson(value)
}

/** The value of a boxed expression. */
const resultOf = (logic: string, inputs: DmnInputs = {}) =>
  decide(
    load(
      Object.keys(inputs)
        .map((name) => input(name))
        .join('') + decision('d', logic, { needs: Object.keys(inputs).map((name) => `#${name}`) }),
    ),
    'd',
    inputs,
  )

test('a decision is made from inputs and other decisions, whose names may have spaces and signs', () => {
  const model = load(
    input('Monthly income', 'number') +
      decision('Pre-tax total', literal('Monthly income * 12'), { needs: ['#Monthly income'], type: 'number' }) +
      decision('Due', literal('Pre-tax total * 0.1'), { needs: ['#Pre-tax total'] }),
  )

  const { value, decided, problems } = evaluateDecision(model, 'Due', { 'Monthly income': 1000.1 })

  assert.equal(value, 1200.12)
  assert.deepEqual(decided, [
    { node: 'Pre-tax total', value: 12001.2 },
    { node: 'Due', value: 1200.12 },
  ])
  assert.deepEqual([problems, model.problems, model.inputs], [[], [], ['Monthly income']])
  assert.throws(() => evaluateDecision(model, 'Nothing', {}), /no decision Nothing/)
})

test('models of DMN 1.1 to 1.5 are read, others are not', () => {
  const versions = ['20151101/dmn.xsd', '20180521/MODEL/', '20191111/MODEL/', '20211108/MODEL/', '20230324/MODEL/']
  for (const version of versions) {
    const model = loadModel(definitions(decision('d', literal('1')), 'm', `http://www.omg.org/spec/DMN/${version}`))
    assert.equal(decide(model, 'd'), 1, version)
  }
  assert.throws(() => loadModel(definitions('', 'm', 'urn:other')), DmnError)
  assert.throws(() => loadModel('<definitions'), DmnError)
})

test('a DTD is refused, and with it entities that grow or fetch', () => {
  const bomb = `<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>${definitions(decision('d', literal('&b;')))}`
  assert.throws(() => loadModel(bomb), DmnError)
  assert.throws(() => loadModel(`<!DOCTYPE d SYSTEM "file:///etc/passwd">${definitions('')}`), DmnError)
})

test('boxed contexts build on earlier entries, and may have a result', () => {
  const entry = (name: string, text: string) =>
    `<contextEntry><variable name="${name}"/>${literal(text)}</contextEntry>`

  assert.deepEqual(resultOf(`<context>${entry('a b', '1')}${entry('c', 'a b + 1')}</context>`), { 'a b': 1, c: 2 })
  assert.equal(resultOf(`<context>${entry('a', '1')}<contextEntry>${literal('a + 2')}</contextEntry></context>`), 3)
  assert.equal(resultOf(`<context>${entry('a', '1')}${entry('a', '2')}</context>`), null)
})

test('lists, relations and conditionals are expressions', () => {
  const cells = (...texts: string[]) => `<row>${texts.map(literal).join('')}</row>`
  const choice = (text: string) =>
    `<conditional><if>${literal(text)}</if><then>${literal('1')}</then><else>${literal('2')}</else></conditional>`

  assert.deepEqual(resultOf(`<list>${literal('1')}${literal('"b"')}</list>`), [1, 'b'])
  assert.deepEqual(
    resultOf(`<relation><column name="x"/><column name="y z"/>${cells('1', '2')}${cells('3', '4')}</relation>`),
    [
      { x: 1, 'y z': 2 },
      { x: 3, 'y z': 4 },
    ],
  )
  assert.deepEqual(
    ['true', 'false', 'null', '"abc"'].map((text) => resultOf(choice(text))),
    [1, 2, 2, null],
  )
})

test('iterators and filters go through lists, single values and ranges', () => {
  const loop = (kind: string, list: string, part: string, body: string) =>
    `<${kind} iteratorVariable="an item"><in>${literal(list)}</in><${part}>${literal(body)}</${part}></${kind}>`
  const filter = (list: string, match: string) =>
    `<filter><in>${literal(list)}</in><match>${literal(match)}</match></filter>`

  assert.deepEqual(resultOf(loop('for', '[1, 2]', 'return', 'an item * factor'), { factor: 3 }), [3, 6])
  assert.deepEqual(resultOf(loop('for', '[1..4]', 'return', 'an item + count(partial)')), [1, 3, 5, 7])
  assert.deepEqual(resultOf(loop('for', '7', 'return', 'an item')), [7])
  assert.equal(resultOf(loop('for', 'null', 'return', 'an item')), null)
  assert.equal(resultOf(loop('some', '[1, 2]', 'satisfies', 'an item > 1')), true)
  assert.equal(resultOf(loop('every', '[1, 2]', 'satisfies', 'an item > 1')), false)
  assert.equal(resultOf(loop('every', '[1, "x"]', 'satisfies', 'an item > 0')), null)
  assert.deepEqual(resultOf(filter('[{a: 1}, {a: 5}]', 'a > least'), { least: 2 }), [{ a: 5 }])
  assert.deepEqual(resultOf(filter('[1, 2, 3]', 'item != 2')), [1, 3])
})

const knowledge = (name: string, parameters: string[], logic: string, { type = '', needs = [] as string[] } = {}) =>
  `<businessKnowledgeModel id="${name}" name="${name}"><variable name="${name}"${typed(type)}/>
    <encapsulatedLogic>${parameters.map(parameter).join('')}${logic}</encapsulatedLogic>${needs.map(requirement).join('')}
  </businessKnowledgeModel>`

const parameter = (text: string) => {
  const [name, type = ''] = text.split(': ') as [string, string?]
  return `<formalParameter name="${name}"${typed(type)}/>`
}

const invocation = (callee: string, bindings: Record<string, string>) =>
  `<invocation>${literal(callee)}${Object.entries(bindings)
    .map(([name, text]) => `<binding><parameter name="${name}"/>${literal(text)}</binding>`)
    .join('')}</invocation>`

test('knowledge models are called by literal or boxed invocation, and may call each other', () => {
  const model = load(
    knowledge('per year', ['rate: number', 'amount'], literal('rate * amount')) +
      knowledge('factorial', ['n'], literal('if n < 2 then 1 else n * factorial(n - 1)')) +
      knowledge('even', ['n'], literal('if n = 0 then true else odd(n - 1)'), { needs: ['!#odd'] }) +
      knowledge('odd', ['n'], literal('if n = 0 then false else even(n - 1)'), { needs: ['!#even'] }) +
      decision('a', literal('per year(amount: 10, rate: 0.5)'), { needs: ['!#per year'] }) +
      decision('b', invocation('per year', { amount: '10', rate: '[0.5]' }), { needs: ['!#per year'] }) +
      decision('wrong type', invocation('per year', { amount: '10', rate: '"x"' }), { needs: ['!#per year'] }) +
      decision('wrong name', invocation('per year', { price: '10' }), { needs: ['!#per year'] }) +
      decision('no function', invocation('x', { price: '10' })) +
      decision('f', literal('factorial(5)'), { needs: ['!#factorial'] }) +
      decision('o', literal('odd(7)'), { needs: ['!#odd'] }),
  )

  const names = ['a', 'b', 'wrong type', 'wrong name', 'no function', 'f', 'o']
  assert.deepEqual(
    names.map((name) => decide(model, name)),
    [5, 5, null, null, null, 120, true],
  )
  assert.deepEqual(model.problems, [])
  assert.equal(evaluateKnowledge(model, 'per year', { rate: 2, amount: 3 }).value, 6)
  assert.match(evaluateDecision(model, 'wrong type', {}).problems[0]!.message, /rate is no number/)
})

test('functions are values: boxed, in contexts, closing over what is around them', () => {
  const definition = `<functionDefinition>${parameter('x')}${literal('x + base')}</functionDefinition>`

  assert.equal(
    resultOf(
      `<context><contextEntry><variable name="f"/>${definition}</contextEntry><contextEntry>${literal('f(2)')}</contextEntry></context>`,
      { base: 40 },
    ),
    42,
  )
})

test('functions of Java and PMML, and other languages, are refused by name', () => {
  const java = `<functionDefinition kind="Java">${literal('1')}</functionDefinition>`
  const other =
    '<literalExpression expressionLanguage="http://www.w3.org/2001/XQuery"><text>1</text></literalExpression>'
  const model = load(decision('java', java) + decision('other', other) + decision('fine', literal('1')))

  assert.deepEqual(
    model.problems.map(({ node, message }) => `${node}: ${message}`),
    ['java: Functions of Java are not run', 'other: http://www.w3.org/2001/XQuery is not run'],
  )
  assert.match(evaluateDecision(model, 'java', {}).problems[0]!.message, /Java/)
  assert.equal(decide(model, 'fine'), 1)
})

const table = (attributes: string, rules: [string, ...string[]][], { inputValues = '', outputs = '<output/>' } = {}) =>
  `<decisionTable ${attributes}>
    <input><inputExpression><text>n</text></inputExpression>${inputValues}</input>${outputs}
    ${rules
      .map(
        ([test, ...outputs]) =>
          `<rule><inputEntry><text>${test.replaceAll('<', '&lt;')}</text></inputEntry>
            ${outputs.map((text) => `<outputEntry><text>${text}</text></outputEntry>`).join('')}</rule>`,
      )
      .join('')}
  </decisionTable>`
const graded: [string, string][] = [
  ['> 10', '"middle"'],
  ['> 20', '"high"'],
  ['> 0', '"low"'],
]
const ordered = { outputs: '<output><outputValues><text>"high", "middle", "low"</text></outputValues></output>' }

test('a decision table has any hit policy and aggregation', () => {
  const policies: [string, unknown, unknown][] = [
    ['', null, null],
    ['hitPolicy="UNIQUE"', null, null],
    ['hitPolicy="ANY"', null, null],
    ['hitPolicy="FIRST"', 'middle', null],
    ['hitPolicy="PRIORITY"', 'high', null],
    ['hitPolicy="RULE ORDER"', ['middle', 'high', 'low'], null],
    ['hitPolicy="OUTPUT ORDER"', ['high', 'middle', 'low'], null],
    ['hitPolicy="COLLECT"', ['middle', 'high', 'low'], []],
    ['hitPolicy="COLLECT" aggregation="COUNT"', 3, 0],
    ['hitPolicy="COLLECT" aggregation="MIN"', 'high', null],
    ['hitPolicy="COLLECT" aggregation="MAX"', 'middle', null],
    ['hitPolicy="COLLECT" aggregation="SUM"', null, null],
  ]
  for (const [attributes, hits, none] of policies) {
    assert.deepEqual(resultOf(table(attributes, graded, ordered), { n: 30 }), hits, attributes)
    assert.deepEqual(resultOf(table(attributes, graded, ordered), { n: 0 }), none, attributes)
    if (!/RULE|ORDER|COLLECT/.test(attributes)) {
      assert.equal(resultOf(table(attributes, graded, ordered), { n: 5 }), 'low', attributes)
    }
  }
  assert.equal(
    resultOf(
      table('hitPolicy="ANY"', [
        ['> 1', '1'],
        ['> 2', '1'],
      ]),
      { n: 3 },
    ),
    1,
  )
  assert.equal(
    resultOf(
      table('hitPolicy="COLLECT" aggregation="SUM"', [
        ['> 1', '0.1'],
        ['> 2', '0.2'],
      ]),
      { n: 3 },
    ),
    0.3,
  )
})

test('a table says which rules decided, and why there is no result', () => {
  const unique = load(input('n') + decision('d', table('', graded), { needs: ['#n'] }))

  assert.deepEqual(
    evaluateDecision(unique, 'd', { n: 5 }).tables.map(({ node, rules }) => [node, rules]),
    [['d', [2]]],
  )
  assert.match(evaluateDecision(unique, 'd', { n: 15 }).problems[0]!.message, /Rules 1 and 3 apply together/)
})

test('a table may have several outputs, with defaults and types, and bounds to its inputs', () => {
  const outputs = `<output name="a b" typeRef="number"><defaultOutputEntry><text>0</text></defaultOutputEntry></output>
    <output name="c"/>`
  const inputValues = '<inputValues><text>[0..100]</text></inputValues>'
  const rules: [string, ...string[]][] = [
    ['> 10', '1', '"x"'],
    ['> 5', '"no number"', '"y"'],
  ]
  const result = (n: number) => resultOf(table('hitPolicy="FIRST"', rules, { outputs, inputValues }), { n })

  assert.deepEqual(result(11), { 'a b': 1, c: 'x' })
  assert.deepEqual(result(6), { 'a b': null, c: 'y' })
  assert.deepEqual(result(1), { 'a b': 0, c: null })
  assert.equal(result(101), null)
})

test('values are converted to the type of their variable, or become null', () => {
  const model = load(
    item('numbers', '<typeRef>number</typeRef>', true) +
      item('grade', '<typeRef>number</typeRef><allowedValues><text>[1..6]</text></allowedValues>') +
      item('grades', '<typeRef>grade</typeRef><typeConstraint><text>count(?) &lt; 3</text></typeConstraint>', true) +
      item('person', '<itemComponent name="full name"><typeRef>string</typeRef></itemComponent>') +
      item('node', '<itemComponent name="next"><typeRef>nodes</typeRef></itemComponent>') +
      item('nodes', '<typeRef>node</typeRef>', true) +
      [
        decision('item of one', literal('["a"]'), { type: 'string' }),
        decision('list of one', literal('1'), { type: 'numbers' }),
        decision('start of day', literal('date("2026-01-02")'), { type: 'dateTime' }),
        decision('none', literal('["a", "b"]'), { type: 'string' }),
        decision('allowed', literal('6'), { type: 'grade' }),
        decision('not allowed', literal('7'), { type: 'grade' }),
        decision('each allowed', literal('[1, 7]'), { type: 'grades' }),
        decision('too many', literal('[1, 2, 3]'), { type: 'grades' }),
        decision('a person', literal('{full name: "A", age: 1}'), { type: 'person' }),
        decision('no person', literal('{name: "A"}'), { type: 'person' }),
        decision('recursive', literal('{next: [{next: []}]}'), { type: 'node' }),
        decision('not recursive', literal('{next: [{next: [{}]}]}'), { type: 'node' }),
        decision('instance', literal('[7 instance of grade, [1] instance of numbers, "x" instance of grade]')),
      ].join(''),
  )
  const values = Object.fromEntries(model.decisions.map((name) => [name, decide(model, name)]))

  assert.deepEqual(model.problems, [])
  assert.deepEqual(values, {
    'item of one': 'a',
    'list of one': [1],
    'start of day': '2026-01-02T00:00:00Z',
    none: null,
    allowed: 6,
    'not allowed': null,
    'each allowed': null,
    'too many': null,
    'a person': { 'full name': 'A', age: 1 },
    'no person': null,
    recursive: { next: [{ next: [] }] },
    'not recursive': null,
    instance: [true, true, false],
  })
  assert.match(evaluateDecision(model, 'none', {}).problems[0]!.message, /no string/)
})

test('a function type converts what its functions give', () => {
  const toText = item('to text', '<functionItem outputTypeRef="string"><parameters name="x"/></functionItem>')
  const model = load(
    toText +
      knowledge('f', ['x'], literal('x'), { type: 'to text' }) +
      knowledge('g', ['x'], literal('x'), { type: 'string' }) +
      decision('d', literal('[f("a"), f(["b"]), f(1), g(["c"]), g(1)]'), { needs: ['!#f', '!#g'] }),
  )

  assert.deepEqual(decide(model, 'd'), ['a', 'b', null, 'c', null])
})

test('inputs given as JSON become what the model says that they are', () => {
  const model = load(
    item('trip', '<itemComponent name="day"><typeRef>date</typeRef></itemComponent>') +
      input('trips', 'trips') +
      item('trips', '<typeRef>trip</typeRef>', true) +
      input('word', 'string') +
      decision('d', literal('[trips[1].day + duration("P1D"), word]'), { needs: ['#trips', '#word'] }),
  )

  const inputs = readInputs(model, { trips: [{ day: '2026-02-28' }], word: '2026-02-28' })

  assert.deepEqual(decide(model, 'd', inputs), ['2026-03-01', '2026-02-28'])
})

const service = (name: string, parts: string, type = '') =>
  `<decisionService id="${name}" name="${name}"><variable name="${name}"${typed(type)}/>${parts}</decisionService>`

test('a service decides from its parameters alone, called from outside or as a function', () => {
  const model = load(
    input('n', 'number') +
      decision('given', literal('"made"')) +
      decision('inner', literal('[n, given]'), { needs: ['#n', '#given'] }) +
      decision('outer', literal('inner'), { needs: ['#inner'] }) +
      service(
        'one',
        '<outputDecision href="#outer"/><encapsulatedDecision href="#inner"/><inputDecision href="#given"/><inputData href="#n"/>',
      ) +
      service('two', '<outputDecision href="#given"/><outputDecision href="#inner"/><inputData href="#n"/>') +
      decision('calls', literal('{a: one(1, "x"), b: one(given: "y", n: [2]), n: n, c: two(3)}'), {
        needs: ['#n', '!#one', '!#two'],
      }) +
      decision('wrong', literal('[one(1), one("1", "x"), one(m: 1)]'), { needs: ['!#one'] }),
  )

  assert.deepEqual(toJson(evaluateService(model, 'one', { n: 1, given: 'x' }).value), [1, 'x'])
  assert.deepEqual(toJson(evaluateService(model, 'one', { n: 'no number' }).value), [null, null])
  assert.deepEqual(toJson(evaluateService(model, 'two', { n: 1 }).value), { given: 'made', inner: [1, 'made'] })
  assert.deepEqual(decide(model, 'calls', { n: 9 }), {
    a: [1, 'x'],
    b: [2, 'y'],
    n: 9,
    c: { given: 'made', inner: [3, 'made'] },
  })
  assert.deepEqual(decide(model, 'wrong'), [null, null, null])
  assert.deepEqual(model.services[1], { name: 'two', outputs: ['given', 'inner'] })
})

test('models import types, knowledge, services and decisions of others, by name or without', () => {
  const base = definitions(
    item('grade', '<typeRef>number</typeRef><allowedValues><text>[1..6]</text></allowedValues>') +
      input('n', 'grade') +
      decision('twice it', literal('n * 2'), { needs: ['#n'] }) +
      knowledge('half of', ['x: grade'], literal('x / 2')) +
      service('serve', '<outputDecision href="#twice it"/><inputData href="#n"/>'),
    'base',
  )
  const imports = (name: string) => `<import name="${name}" namespace="urn:base" importType="${namespace}"/>`
  const needs = ['urn:base#twice it', '!urn:base#half of', '!urn:base#serve']
  const middle = definitions(
    imports('b') + decision('m', literal('b.twice it + 1'), { needs: needs.slice(0, 1) }),
    'middle',
  )
  const model = load(
    `${imports('the base')}<import name="" namespace="urn:middle" importType="${namespace}"/>` +
      decision('d', literal('[the base.twice it, the base.half of(6), the base.half of(7), the base.serve(n: 4), m]'), {
        needs: [...needs, 'urn:middle#m'],
      }) +
      decision('typed', literal('[7, 6][item instance of the base.grade]'), { type: 'the base.grade' }) +
      decision('allowed', literal('6'), { type: 'the base.grade' }),
    { imports: [base, middle] },
  )

  assert.deepEqual(model.problems, [])
  assert.deepEqual(decide(model, 'd', { n: 5 }), [10, 3, null, 8, 11])
  assert.deepEqual(decide(model, 'd', { '{urn:base}n': 6 }), [12, 3, null, 8, 13])
  assert.deepEqual([decide(model, 'typed'), decide(model, 'allowed')], [null, 6])
  assert.equal(decide(model, '{urn:base}twice it', { n: 2 }), 4)
})

test('what is not there, or goes in circles, is told when the model is loaded', () => {
  const model = load(
    `<import name="x" namespace="urn:x" importType="${namespace}"/>` +
      item('circle', '<typeRef>other</typeRef>') +
      item('other', '<typeRef>circle</typeRef>') +
      decision('typo', literal('1 +')) +
      decision('no type', literal('1'), { type: 'nothing' }) +
      decision('no need', literal('1'), { needs: ['#nothing'] }) +
      decision('a', literal('b'), { needs: ['#b'] }) +
      decision('b', literal('a'), { needs: ['#a'] }) +
      decision('clock', literal('today()')) +
      decision('table', table('hitPolicy="COLLECT" aggregation="AVERAGE"', graded)),
  )

  const told = new Set(model.problems.map(({ node }) => node))
  for (const node of ['m', 'circle', 'typo', 'no type', 'no need', 'a', 'b', 'clock', 'table']) {
    assert.ok(told.has(node), node)
  }
  const results = ['typo', 'a', 'clock', 'table'].map((name) => evaluateDecision(model, name, {}))
  assert.ok(results.every(({ value, problems }) => value === null && problems.length > 0))
  assert.equal(decide(model, 'no type'), 1)
})

test('the clock is handed in', () => {
  const clock = { now: () => new Date('2026-03-01T10:00:00Z'), today: () => '2026-03-01', zone: 'UTC' }

  assert.equal(decide(load(decision('d', literal('today()')), { clock }), 'd'), '2026-03-01')
})

test('a decision without logic is null', () => {
  assert.equal(decide(load(decision('d', '')), 'd'), null)
})

test('a hostile model ends: its budget is one for all its parts', () => {
  const loop = (list: string, body: string) =>
    `<for iteratorVariable="i"><in>${literal(list)}</in><return>${body}</return></for>`
  const hostile: Record<string, string> = {
    loops: decision('d', loop('1..1', loop('[1..100000]', loop('[1..100000]', literal('i'))))),
    recursion: knowledge('f', ['n'], literal('f(n + 1)')) + decision('d', literal('f(1)'), { needs: ['!#f'] }),
    doubling:
      decision('d0', literal('[1]')) +
      Array.from({ length: 60 }, (_, n) =>
        decision(`d${n + 1}`, literal(`concatenate(d${n}, d${n})`), { needs: [`#d${n}`] }),
      ).join('') +
      decision('d', literal('count(d60)'), { needs: ['#d60'] }),
  }
  for (const [what, body] of Object.entries(hostile)) {
    const model = load(body.replace('1..1', '[1]'))
    const start = performance.now()
    const { value, problems } = evaluateDecision(model, 'd', {})

    assert.equal(value, null, what)
    assert.match(problems[0]!.message, /more (?:steps|memory|depth)/, what)
    assert.ok(performance.now() - start < 5000, what)
  }
})

test('a chain of decisions may be long', () => {
  const chain = Array.from({ length: 3000 }, (_, n) =>
    decision(`d${n + 1}`, literal(`d${n} + 1`), { needs: [`#d${n}`] }),
  )

  assert.equal(decide(load(decision('d0', literal('0')) + chain.join('')), 'd3000'), 3000)
})

test('names of prototypes are names like others', () => {
  const names = ['__proto__', 'constructor', 'toString']
  const model = load(
    names.map((name) => input(name)).join('') +
      decision('d', literal(`[${names.join(', ')}]`), { needs: names.map((name) => `#${name}`) }),
  )

  assert.deepEqual(decide(model, 'd', Object.assign(Object.create(null), { constructor: 2 })), [null, 2, null])
  assert.equal(({} as Record<string, unknown>).polluted, undefined)
})

test('dates and exact numbers come through', () => {
  assert.equal(resultOf(literal('a + b'), { a: 0.1, b: 0.2 }), 0.3)
  assert.equal(resultOf(literal('day + duration("P1M")'), { day: feel('date("2026-01-31")') }), '2026-02-28')
})
