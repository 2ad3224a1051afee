// Compiles a BPMN process to the graph that the engine executes; refuses by name, line and remedy what it cannot run.
import { isTerm } from '@ashlar/kernel/calendar'
import { isDuration } from '@ashlar/kernel/clock'
import { compileFeel } from '@ashlar/kernel/feel'
import type {
  BpmnElement,
  BpmnLevel,
  BpmnModel,
  BpmnProblem,
  BpmnProcess,
  EventDefinition,
  Expression,
  SequenceFlow,
} from './bpmn-model.ts'
import { bpmnTask, type TaskNeeds } from './bpmn-task.ts'
import { isCron } from './cron.ts'
import { toFactName } from './fact-name.ts'
import type { Graph, Handler, Mapping, Next, Node, ScopeNode, Start, Trigger } from './graph.ts'
import { createItems, type DrawnService } from './items.ts'
import { ProcessNotExecutable } from './problems.ts'
import { readBpmn } from './read-bpmn.ts'

/** Throws ProcessNotExecutable (422), which names every element that is not executed, its line and what to do. */
export function compileBpmn(definition: DrawnService, xml: string): Graph {
  const { graph, problems } = checkBpmn(definition, xml)
  if (problems.length > 0 || graph === undefined) throw ProcessNotExecutable(problems)
  return graph
}

/** The same for those who want to see all of it. */
export function checkBpmn(definition: DrawnService, xml: string): { graph?: Graph; problems: BpmnProblem[] } {
  const model = readBpmn(xml)
  const compiler = new Compiler(definition, model)
  const graph = model.processes.length > 0 ? compiler.main() : undefined
  if (model.processes.length === 0 && model.problems.length === 0)
    compiler.problems.push({ element: '', line: 1, what: 'a file without a process', mend: 'draw one' })
  const problems = [...model.problems, ...compiler.problems].toSorted((a, b) => a.line - b.line)
  return { ...(graph === undefined ? {} : { graph }), problems }
}

/** Where the elements of a level are put: a called process stands under the id of its caller. */
interface Place {
  level: BpmnLevel
  prefix: string
  /** The called processes that it is in, outermost first. */
  called: string[]
}

class Compiler {
  readonly problems: BpmnProblem[] = []
  #definition: DrawnService
  #model: BpmnModel
  #nodes: Record<string, Node> = {}
  #graph: Graph = { start: '', nodes: this.#nodes }
  #task: (element: BpmnElement, needs: TaskNeeds) => Node

