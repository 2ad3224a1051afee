// Proves each element of BPMN that the table calls executed, that what is refused is refused, and that models import.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import test from 'node:test'
import { compileFeel, toJson } from '@ashlar/kernel/feel'
import { type Executed, executed, refused } from './bpmn-elements.ts'
import { checkBpmn, compileBpmn } from './compile-bpmn.ts'
import { advance, beforeStart } from './engine.ts'
import type { Graph, Json } from './graph.ts'
import type { DrawnService } from './items.ts'
import { rehearse } from './rehearsal.ts'
import type { Facts, Happening, Moved, Rules, State } from './state.ts'

const now = new Date('2026-03-02T09:00:00Z')
const compiled = new Map<string, ReturnType<typeof compileFeel>>()
const rules: Rules = {
  now,
  evaluate: (source, facts) => {
    const expression = compiled.get(source) ?? compileFeel(source)
    compiled.set(source, expression)
    return toJson(expression.evaluate(facts)) as Json
  },
  decide: (rule, facts) => ({ output: { rule, of: facts.amount ?? null }, trace: {} }),
  deadline: (from, term) =>
    new Date(from.getTime() + (/(\d+)/.exec(term) ? Number(/(\d+)/.exec(term)![1]) : 0) * 3_600_000),
  money: (amount) => ({ value: amount * 100, currency: 'VRD' }),
}

const service = {
  id: 'p',
  authority: 'justice',
  flow: [],
  evidence: {},
  fees: { due: { name: 'due', amount: 'amount' } },
  messages: { ready: { name: 'ready', channels: ['inbox'], to: 'applicant', facts: {} } },
  outputs: {},
  parties: {},
  rules: { priceOf: {} },
} as unknown as DrawnService

const document = (body: string, more = '') => `<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d">
<message id="m" name="papers"><extensionElements><zeebe:subscription correlationKey="=number"/></extensionElements></message>
<signal id="s" name="alarm"/><error id="e" name="late" errorCode="late"/><escalation id="c" escalationCode="slow"/>
<process id="p" isExecutable="true">${body}</process>${more}</definitions>`

let flows = 0
/** Sequence flows: 'a b c' leads from a to b to c; 'a [x > 1] b' has a condition. */
const flow = (...paths: string[]) =>
  paths
    .flatMap((path) => {
      const parts = path.split(/\s+(?![^[]*\])/)
      const made: string[] = []
      let when = ''
      let from: string | undefined
      for (const part of parts) {
        if (part.startsWith('[')) when = part.slice(1, -1)
        else {
          if (from !== undefined)
            made.push(
              `<sequenceFlow id="f${++flows}" sourceRef="${from}" targetRef="${part}">${when === '' ? '' : `<conditionExpression>=${when.replaceAll('>', '&gt;').replaceAll('<', '&lt;')}</conditionExpression>`}</sequenceFlow>`,
            )
          from = part
          when = ''
        }
      }
      return made
    })
    .join('')
const ext = (inner: string) => `<extensionElements>${inner}</extensionElements>`
const job = (id: string, type = 'x.work', more = '', inner = '') =>
  `<serviceTask id="${id}">${ext(`<zeebe:taskDefinition type="${type}"/>${more}`)}${inner}</serviceTask>`
const start = '<startEvent id="start"/>'
const end = (id = 'end', result = id) =>
  `<endEvent id="${id}">${ext(`<zeebe:properties><zeebe:property name="result" value="${result}"/></zeebe:properties>`)}</endEvent>`

class Play {
  state: State = beforeStart
  facts: Facts
  all: Moved[] = []
  #graph: Graph

  constructor(body: string | Graph, facts: Facts = {}, more = '') {
    this.facts = facts
    this.#graph = typeof body === 'string' ? compileBpmn(service, document(body, more)) : body
    this.happens({ kind: 'start' })
  }