  constructor(definition: DrawnService, model: BpmnModel) {
    this.#definition = definition
    this.#model = model
    let at: BpmnElement | undefined
    const items = createItems(definition, {
      nodes: this.#nodes,
      newId: (wanted) => this.#newId(wanted),
      refuse: (_, what) => this.#refuse(at!, what, 'name what the service declares'),
    })
    this.#task = (element, needs) => {
      at = element
      return bpmnTask(element, items, needs)
    }
  }

  main(): Graph {
    const { processes } = this.#model
    const named = processes.find(({ id }) => id === this.#definition.id)
    const main = named ?? processes.find(({ isExecutable }) => isExecutable) ?? processes[0]!
    const place: Place = { level: main, prefix: '', called: [main.id] }
    this.#graph.start = this.#level(main, place, true)
    return this.#graph
  }

  /** Puts all elements of a level into the graph; gives the node at which it starts. */
  #level(at: BpmnProcess | BpmnElement, place: Place, isMain = false): Next {
    const { elements } = place.level
    let start: BpmnElement | undefined
    for (const element of elements.values()) {
      if (element.type === 'startEvent') {
        if (element.incoming.length > 0)
          this.#refuse(element, 'a sequence flow into a start event', 'lead it elsewhere')
        if (element.event === undefined && start === undefined) start = element
        else if (element.event === undefined) this.#refuse(element, 'a second plain start event', 'keep one')
        else if (isMain) this.#startBy(element, place)
        else this.#refuse(element, 'a start event with a trigger in a sub-process', 'use a plain one')
      }
      this.#element(element, place)
    }
    if (start === undefined) {
      const what = isMain ? 'a process without a plain start event' : 'a sub-process without a plain start event'
      this.#refuse(at, what, 'draw one: a case begins there')
      return ''
    }
    return this.#after(start, place)
  }

  #startBy(element: BpmnElement, place: Place) {
    const trigger = this.#trigger(element)
    if (trigger === undefined) return
    if (trigger.on === 'error' || trigger.on === 'escalation')
      return this.#refuse(element, `a start event of the kind ${trigger.on}`, 'use it in an event sub-process')
    const start: Start = { trigger, next: this.#after(element, place), ...this.#learned(element, trigger) }
    this.#graph.starts = { ...this.#graph.starts, [element.id]: start }
  }

  #element(element: BpmnElement, place: Place) {
    const { type, incoming } = element
    const id = this.#nameOf(element, place)
    if (['startEvent', 'boundaryEvent'].includes(type)) {
      if (type === 'boundaryEvent' && !place.level.elements.has(element.attachedTo ?? ''))
        this.#refuse(element, 'a boundary event that is on no activity', 'put it on an activity')
      return
    }
    if (element.triggeredByEvent) return this.#eventSubProcess(element, place)
    if (this.#isRaced(element, place)) return
    if (incoming.length === 0 && !element.forCompensation && !this.#isLinkTarget(element))
      this.#refuse(element, 'an element to which nothing leads', 'draw a sequence flow to it, or take it out')
    const node = this.#node(element, id, place)
    if (node !== undefined) this.#put(element, id, node, place)
  }

  #node(element: BpmnElement, id: string, place: Place): Node | undefined {
    const next = () => (element.loop === undefined ? this.#after(element, place) : this.#finish(`${id}~end`))
    switch (element.type) {
      case 'exclusiveGateway':
        return this.#choice(element, place, 'choice')
      case 'inclusiveGateway':
        return this.#gateway(element, id, place, (flows, next) => ({ kind: 'merge', flows, next }))
      case 'parallelGateway':
        return this.#gateway(element, id, place, (flows, next) => ({ kind: 'join', of: flows.length, flows, next }))
      case 'eventBasedGateway':
        return this.#race(element, place)
      case 'intermediateCatchEvent':
        return this.#catchEvent(element, place)
      case 'intermediateThrowEvent':
      case 'endEvent':
        return this.#throwEvent(element, place)
      case 'receiveTask': {
        const handler = this.#handler(element, place, next())
        return handler === undefined ? undefined : { kind: 'await', on: [handler] }
      }
      case 'subProcess':
        return this.#scope(element, place, next)
      case 'callActivity':
        return this.#call(element, id, place, next)
      case 'task':
      case 'manualTask':
        this.#noWork(element)
        return pass(next())
      case 'businessRuleTask':
        if (element.zeebe.decision !== undefined) return this.#decide(element, next())
        return this.#task(element, this.#taskNeeds(element, next))
      case 'scriptTask':
        if (element.zeebe.script !== undefined) return this.#script(element, next())
        return this.#task(element, this.#taskNeeds(element, next))
      case 'sendTask':
        if (element.zeebe.task === undefined && element.event !== undefined) return this.#throwMessage(element, next())
        return this.#task(element, this.#taskNeeds(element, next))
      default:
        return this.#task(element, this.#taskNeeds(element, next))
    }
  }

  #taskNeeds(element: BpmnElement, next: () => Next): TaskNeeds {
    return {
      next,
      refuse: (what, mend) => this.#refuse(element, what, mend),
      mapping: (expression) => this.#mapping(element, expression),
      saves: this.#saves(element),
    }
  }

  #noWork(element: BpmnElement): void {
    const { task, inputs = [], outputs = [] } = element.zeebe
    if (task !== undefined) this.#refuse(element, `a ${element.type} with a task type`, 'draw a service task')
    if (inputs.length + outputs.length > 0)
      this.#refuse(element, `data mappings on a ${element.type}`, 'compute facts in a script task')
  }

  // Activities around a node: loops, boundary events, compensation

  #put(element: BpmnElement, id: string, node: Node, place: Place): void {
    const isActivity = /task|subProcess|callActivity/i.test(element.type)
    const handlers = isActivity ? this.#boundaries(element, place) : []
    const undo = this.#undo(element, place)
    if (element.loop === undefined) {
      this.#nodes[id] = this.#watched(element, node, handlers, undo)
      return
    }
    const { loop } = element
    const one = `${id}~one`
    this.#nodes[one] = node
    if (loop.type === 'each') this.#feel(element, [loop.in, loop.until, loop.collect?.value])
    else this.#feel(element, [loop.condition])
    const wrapper: ScopeNode = {
      kind: 'scope',
      start: one,
      repeat:
        loop.type === 'each'
          ? {
              in: loop.in,
              ...(loop.as === undefined ? {} : { as: loop.as }),
              ...(loop.sequential ? { sequential: true } : {}),
              ...(loop.until === undefined ? {} : { until: loop.until }),
              ...(loop.collect === undefined ? {} : { collect: loop.collect }),
            }
          : {
              while: loop.condition,
              ...(loop.before ? { before: true } : {}),
              ...(loop.most === undefined ? {} : { most: loop.most }),
            },
      next: this.#after(element, place),
    }
    this.#nodes[id] = this.#watched(element, wrapper, handlers, undo)
  }

  #watched(element: BpmnElement, node: Node, handlers: Handler[], undo: string | undefined): Node {
    if (undo !== undefined && (node.kind === 'await' || !('next' in node)))
      this.#refuse(element, `compensation of a ${element.type}`, 'put it on a task or a sub-process')
    const watched = undo === undefined ? node : ({ ...node, undo } as Node)
    if (handlers.length === 0) return watched
    if (watched.kind === 'await') return { ...watched, on: [...watched.on, ...handlers] }
    if (watched.kind !== 'step' && watched.kind !== 'scope') {
      this.#refuse(element, 'a boundary event on what is done at once', 'put it around a sub-process, or take it out')
      return watched
    }
    if (watched.kind === 'step' && watched.detached)
      this.#refuse(element, 'a boundary event on what nobody waits for', 'take it out')
    return { ...watched, on: handlers }
  }

  #boundaries(element: BpmnElement, place: Place): Handler[] {
    return [...place.level.elements.values()]
      .filter((event) => event.attachedTo === element.id && event.event?.type !== 'compensate')
      .flatMap((event) => {
        if (event.event === undefined) this.#refuse(event, 'a plain boundary event', 'give it a trigger')
        return this.#handler(event, place, this.#after(event, place)) ?? []
      })
  }

  /** The activity that takes this one back, by the association from its boundary event. */
  #undo(element: BpmnElement, place: Place): string | undefined {
    const { elements, compensations } = place.level
    const event = [...elements.values()].find(
      (one) => one.attachedTo === element.id && one.event?.type === 'compensate',
    )
    if (event === undefined) return undefined
    const activity = elements.get(compensations.get(event.id) ?? '')
    if (activity === undefined || !activity.forCompensation) {
      this.#refuse(event, 'a compensation event without an activity', 'join it to one that isForCompensation')
      return undefined
    }
    return this.#nameOf(activity, place)
  }

  // Gateways

  /** The ways out, by their conditions; `else` is the default. */
  #ways(element: BpmnElement, place: Place) {
    const branches: { when: string; next: Next }[] = []
    let otherwise: Next | undefined
    for (const flow of element.outgoing) {
      const next = this.#to(flow, place)
      if (flow.id === element.default) otherwise = next
      else if (flow.when !== undefined) {
        this.#feel(element, [flow.when])
        branches.push({ when: flow.when, next })
      } else if (element.outgoing.length === 1) otherwise = next
      else
        this.#refuse(element, `the sequence flow ${flow.id} without a condition`, 'give it one, or make it the default')
    }
    return { branches, ...(otherwise === undefined ? {} : { otherwise }) }
  }

  #choice(element: BpmnElement, place: Place, kind: 'choice' | 'select'): Node {
    if (element.outgoing.length === 0) return { kind: 'finish' }
    return { kind, ...this.#ways(element, place) }
  }

  /** Collects where several flows come in, and splits where several go out. */
  #gateway(element: BpmnElement, id: string, place: Place, collect: (flows: string[], next: Next) => Node): Node {
    const { incoming, outgoing, type } = element
    const split = (): Node => {
      if (outgoing.length === 0) return { kind: 'finish' }
      if (type === 'inclusiveGateway') return this.#choice(element, place, 'select')
      if (outgoing.some(({ when }) => when !== undefined))
        this.#refuse(element, 'conditions behind a parallel gateway', 'draw an inclusive gateway')
      return outgoing.length === 1
        ? pass(this.#to(outgoing[0]!, place))
        : { kind: 'fork', branches: outgoing.map((flow) => this.#to(flow, place)) }
    }
    if (incoming.length < 2) return split()
    const flows = incoming.map((flow) => flow.id)
    if (outgoing.length === 1 && outgoing[0]!.when === undefined) return collect(flows, this.#to(outgoing[0]!, place))
    this.#nodes[`${id}~out`] = split()
    return collect(flows, `${id}~out`)
  }

  #race(element: BpmnElement, place: Place): Node {
    const on = element.outgoing.flatMap((flow) => {
      const target = place.level.elements.get(flow.target)
      if (target === undefined) return []
      const isRight = ['intermediateCatchEvent', 'receiveTask'].includes(target.type) && target.event?.type !== 'link'
      if (!isRight || target.incoming.length > 1) {
        this.#refuse(target, 'what stands behind an event-based gateway', 'only events of its own may follow it')
        return []
      }
      return this.#handler(target, place, this.#after(target, place)) ?? []
    })
    if (on.length === 0) this.#refuse(element, 'an event-based gateway without events', 'draw events behind it')
    return { kind: 'await', on }
  }

  #isRaced(element: BpmnElement, place: Place): boolean {
    return element.incoming.some(({ source }) => place.level.elements.get(source)?.type === 'eventBasedGateway')
  }

  // Events

  #handler(element: BpmnElement, place: Place, next: Next): Handler | undefined {
    const trigger = this.#trigger(element)
    if (trigger === undefined) return undefined
    return {
      id: this.#nameOf(element, place),
      trigger,
      ...(element.interrupting || trigger.on === 'error' ? {} : { alongside: true }),
      next,
      ...this.#learned(element, trigger),
    }
  }

  #learned(element: BpmnElement, trigger: Trigger): { saveAs?: string; saves?: Record<string, string> } {
    const saves = this.#saves(element)
    if (saves !== undefined) return { saves }
    return trigger.on === 'message' ? { saveAs: toFactName(element.id) } : {}
  }

  #trigger(element: BpmnElement): Trigger | undefined {
    const { event } = element
    switch (event?.type) {
      case 'message': {
        const key = event.key === undefined ? undefined : this.#source(element, event.key)
        if (key === undefined && element.type !== 'startEvent')
          this.#refuse(
            element,
            `the message '${event.message}' without a correlation key`,
            'add zeebe:subscription to it',
          )
        return { on: 'message', message: event.message, ...(key === undefined ? {} : { key }) }
      }
      case 'signal':
        return { on: 'signal', signal: event.signal }
      case 'error':
      case 'escalation':
        return { on: event.type, code: event.code }
      case 'timer':
        return this.#timer(element, event)
      case undefined:
        return undefined
      default:
        this.#refuse(element, `a ${element.type} of the kind ${event?.type}`, 'draw another event')
        return undefined
    }
  }

  #timer(element: BpmnElement, { kind, value }: Extract<EventDefinition, { type: 'timer' }>): Trigger | undefined {
    if ('feel' in value) {
      this.#feel(element, [value.feel])
      if (kind === 'date') return { on: 'timer', until: value.feel }
      return kind === 'duration' ? { on: 'timer', forFeel: value.feel } : { on: 'timer', everyFeel: value.feel }
    }
    const text = value.text.trim()
    if (kind === 'date') {
      if (Number.isNaN(new Date(text).getTime())) return this.#noTime(element, text)
      return { on: 'timer', until: JSON.stringify(text) }
    }
    if (kind === 'duration') return isTime(text) ? { on: 'timer', for: text } : this.#noTime(element, text)
    const cycle = /^R(\d*)\/(.+)$/.exec(text)
    const every = cycle?.[2] ?? text
    if (cycle === null ? !isCron(text) : !isTime(every)) return this.#noTime(element, text)
    if (element.type !== 'startEvent' && element.interrupting)
      this.#refuse(element, 'an interrupting timer that comes again', 'let it come once, or not interrupt')
    return { on: 'timer', every, ...(cycle?.[1] ? { times: Number(cycle[1]) } : {}) }
  }

  #noTime(element: BpmnElement, text: string): undefined {
    this.#refuse(element, `the time '${text}'`, "write PT1H, P10D, '10 working days', R3/PT1H or cron of six fields")
  }

  #catchEvent(element: BpmnElement, place: Place): Node | undefined {
    if (element.event?.type === 'link') return pass(this.#after(element, place))
    const handler = this.#handler(element, place, this.#after(element, place))
    if (element.event === undefined) this.#refuse(element, 'a plain event that catches', 'give it a trigger')
    if (handler?.trigger.on === 'error' || handler?.trigger.on === 'escalation')
      this.#refuse(element, `an ${handler.trigger.on} caught in between`, 'put it on an activity')
    return handler === undefined ? undefined : { kind: 'await', on: [handler] }
  }

  #throwEvent(element: BpmnElement, place: Place): Node | undefined {
    const { event, type } = element
    const isEnd = type === 'endEvent'
    const { result } = element.zeebe.words
    if (isEnd && element.outgoing.length > 0) this.#refuse(element, 'a sequence flow from an end event', 'take it out')
    const finish = (): Next =>
      isEnd ? this.#finish(`${this.#nameOf(element, place)}~end`, result) : this.#after(element, place)
    switch (event?.type) {
      case undefined:
        return isEnd ? { kind: 'finish', ...(result === undefined ? {} : { result }) } : pass(finish())
      case 'terminate':
        return { kind: 'finish', ...(result === undefined ? {} : { result }), terminate: true }
      case 'error':
        if (event.code === null) this.#refuse(element, 'an error without a code', 'give the error an errorCode')
        return { kind: 'throw', what: { error: event.code ?? '' } }
      case 'escalation':
        if (event.code === null) this.#refuse(element, 'an escalation without a code', 'give it an escalationCode')
        return { kind: 'throw', what: { escalation: event.code ?? '' }, next: finish() }
      case 'signal':
        return { kind: 'throw', what: { signal: event.signal }, next: finish() }
      case 'message':
        if (element.zeebe.task !== undefined) return this.#task(element, this.#taskNeeds(element, finish))
        return this.#throwMessage(element, finish())
      case 'compensate':
        if (event.activity !== undefined && !place.level.elements.has(event.activity))
          this.#refuse(element, `compensation of '${event.activity}'`, 'name an activity of the same level')
        return {
          kind: 'compensate',
          ...(event.activity === undefined ? {} : { of: place.prefix + event.activity }),
          next: finish(),
        }
      case 'link': {
        const links = [...place.level.elements.values()].filter(
          (one) => one.type === 'intermediateCatchEvent' && one.event?.type === 'link' && one.event.link === event.link,
        )
        if (links.length !== 1) this.#refuse(element, `the link '${event.link}'`, 'draw one event that catches it')
        return pass(links[0] === undefined ? '' : this.#nameOf(links[0], place))
      }
      default:
        this.#refuse(element, `a ${type} of the kind ${event?.type}`, 'draw another event')
        return undefined
    }
  }

  #throwMessage(element: BpmnElement, next: Next): Node {
    const { event, zeebe } = element
    const key = zeebe.publish?.key ?? (event?.type === 'message' ? event.key : undefined)
    if (key === undefined)
      this.#refuse(element, 'a message that nobody sends', 'name the step with zeebe:taskDefinition, or publishMessage')
    return {
      kind: 'throw',
      what: {
        message: event?.type === 'message' ? event.message : '',
        ...(key === undefined ? {} : { key: this.#source(element, key) }),
        content: this.#inputs(element) ?? {},
      },
      next,
    }
  }

  #isLinkTarget({ type, event }: BpmnElement): boolean {
    return type === 'intermediateCatchEvent' && event?.type === 'link'
  }

  // Sub-processes

  #scope(element: BpmnElement, place: Place, next: () => Next): Node {
    const inner: Place = { ...place, level: element.inner! }
    const start = this.#level(element, inner)
    const events = this.#events(inner)
    const saves = this.#saves(element)
    const inputs = this.#inputs(element)
    return {
      kind: 'scope',
      start,
      ...(inputs === undefined ? {} : { with: inputs }),
      ...(saves === undefined ? {} : { saves }),
      ...(events.length === 0 ? {} : { events }),
      next: next(),
    }
  }

  /** The handlers of the event sub-processes of a level; they lead to the sub-process, inside. */
  #events(place: Place): Handler[] {
    return [...place.level.elements.values()]
      .filter((element) => element.triggeredByEvent)
      .flatMap((element) => {
        const start = [...(element.inner?.elements.values() ?? [])].find((one) => one.type === 'startEvent')
        return start === undefined ? [] : (this.#handler(start, place, this.#nameOf(element, place)) ?? [])
      })
  }

  #eventSubProcess(element: BpmnElement, place: Place) {
    const id = this.#nameOf(element, place)
    const starts = [...(element.inner?.elements.values() ?? [])].filter((one) => one.type === 'startEvent')
    const [start] = starts
    if (start?.event === undefined || starts.length !== 1)
      return this.#refuse(element, 'an event sub-process without one triggered start event', 'draw one')
    if (element.incoming.length + element.outgoing.length > 0)
      this.#refuse(element, 'sequence flows at an event sub-process', 'take them out: an event starts it')
    const inner: Place = { ...place, level: element.inner! }
    for (const one of inner.level.elements.values()) if (one !== start) this.#element(one, inner)
    const events = this.#events(inner)
    this.#nodes[id] = {
      kind: 'scope',
      start: this.#after(start, inner),
      ...(events.length === 0 ? {} : { events }),
      next: this.#finish(`${id}~end`),
    }
    if (place.prefix === '' && place.level === this.#mainLevel()) {
      const handler = this.#handler(start, place, id)
      if (handler !== undefined) this.#graph.events = [...(this.#graph.events ?? []), handler]
    }
  }

  #mainLevel(): BpmnLevel | undefined {
    const { processes } = this.#model
    const named = processes.find(({ id }) => id === this.#definition.id)
    return named ?? processes.find(({ isExecutable }) => isExecutable) ?? processes[0]
  }

  #call(element: BpmnElement, id: string, place: Place, next: () => Next): Node | undefined {
    const { called } = element.zeebe
    if (called === undefined) {
      this.#refuse(element, 'a call activity that names no process', 'name it with zeebe:calledElement')
      return undefined
    }
    const process = this.#model.processes.find((one) => one.id === called.process)
    if (process === undefined) {
      this.#refuse(element, `a call of the process '${called.process}'`, 'put that process into the same file')
      return undefined
    }
    if (place.called.includes(process.id)) {
      this.#refuse(element, `the process '${process.id}' calling itself`, 'draw a loop')
      return undefined
    }
    const inner: Place = { level: process, prefix: `${id}/`, called: [...place.called, process.id] }
    const events = this.#events(inner)
    const inputs = this.#inputs(element)
    const saves = this.#saves(element) ?? (called.childFacts ? ('*' as const) : undefined)
    return {
      kind: 'scope',
      start: this.#level(process, inner),
      own: true,
      ...(called.parentFacts ? {} : { isolated: true }),
      ...(inputs === undefined ? {} : { with: inputs }),
      ...(saves === undefined ? {} : { saves }),
      ...(events.length === 0 ? {} : { events }),
      next: next(),
    }
  }

  // Rules and scripts

  #decide(element: BpmnElement, next: Next): Node {
    const { decision, inputs = [], outputs = [] } = element.zeebe
    const { rules } = this.#definition
    const wanted = decision!.id
    const rule = rules === undefined ? wanted : [wanted, toFactName(wanted)].find((name) => Object.hasOwn(rules, name))
    if (rule === undefined) this.#refuse(element, `the decision '${wanted}'`, 'declare it under rules')
    if (inputs.length + outputs.length > 0)
      this.#refuse(element, 'data mappings around a decision', 'name the facts in the rule itself')
    return { kind: 'decide', rule: rule ?? wanted, saveAs: decision!.saveAs || toFactName(wanted), next }
  }

  #script(element: BpmnElement, next: Next): Node {
    const { script, inputs = [], outputs = [] } = element.zeebe
    this.#feel(element, [script!.source])
    if (script!.saveAs === '') this.#refuse(element, 'a script whose result is kept nowhere', 'name a resultVariable')
    if (inputs.length + outputs.length > 0)
      this.#refuse(element, 'data mappings around a script', 'write them into the script')
    return { kind: 'set', saveAs: script!.saveAs, to: { feel: script!.source }, next }
  }

  // Where it goes from an element

  #after(element: BpmnElement, place: Place): Next {
    const { outgoing } = element
    const id = this.#nameOf(element, place)
    if (element.forCompensation) {
      if (outgoing.length > 0) this.#refuse(element, 'a sequence flow from what takes back', 'take it out')
      return this.#finish(`${id}~undone`)
    }
    if (outgoing.length === 0) return this.#finish(`${id}~end`)
    if (outgoing.length === 1 && outgoing[0]!.when === undefined) return this.#to(outgoing[0]!, place)
    const hasConditions = outgoing.some(({ when }) => when !== undefined)
    this.#nodes[`${id}~out`] ??= hasConditions
      ? this.#splitBy(element, place)
      : { kind: 'fork', branches: outgoing.map((flow) => this.#to(flow, place)) }
    return `${id}~out`
  }

  /** Conditional flows from an activity: those that hold, and those without a condition in any case. */
  #splitBy(element: BpmnElement, place: Place): Node {
    const branches = element.outgoing
      .filter(({ id }) => id !== element.default)
      .map((flow) => {
        if (flow.when !== undefined) this.#feel(element, [flow.when])
        return { when: flow.when ?? 'true', next: this.#to(flow, place) }
      })
    const rest = element.outgoing.find(({ id }) => id === element.default)
    return { kind: 'select', branches, ...(rest === undefined ? {} : { otherwise: this.#to(rest, place) }) }
  }

  #to(flow: SequenceFlow, place: Place): Next {
    const target = place.level.elements.get(flow.target)
    if (target === undefined) return ''
    const id = this.#nameOf(target, place)
    const collects = ['parallelGateway', 'inclusiveGateway'].includes(target.type) && target.incoming.length > 1
    return collects ? `${id}@${flow.id}` : id
  }

  #finish(id: string, result?: string): Next {
    this.#nodes[id] ??= { kind: 'finish', ...(result === undefined ? {} : { result }) }
    return id
  }

  // Values

  #inputs(element: BpmnElement): Record<string, Mapping> | undefined {
    const { inputs } = element.zeebe
    if (inputs === undefined || inputs.length === 0) return undefined
    return Object.fromEntries(inputs.map(([target, source]) => [target, this.#mapping(element, source)]))
  }

  #saves(element: BpmnElement): Record<string, string> | undefined {
    const { outputs } = element.zeebe
    if (outputs === undefined || outputs.length === 0) return undefined
    return Object.fromEntries(outputs.map(([target, source]) => [target, this.#source(element, source)]))
  }

  #mapping(element: BpmnElement, expression: Expression): Mapping {
    if ('text' in expression) return { value: expression.text }
    this.#feel(element, [expression.feel])
    return { feel: expression.feel }
  }

  #source(element: BpmnElement, expression: Expression): string {
    if ('text' in expression) return JSON.stringify(expression.text)
    this.#feel(element, [expression.feel])
    return expression.feel
  }

  #feel(element: BpmnElement, sources: (string | undefined)[]): void {
    for (const source of sources) {
      if (source === undefined) continue
      try {
        compileFeel(source)
      } catch (error) {
        this.#refuse(element, `the expression '${source}' (${(error as Error).message})`, 'mend the FEEL')
      }
    }
  }

  #nameOf({ id }: BpmnElement, { prefix }: Place): string {
    return prefix + id
  }

  #newId(wanted: string): string {
    let id = `${wanted}~1`
    for (let n = 2; id in this.#nodes; n++) id = `${wanted}~${n}`
    this.#nodes[id] = { kind: 'finish' }
    return id
  }

  #refuse({ id, line }: { id: string; line: number }, what: string, mend: string): void {
    if (!this.problems.some((one) => one.element === id && one.what === what))
      this.problems.push({ element: id, line, what, mend })
  }
}

function pass(next: Next): Node {
  return { kind: 'set', saveAs: '', to: { value: null }, next }
}

function isTime(text: string): boolean {
  return /^[P0-9]/.test(text) && (isDuration(text) || isTerm(text))
}