  happens(happening: Happening): Moved {
    const moved = advance(this.#graph, this, happening, rules)
    assert.ok(moved, `${JSON.stringify(happening)} changes nothing in ${JSON.stringify(this.state)}`)
    this.state = JSON.parse(JSON.stringify(moved.state)) as State
    this.facts = JSON.parse(JSON.stringify(moved.facts)) as Facts
    this.all.push(moved)
    return moved
  }

  /** The work at a node is done: of the first token there. */
  done(node: string, output: Json = null): Moved {
    const token = this.state.tokens.find((one) => one.node === node)
    assert.ok(token, `nothing waits at ${node}: ${this.at}`)
    return this.happens({ kind: 'done', node, visit: token.visit, output })
  }

  fails(node: string, why: string): Moved {
    const { visit } = this.state.tokens.find((one) => one.node === node)!
    return this.happens({ kind: 'failed', node, visit, why })
  }

  /** What was awaited comes, the last that was armed. */
  comes(id: string, content: Json = {}): Moved {
    const { node, visit } = this.all.flatMap(({ awaited }) => awaited).findLast((one) => one.node === id)!
    return this.happens({ kind: 'event', node, visit, content })
  }

  passes(id: string): Moved {
    const { node, visit } = this.all.flatMap(({ timers }) => timers).findLast((one) => one.node === id)!
    return this.happens({ kind: 'due', node, visit })
  }

  get at(): string[] {
    return this.state.tokens.map(({ node, stuck }) => (stuck === undefined ? node : `${node}!`))
  }

  get result(): string | undefined {
    return this.state.result
  }

  get last(): Moved {
    return this.all.at(-1)!
  }

  get steps(): string[] {
    return this.all.flatMap(({ commands }) => commands.map(({ node }) => node))
  }
}

const withStarts = (body: string) => compileBpmn(service, document(body))

const proofs: Record<Executed, () => void> = {
  'none start event': () => {
    assert.deepEqual(new Play(start + job('a') + end() + flow('start a end')).at, ['a'])
  },
  'timer start event': () => {
    const graph = withStarts(
      `${start}<startEvent id="daily"><timerEventDefinition><timeCycle>0 0 6 * * MON-FRI</timeCycle></timerEventDefinition></startEvent>${job('a')}${job('b')}${end()}${flow('start a end', 'daily b end')}`,
    )
    assert.deepEqual(graph.starts, { daily: { trigger: { on: 'timer', every: '0 0 6 * * MON-FRI' }, next: 'b' } })
    const moved = advance(graph, { state: beforeStart, facts: {} }, { kind: 'start', at: 'daily' }, rules)
    assert.deepEqual(moved?.state.tokens, [{ node: 'b', visit: 1 }])
  },
  'message start event': () => {
    const graph = withStarts(
      `${start}<startEvent id="told"><messageEventDefinition messageRef="m"/></startEvent>${job('a')}${flow('start a', 'told a')}`,
    )
    assert.deepEqual(graph.starts?.told?.trigger, { on: 'message', message: 'papers', key: 'number' })
  },
  'signal start event': () => {
    const graph = withStarts(
      `${start}<startEvent id="told"><signalEventDefinition signalRef="s"/></startEvent>${job('a')}${flow('start a', 'told a')}`,
    )
    assert.deepEqual(graph.starts?.told?.trigger, { on: 'signal', signal: 'alarm' })
  },
  'none end event': () => {
    const play = new Play(
      `${start}<parallelGateway id="g"/>${job('a')}${job('b')}${end('x')}${end('y')}${flow('start g a x', 'g b y')}`,
    )
    play.done('a')
    assert.equal(play.result, undefined)
    play.done('b')
    assert.equal(play.result, 'y')
  },
  'terminate end event': () => {
    const play = new Play(
      `${start}<parallelGateway id="g"/>${job('a')}${job('b')}<endEvent id="x"><terminateEventDefinition/></endEvent>${end('y')}${flow('start g a x', 'g b y')}`,
    )
    const moved = play.done('a')
    assert.equal(play.result, 'done')
    assert.deepEqual(moved.cancelled, [{ node: 'b', visit: 1 }])
  },
  'error end event': () => {
    const inner = `<startEvent id="in"/>${job('a')}<endEvent id="bad"><errorEventDefinition errorRef="e"/></endEvent>${flow('in a bad')}`
    const caught = new Play(
      `${start}<subProcess id="sub">${inner}</subProcess><boundaryEvent id="any" attachedToRef="sub"><errorEventDefinition/></boundaryEvent><boundaryEvent id="late" attachedToRef="sub"><errorEventDefinition errorRef="e"/></boundaryEvent>${end()}${end('other')}${end('lateness')}${flow('start sub end', 'any other', 'late lateness')}`,
    )
    caught.done('a')
    assert.equal(caught.result, 'lateness')
    const uncaught = new Play(`${start}<subProcess id="sub">${inner}</subProcess>${end()}${flow('start sub end')}`)
    uncaught.done('a')
    assert.match(uncaught.last.stuck[0]!.stuck!, /nobody catches the error 'late'/)
  },
  'escalation event': () => {
    const play = new Play(
      `${start}<subProcess id="sub"><startEvent id="in"/><intermediateThrowEvent id="tell"><escalationEventDefinition escalationRef="c"/></intermediateThrowEvent>${job('a')}${flow('in tell a')}</subProcess><boundaryEvent id="slow" attachedToRef="sub" cancelActivity="false"><escalationEventDefinition escalationRef="c"/></boundaryEvent>${job('b')}${end()}${flow('start sub end', 'slow b')}`,
    )
    assert.deepEqual(play.at.toSorted(), ['a', 'b', 'sub'])
    play.done('b')
    play.done('a')
    assert.equal(play.result, 'end')
  },
  'message end and throw event': () => {
    const play = new Play(
      `${start}<intermediateThrowEvent id="send">${ext('<zeebe:publishMessage correlationKey="=other"/><zeebe:ioMapping><zeebe:input source="=amount" target="sum"/></zeebe:ioMapping>')}<messageEventDefinition messageRef="m"/></intermediateThrowEvent><endEvent id="last">${ext('<zeebe:taskDefinition type="x.tell"/>')}<messageEventDefinition messageRef="m"/></endEvent>${flow('start send last')}`,
      { other: 'K-7', amount: 3 },
    )
    assert.deepEqual(play.last.thrown, [
      { message: 'papers', key: 'K-7', content: { sum: 3 }, from: { node: 'send', visit: 1 } },
    ])
    assert.deepEqual(play.at, ['last'])
    play.done('last')
    assert.equal(play.result, 'done')
  },
  'signal throw and end event': () => {
    const play = new Play(
      `${start}<intermediateThrowEvent id="send"><signalEventDefinition signalRef="s"/></intermediateThrowEvent><endEvent id="last"><signalEventDefinition signalRef="s"/></endEvent>${flow('start send last')}`,
    )
    assert.deepEqual(play.last.thrown, [{ signal: 'alarm' }, { signal: 'alarm' }])
    assert.equal(play.result, 'done')
  },
  'none throw event': () => {
    const play = new Play(`${start}<intermediateThrowEvent id="here"/>${end()}${flow('start here end')}`)
    assert.deepEqual(play.last.path, ['here', 'end'])
  },
  'link events': () => {
    const play = new Play(
      `${start}<intermediateThrowEvent id="out"><linkEventDefinition name="far"/></intermediateThrowEvent><intermediateCatchEvent id="in"><linkEventDefinition name="far"/></intermediateCatchEvent>${end()}${flow('start out', 'in end')}`,
    )
    assert.deepEqual(play.last.path, ['out', 'in', 'end'])
  },
  'message catch event': () => {
    const play = new Play(
      `${start}<intermediateCatchEvent id="wait"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>${end()}${flow('start wait end')}`,
      { number: 'N-1' },
    )
    assert.deepEqual(
      play.last.awaited.map(({ message, key }) => [message, key]),
      [['papers', 'N-1']],
    )
    play.comes('wait', { pages: 3 })
    assert.deepEqual([play.result, play.facts.wait], ['end', { pages: 3 }])
  },
  'signal catch event': () => {
    const play = new Play(
      `${start}<intermediateCatchEvent id="wait"><signalEventDefinition signalRef="s"/></intermediateCatchEvent>${end()}${flow('start wait end')}`,
    )
    play.comes('wait')
    assert.equal(play.result, 'end')
  },
  'timer catch event': () => {
    const timer = (time: string) =>
      new Play(
        `${start}<intermediateCatchEvent id="wait"><timerEventDefinition>${time}</timerEventDefinition></intermediateCatchEvent>${end()}${flow('start wait end')}`,
        { at: '2026-05-01T00:00:00Z' },
      )
    const times = [
      '<timeDuration>PT2H</timeDuration>',
      '<timeDate>=at</timeDate>',
      '<timeDuration>="PT" + "3H"</timeDuration>',
    ]
    assert.deepEqual(
      times.map((time) => timer(time).last.timers[0]?.at),
      ['2026-03-02T11:00:00.000Z', '2026-05-01T00:00:00.000Z', '2026-03-02T12:00:00.000Z'],
    )
    const play = timer(times[0]!)
    play.passes('wait')
    assert.equal(play.result, 'end')
  },
  'boundary timer, interrupting': () => {
    const play = new Play(
      `${start}${job('a')}<boundaryEvent id="late" attachedToRef="a"><timerEventDefinition><timeDuration>PT2H</timeDuration></timerEventDefinition></boundaryEvent>${end()}${end('expired')}${flow('start a end', 'late expired')}`,
    )
    const moved = play.passes('late')
    assert.equal(play.result, 'expired')
    assert.deepEqual(
      moved.cancelled.map(({ node }) => node),
      ['a'],
    )
  },
  'boundary timer, not interrupting': () => {
    const play = new Play(
      `${start}${job('a')}<boundaryEvent id="remind" attachedToRef="a" cancelActivity="false"><timerEventDefinition><timeCycle>R2/PT2H</timeCycle></timerEventDefinition></boundaryEvent>${job('b')}${end()}${flow('start a end', 'remind b')}`,
    )
    play.passes('remind')
    play.passes('remind')
    assert.deepEqual(play.at, ['a', 'b', 'b'])
    assert.equal(play.last.timers.length, 0)
    play.done('b')
    play.done('a')
    play.done('b')
    assert.equal(play.result, 'end')
  },
  'boundary message and signal': () => {
    const play = new Play(
      `${start}${job('a')}<boundaryEvent id="stop" attachedToRef="a"><messageEventDefinition messageRef="m"/></boundaryEvent><boundaryEvent id="note" attachedToRef="a" cancelActivity="false"><signalEventDefinition signalRef="s"/></boundaryEvent>${job('b')}${end()}${end('stopped')}${flow('start a end', 'stop stopped', 'note b')}`,
      { number: 1 },
    )
    play.comes('note')
    play.comes('note')
    assert.deepEqual(play.at, ['a', 'b', 'b'])
    const moved = play.comes('stop')
    assert.deepEqual(
      moved.unawaited.map(({ node }) => node),
      ['stop', 'note'],
    )
    assert.deepEqual(play.at, ['b', 'b'])
  },
  'boundary error': () => {
    const body = `${start}${job('a')}<boundaryEvent id="late" attachedToRef="a"><errorEventDefinition errorRef="e"/></boundaryEvent>${end()}${end('lateness')}${flow('start a end', 'late lateness')}`
    const play = new Play(body)
    const moved = play.fails('a', 'late')
    assert.deepEqual([play.result, moved.cancelled, moved.stuck], ['lateness', [], []])
    const other = new Play(body)
    other.fails('a', 'other')
    assert.deepEqual(other.at, ['a!'])
  },
  'exclusive gateway': () => {
    const body = `${start}<exclusiveGateway id="g" default="f-default"/>${end('big')}${end('small')}${flow('start g', 'g [amount > 10] big')}<sequenceFlow id="f-default" sourceRef="g" targetRef="small"/>`
    assert.equal(new Play(body, { amount: 11 }).result, 'big')
    assert.equal(new Play(body, { amount: 9 }).result, 'small')
    const strict = new Play(
      `${start}<exclusiveGateway id="g"/>${end('big')}${end('huge')}${flow('start g', 'g [amount > 10] big', 'g [amount > 20] huge')}`,
      { amount: 1 },
    )
    assert.deepEqual(strict.at, ['g!'])
  },
  'inclusive gateway': () => {
    const body = `${start}<inclusiveGateway id="g" default="fd"/>${job('a')}${job('b')}${job('c')}<inclusiveGateway id="j"/>${end()}${flow('start g', 'g [x] a j end', 'g [y] b j')}<sequenceFlow id="fd" sourceRef="g" targetRef="c"/>${flow('c j')}`
    const both = new Play(body, { x: true, y: true })
    assert.deepEqual(both.at, ['a', 'b'])
    both.done('b')
    assert.equal(both.result, undefined)
    both.done('a')
    assert.equal(both.result, 'end')
    const one = new Play(body, { x: true, y: false })
    one.done('a')
    assert.equal(one.result, 'end')
    assert.deepEqual(new Play(body, { x: false, y: false }).at, ['c'])
  },
  'parallel gateway': () => {
    const play = new Play(
      `${start}<exclusiveGateway id="m"/><parallelGateway id="g"/>${job('a')}${job('b')}<parallelGateway id="j"/>${end()}${flow('start m g a j end', 'g b j')}`,
    )
    play.done('a')
    assert.deepEqual([play.at, play.result], [['b'], undefined])
    play.done('b')
    assert.equal(play.result, 'end')
  },
  'event-based gateway': () => {
    const body = `${start}<eventBasedGateway id="g"/><intermediateCatchEvent id="come"><messageEventDefinition messageRef="m"/></intermediateCatchEvent><intermediateCatchEvent id="late"><timerEventDefinition><timeDuration>PT5H</timeDuration></timerEventDefinition></intermediateCatchEvent><receiveTask id="r" messageRef="m"/>${end('came')}${end('never')}${end('other')}${flow('start g come came', 'g late never', 'g r other')}`
    const came = new Play(body, { number: 1 })
    assert.deepEqual(came.at, ['g'])
    came.comes('come')
    assert.equal(came.result, 'came')
    const never = new Play(body, { number: 1 })
    never.passes('late')
    assert.equal(never.result, 'never')
  },
  'several flows from an activity': () => {
    const play = new Play(`${start}${job('a')}${job('b')}${job('c')}${flow('start a b', 'a [x] c')}`, { x: false })
    play.done('a')
    assert.deepEqual(play.at, ['b'])
    assert.deepEqual(new Play(`${start}${job('b')}${job('c')}${flow('start b', 'start c')}`).at, ['b', 'c'])
  },
  'user task': () => {
    const play = new Play(
      `${start}<userTask id="check-it">${ext('<zeebe:userTask/><zeebe:assignmentDefinition candidateGroups="officer"/><zeebe:formDefinition formId="f1"/><zeebe:properties><zeebe:property name="outcomes" value="yes, no"/><zeebe:property name="reasons.no" value="late, unclear"/><zeebe:property name="facts" value="amount"/><zeebe:property name="within" value="10 working days"/><zeebe:property name="onExpiry" value="yes"/></zeebe:properties>')}</userTask>${end()}${flow('start check-it end')}`,
      { amount: 7 },
    )
    const [command] = play.last.commands
    assert.equal(command?.step, 'cases.task')
    assert.deepEqual(command?.input, {
      name: 'check-it',
      role: 'officer',
      unit: null,
      facts: { amount: 7 },
      outcomes: ['yes', 'no'],
      reasons: { no: ['late', 'unclear'] },
      within: '10 working days',
      onExpiry: 'yes',
      form: 'f1',
    })
    assert.deepEqual(command?.onExpiry, { outcome: 'yes', expired: true })
    play.done('check-it', { outcome: 'no' })
    assert.deepEqual(play.facts.checkIt, { outcome: 'no' })
  },
  'service task': () => {
    const play = new Play(
      `${start}${job('a', 'messaging.notify', '<zeebe:taskHeaders><zeebe:header key="message" value="ready"/></zeebe:taskHeaders>')}${job('due', 'payments.collect', '<zeebe:taskHeaders><zeebe:header key="fee" value="due"/></zeebe:taskHeaders>')}${end()}${flow('start a due end')}`,
      { amount: 5, language: 'en', applicant: { id: 'p1' }, case: { reference: 'C-1' } },
    )
    assert.deepEqual(
      play.last.commands.map(({ step, detached }) => [step, detached]),
      [
        ['messaging.notify', true],
        ['payments.collect', undefined],
      ],
    )
    assert.deepEqual(play.last.commands[1]?.input.amount, { value: 500, currency: 'VRD' })
  },
  'script task': () => {
    const play = new Play(
      `${start}<scriptTask id="s1">${ext('<zeebe:script expression="=amount * 2" resultVariable="double"/>')}</scriptTask>${end()}${flow('start s1 end')}`,
      { amount: 4 },
    )
    assert.equal(play.facts.double, 8)
  },
  'business rule task': () => {
    const play = new Play(
      `${start}<businessRuleTask id="r">${ext('<zeebe:calledDecision decisionId="price-of" resultVariable="price"/>')}</businessRuleTask>${end()}${flow('start r end')}`,
      { amount: 4 },
    )
    assert.deepEqual(play.facts.price, { rule: 'priceOf', of: 4 })
    assert.equal(play.last.decisions.length, 1)
  },
  'send task': () => {
    const play = new Play(
      `${start}<sendTask id="a">${ext('<zeebe:taskDefinition type="x.send"/>')}</sendTask><sendTask id="b" messageRef="m">${ext('<zeebe:publishMessage correlationKey="=number"/>')}</sendTask>${end()}${flow('start a b end')}`,
      { number: 2 },
    )
    play.done('a')
    assert.equal((play.last.thrown[0] as { key: Json }).key, 2)
    assert.equal(play.result, 'end')
  },
  'receive task': () => {
    const play = new Play(`${start}<receiveTask id="r" messageRef="m"/>${end()}${flow('start r end')}`, { number: 2 })
    play.comes('r', { x: 1 })
    assert.deepEqual([play.result, play.facts.r], ['end', { x: 1 }])
  },
  'manual task and task': () => {
    const play = new Play(`${start}<manualTask id="a"/><task id="b"/>${end()}${flow('start a b end')}`)
    assert.deepEqual(play.last.path, ['a', 'b', 'end'])
  },
  'embedded sub-process': () => {
    const play = new Play(
      `${start}<subProcess id="sub">${ext('<zeebe:ioMapping><zeebe:input source="=amount + 1" target="local"/><zeebe:output source="=local + found.n" target="sum"/></zeebe:ioMapping>')}<startEvent id="in"/>${job('a', 'x.work', '<zeebe:ioMapping><zeebe:input source="=local" target="n"/><zeebe:output source="=result" target="found"/></zeebe:ioMapping>')}<endEvent id="out"/>${flow('in a out')}</subProcess>${end()}${flow('start sub end')}`,
      { amount: 1 },
    )
    assert.deepEqual(play.last.commands[0]?.input, { n: 2 })
    play.done('a', { n: 5 })
    assert.deepEqual(play.facts, { amount: 1, found: { n: 5 }, sum: 7 })
  },
  'event sub-process': () => {
    const esp = (interrupting: boolean) =>
      `<subProcess id="esp" triggeredByEvent="true"><startEvent id="call" isInterrupting="${interrupting}"><messageEventDefinition messageRef="m"/></startEvent>${job('e')}<endEvent id="eend"/>${flow('call e eend')}</subProcess>`
    const stopped = new Play(`${start}${job('a')}${end()}${flow('start a end')}${esp(true)}`, { number: 1 })
    const moved = stopped.comes('call')
    assert.deepEqual([stopped.at, moved.cancelled.map(({ node }) => node)], [['esp', 'e'], ['a']])
    stopped.done('e')
    assert.equal(stopped.result, 'done')
    const beside = new Play(
      `${start}<subProcess id="sub"><startEvent id="in"/>${job('a')}${flow('in a')}${esp(false)}</subProcess>${end()}${flow('start sub end')}`,
      { number: 1 },
    )
    beside.comes('call')
    beside.comes('call')
    assert.deepEqual(beside.at.toSorted(), ['a', 'e', 'e', 'esp', 'esp', 'sub'])
    beside.done('a')
    beside.done('e')
    assert.equal(beside.result, undefined)
    beside.done('e')
    assert.equal(beside.result, 'end')
  },
  'call activity': () => {
    const play = new Play(
      `${start}<callActivity id="call">${ext('<zeebe:calledElement processId="q" propagateAllParentVariables="false" propagateAllChildVariables="false"/><zeebe:ioMapping><zeebe:input source="=amount" target="n"/><zeebe:output source="=n + work.k" target="got"/></zeebe:ioMapping>')}</callActivity>${end()}${flow('start call end')}`,
      { amount: 2, secret: 1 },
      `<process id="q"><startEvent id="qs"/>${job('work', 'x.work', '<zeebe:ioMapping><zeebe:input source="=n" target="n"/><zeebe:input source="=secret" target="s"/></zeebe:ioMapping>')}<endEvent id="qe"/>${flow('qs work qe')}</process>`,
    )
    assert.deepEqual(play.at, ['call', 'call/work'])
    assert.deepEqual(play.last.commands[0]?.input, { n: 2, s: null })
    play.done('call/work', { k: 5 })
    assert.deepEqual([play.result, play.facts], ['end', { amount: 2, secret: 1, got: 7 }])
  },
  'multi-instance, parallel': () => {
    const each = (more = '') =>
      `${start}${job('a', 'x.work', '<zeebe:ioMapping><zeebe:input source="=row" target="row"/><zeebe:input source="=loopCounter" target="n"/></zeebe:ioMapping>', `<multiInstanceLoopCharacteristics>${ext('<zeebe:loopCharacteristics inputCollection="=rows" inputElement="row" outputCollection="all" outputElement="=a.ok"/>')}${more}</multiInstanceLoopCharacteristics>`)}${end()}${flow('start a end')}`
    const play = new Play(each(), { rows: ['x', 'y', 'z'] })
    assert.deepEqual(
      play.last.commands.map(({ input }) => input),
      [
        { row: 'x', n: 1 },
        { row: 'y', n: 2 },
        { row: 'z', n: 3 },
      ],
    )
    for (const [n, visit] of [3, 1, 2].entries())
      play.happens({ kind: 'done', node: 'a~one', visit, output: { ok: n } })
    assert.deepEqual([play.result, play.facts], ['end', { rows: ['x', 'y', 'z'], all: [1, 2, 0] }])
    assert.equal(new Play(each(), { rows: [] }).result, 'end')
    const early = new Play(each('<completionCondition>=a.ok</completionCondition>'), { rows: ['x', 'y'] })
    const moved = early.done('a~one', { ok: true })
    assert.deepEqual([early.result, moved.cancelled.length], ['end', 1])
  },
  'multi-instance, sequential': () => {
    const play = new Play(
      `${start}${job('a', 'x.work', '<zeebe:ioMapping><zeebe:input source="=row" target="row"/></zeebe:ioMapping>', `<multiInstanceLoopCharacteristics isSequential="true">${ext('<zeebe:loopCharacteristics inputCollection="=rows" inputElement="row"/>')}</multiInstanceLoopCharacteristics>`)}${end()}${flow('start a end')}`,
      { rows: [1, 2] },
    )
    assert.equal(play.state.tokens.length, 2)
    play.done('a~one')
    assert.deepEqual(play.last.commands[0]?.input, { row: 2 })
    play.done('a~one')
    assert.equal(play.result, 'end')
  },
  'standard loop': () => {
    const play = new Play(
      `${start}${job('a', 'x.work', '', '<standardLoopCharacteristics loopMaximum="5"><loopCondition>=a.more</loopCondition></standardLoopCharacteristics>')}${end()}${flow('start a end')}`,
    )
    play.done('a~one', { more: true })
    play.done('a~one', { more: true })
    play.done('a~one', { more: false })
    assert.deepEqual([play.result, play.steps.length], ['end', 3])
    const never = new Play(
      `${start}${job('a', 'x.work', '', '<standardLoopCharacteristics testBefore="true"><loopCondition>=false</loopCondition></standardLoopCharacteristics>')}${end()}${flow('start a end')}`,
    )
    assert.deepEqual([never.result, never.steps], ['end', []])
  },
  'data mapping': () => {
    const play = new Play(
      `${start}${job('a', 'x.work', '<zeebe:ioMapping><zeebe:input source="=amount" target="order.sum"/><zeebe:input source="net" target="order.kind"/><zeebe:output source="=id" target="order.id"/><zeebe:output source="=result.id + &quot;!&quot;" target="loud"/></zeebe:ioMapping>')}${end()}${flow('start a end')}`,
      { amount: 2, order: { old: true } },
    )
    assert.deepEqual(play.last.commands[0]?.input, { order: { sum: 2, kind: 'net' } })
    play.done('a', { id: 'x9' })
    assert.deepEqual(play.facts, { amount: 2, order: { old: true, id: 'x9' }, loud: 'x9!' })
  },
  compensation: () => {
    const undo = (id: string) =>
      `<boundaryEvent id="${id}-c" attachedToRef="${id}"><compensateEventDefinition/></boundaryEvent><serviceTask id="undo-${id}" isForCompensation="true">${ext('<zeebe:taskDefinition type="x.undo"/><zeebe:ioMapping><zeebe:input source="=row" target="row"/></zeebe:ioMapping>')}</serviceTask><association id="${id}-as" sourceRef="${id}-c" targetRef="undo-${id}"/>`
    const play = new Play(
      `${start}${job('a')}${undo('a')}<subProcess id="sub"><startEvent id="in"/>${job('b')}${undo('b')}<endEvent id="out"/>${flow('in b out')}<multiInstanceLoopCharacteristics isSequential="true">${ext('<zeebe:loopCharacteristics inputCollection="=rows" inputElement="row"/>')}</multiInstanceLoopCharacteristics></subProcess><endEvent id="back"><compensateEventDefinition/></endEvent>${flow('start a sub back')}`,
      { rows: ['x', 'y'] },
    )
    play.done('a')
    play.done('b')
    play.done('b')
    const rows: Json[] = []
    for (const node of ['undo-b', 'undo-b', 'undo-a']) {
      rows.push(play.last.commands[0]!.input.row!)
      play.done(node)
    }
    assert.deepEqual([rows, play.result], [['y', 'x', null], 'done'])
    assert.equal(play.state.undo, undefined)
  },
}

for (const [element, proof] of Object.entries(proofs)) test(`executed: ${element}`, proof)

test('every element of the table has a test', () => {
  assert.deepEqual(Object.keys(proofs), Object.keys(executed))
})

for (const { what, xml } of refused)
  test(`refused: ${what}`, () => {
    const body = `${start}<endEvent id="end"/>${flow('start end')}\n${xml}`
    const withFlow = what === 'element to which nothing leads' ? body : `${body}${flow('start x')}`

    const { problems } = checkBpmn(service, document(withFlow))

    assert.ok(problems.length > 0, `${what} is not refused`)
    for (const problem of problems) assert.ok(problem.line > 1 && problem.mend !== '' && problem.element !== '')
    assert.ok(
      problems.some(({ element }) => ['x', 'y'].includes(element)),
      JSON.stringify(problems),
    )
    assert.throws(() => compileBpmn(service, document(withFlow)), { code: 'process-not-executable' })
  })

test('what is no XML, no BPMN or holds no process is refused with its line', () => {
  const broken = ['<a', '<a/>', document('').replace(/<process.*process>/, ''), '<!DOCTYPE x [<!ENTITY y "z">]><x/>']

  for (const xml of broken) assert.ok(checkBpmn(service, xml).problems[0]!.line >= 1, xml)
})

test('an expression that is no FEEL is refused when the file is loaded', () => {
  const { problems } = checkBpmn(
    service,
    document(
      `${start}<exclusiveGateway id="g"/>${end('a')}${end('b')}${flow('start g', 'g [amount >] a', 'g [true] b')}`,
    ),
  )

  assert.deepEqual(
    problems.map(({ element }) => element),
    ['g'],
  )
})

test('a token that never comes to a join is an incident, not a silence', () => {
  const play = new Play(
    `${start}<exclusiveGateway id="g" default="fx"/>${job('a')}${job('b')}<parallelGateway id="j"/>${end()}${flow('start g', 'g [false] b j', 'a j end')}<sequenceFlow id="fx" sourceRef="g" targetRef="a"/>`,
  )

  play.done('a')

  assert.deepEqual(play.at, ['j!'])
})

test('an output mapping that fails keeps the outcome, and a retry takes it without doing the work again', () => {
  const play = new Play(
    `${start}${job('a', 'x.work', '<zeebe:ioMapping><zeebe:output source="=if missing then 1 else error(&quot;no&quot;)" target="n"/></zeebe:ioMapping>')}${end()}${flow('start a end')}`,
  )
  const { visit } = play.state.tokens[0]!
  const moved = play.done('a', { id: 1 })

  if (moved.stuck.length > 0) {
    play.happens({ kind: 'corrected', facts: { missing: true } })
    play.happens({ kind: 'retry', node: 'a', visit })
    assert.deepEqual(play.facts, { missing: true, n: 1 })
  }

  assert.equal(play.result, 'end')
  assert.deepEqual(play.steps, ['a'])
})

test('a model drawn with the modeler of Camunda 8 imports and runs', async () => {
  const xml = await readFile(new URL('./examples/camunda-8.bpmn', import.meta.url), 'utf8')
  const { problems, graph } = checkBpmn({ ...service, id: 'fishing-licence' }, xml)
  assert.deepEqual(problems, [])

  const facts = { papersComplete: false, case: { reference: 'FL-1' }, waters: ['Lake', 'River'], amount: 3 }
  const play = new Play(graph!, facts)
  play.comes('Event_papers', { pages: 12 })
  play.passes('Event_remind')
  play.done('Activity_check', { outcome: 'grant' })
  play.done('Activity_enter', { id: 'w1' })
  play.done('Activity_remind')
  play.done('Activity_enter', { id: 'w2' })

  assert.equal(play.result, 'granted')
  assert.deepEqual(play.facts.entries, ['w1', 'w2'])
  assert.deepEqual(play.facts.papers, { pages: 12 })
})

test('a rehearsal hears what it is told, and a timer that comes again comes once', async () => {
  const xml = await readFile(new URL('./examples/camunda-8.bpmn', import.meta.url), 'utf8')
  const graph = compileBpmn({ ...service, id: 'fishing-licence' }, xml)
  const facts = { papersComplete: false, case: { reference: 'FL-1' }, waters: ['Lake'], amount: 3 }

  const played = rehearse(
    graph,
    facts,
    rules,
    ({ step }) => ({ done: (step === 'registries.enter' ? { id: 'w1' } : { outcome: 'grant' }) as Json }),
    ({ message }) => (message === 'papers-received' ? { pages: 1 } : undefined),
  )

  assert.equal(played.result, 'granted')
  assert.deepEqual(played.facts.entries, ['w1'])
})
