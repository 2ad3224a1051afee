// Reads a BPMN 2.0 file into its model. What has no meaning here is not skipped: it is a problem with its line.
import { childOf, childrenOf, readXml, type XmlElement, XmlError } from '@ashlar/kernel/xml'
import {
  type BpmnElement,
  type BpmnLevel,
  type BpmnModel,
  type BpmnProblem,
  type BpmnProcess,
  type EventDefinition,
  type Expression,
  isModel,
  type Loop,
  MODEL,
  type SequenceFlow,
} from './bpmn-model.ts'
import { readZeebe, toExpression, toFeel } from './read-zeebe.ts'

/** Drawn for people: it says nothing that is to be executed. */
const drawings = new Set([
  'documentation',
  'extensionElements',
  'textAnnotation',
  'group',
  'category',
  'laneSet',
  'dataObject',
  'dataObjectReference',
  'dataStore',
  'dataStoreReference',
  'incoming',
  'dataInputAssociation',
  'dataOutputAssociation',
  'outgoing',
])

const activities = new Set([
  'task',
  'userTask',
  'serviceTask',
  'scriptTask',
  'businessRuleTask',
  'sendTask',
  'receiveTask',
  'manualTask',
  'subProcess',
  'callActivity',
])
const gateways = new Set(['exclusiveGateway', 'inclusiveGateway', 'parallelGateway', 'eventBasedGateway'])
const events = new Set(['startEvent', 'endEvent', 'intermediateCatchEvent', 'intermediateThrowEvent', 'boundaryEvent'])

const instead: Record<string, string> = {
  transaction: 'draw a sub-process with an error event, and compensation where something is to be taken back',
  adHocSubProcess: 'draw the tasks one after the other, or in a parallel sub-process',
  complexGateway: 'draw an inclusive gateway with conditions',
  cancelEventDefinition: 'draw an error event',
  conditionalEventDefinition: 'draw an exclusive gateway, or wait for a message',
}

const known = new Set(
  'id name isExecutable processType isClosed sourceRef targetRef isImmediate default attachedToRef cancelActivity isInterrupting parallelMultiple triggeredByEvent calledElement implementation messageRef operationRef instantiate eventGatewayType scriptFormat isForCompensation startQuantity completionQuantity gatewayDirection'.split(
    ' ',
  ),
)

interface References {
  root: XmlElement
  messages: Map<string, XmlElement>
  signals: Map<string, XmlElement>
  errors: Map<string, XmlElement>
  escalations: Map<string, XmlElement>
}

/** Never throws: what is no XML or no BPMN is a problem too. */
export function readBpmn(xml: string): BpmnModel {
  const problems: BpmnProblem[] = []
  let root: XmlElement
  try {
    root = readXml(xml, { characters: 5_000_000, elements: 100_000 })
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    const what = error.message
    return { processes: [], problems: [{ element: '', line: error.line, what, mend: 'mend the file' }] }
  }
  if (root.name !== 'definitions' || !isModel(root)) {
    const what = `'${root.name}' is no BPMN 2.0 file`
    return {
      processes: [],
      problems: [{ element: '', line: root.line, what, mend: `its root is definitions of ${MODEL}` }],
    }
  }
  const byId = (name: string) => new Map(childrenOf(root, name).map((one) => [one.attributes.id ?? '', one]))
  const references = {
    root,
    messages: byId('message'),
    signals: byId('signal'),
    errors: byId('error'),
    escalations: byId('escalation'),
  }
  const reader = new Reader(references, problems)
  return { processes: childrenOf(root, 'process').map((process) => reader.process(process)), problems }
}

class Reader {
  #references: References
  #problems: BpmnProblem[]
  #ids = new Set<string>()

  constructor(references: References, problems: BpmnProblem[]) {
    this.#references = references
    this.#problems = problems
    for (const child of references.root.children) {
      if (!isModel(child)) continue
      const { name } = child
      if (['process', 'message', 'signal', 'error', 'escalation', 'collaboration', 'category'].includes(name)) continue
      if (['itemDefinition', 'dataStore', 'documentation', 'extensionElements'].includes(name)) continue
      this.#refuse(child, `the ${name}`, 'take it out: it is not executed')
    }
  }

  process(process: XmlElement): BpmnProcess {
    this.#attributes(process)
    const id = this.#id(process)
    const { name, isExecutable } = process.attributes
    return {
      id,
      line: process.line,
      ...(name === undefined ? {} : { name }),
      isExecutable: isExecutable !== 'false',
      ...this.#level(process),
    }
  }

  #level(parent: XmlElement): BpmnLevel {
    const elements = new Map<string, BpmnElement>()
    const flows: SequenceFlow[] = []
    const compensations = new Map<string, string>()
    for (const child of parent.children) {
      if (!isModel(child)) {
        if (child.name !== 'extensionElements')
          this.#refuse(child, `'${child.name}' of ${child.namespace}`, 'take it out')
        continue
      }
      if (child.name === 'sequenceFlow') flows.push(this.#flow(child))
      else if (child.name === 'association') {
        const { sourceRef = '', targetRef = '' } = child.attributes
        compensations.set(sourceRef, targetRef)
      } else if (activities.has(child.name) || gateways.has(child.name) || events.has(child.name)) {
        const element = this.#element(child)
        elements.set(element.id, element)
      } else if (!drawings.has(child.name) && !/LoopCharacteristics$|EventDefinition$|^script$/.test(child.name))
        this.#refuse(child, `the ${child.name}`, instead[child.name] ?? 'take it out, or draw it with other elements')
    }
    for (const flow of flows) {
      const [source, target] = [elements.get(flow.source), elements.get(flow.target)]
      if (source === undefined || target === undefined)
        this.#problem(
          flow,
          `the sequence flow goes from '${flow.source}' to '${flow.target}'`,
          'join elements of one level',
        )
      source?.outgoing.push(flow)
      target?.incoming.push(flow)
    }
    return { elements, compensations }
  }

  #flow(flow: XmlElement): SequenceFlow {
    this.#attributes(flow)
    const condition = childOf(flow, 'conditionExpression')
    const { sourceRef = '', targetRef = '' } = flow.attributes
    const when = condition === undefined ? undefined : this.#condition(condition, flow)
    return {
      id: this.#id(flow),
      line: flow.line,
      source: sourceRef,
      target: targetRef,
      ...(when === undefined ? {} : { when }),
    }
  }

  #condition(condition: XmlElement, owner: XmlElement): string {
    const text = condition.text.trim()
    const { language = '' } = condition.attributes
    if (/^[$#]\{/.test(text) || /juel|groovy|javascript|xpath/i.test(language))
      this.#refuse(owner, `the condition '${text}'`, 'write it in FEEL')
    return toFeel(text)
  }

  #element(element: XmlElement): BpmnElement {
    this.#attributes(element)
    const { attributes, name: type } = element
    const isActivity = activities.has(type)
    const zeebe = readZeebe(element, (what, mend, line) => this.#refuse(element, what, mend, line))
    const loop = isActivity ? this.#loop(element) : undefined
    const event = this.#event(element)
    if (attributes.instantiate === 'true' || attributes.eventGatewayType === 'Parallel')
      this.#refuse(element, 'a gateway or task that starts the process', 'draw a start event')
    for (const count of ['startQuantity', 'completionQuantity'])
      if ((attributes[count] ?? '1') !== '1') this.#refuse(element, `${count} other than 1`, 'draw a loop or a gateway')
    if (isActivity) this.#inside(element)
    const script = childOf(element, 'script')
    if (script !== undefined && zeebe.script === undefined && zeebe.task === undefined)
      this.#refuse(element, `a script in ${attributes.scriptFormat ?? 'no language'}`, 'write it in FEEL: zeebe:script')
    return {
      id: this.#id(element),
      type,
      ...(attributes.name === undefined ? {} : { name: attributes.name }),
      line: element.line,
      incoming: [],
      outgoing: [],
      ...(attributes.default === undefined ? {} : { default: attributes.default }),
      zeebe,
      ...(event === undefined ? {} : { event }),
      ...(attributes.attachedToRef === undefined ? {} : { attachedTo: attributes.attachedToRef }),
      interrupting: (attributes.cancelActivity ?? attributes.isInterrupting) !== 'false',
      triggeredByEvent: attributes.triggeredByEvent === 'true',
      forCompensation: attributes.isForCompensation === 'true',
      ...(loop === undefined ? {} : { loop }),
      ...(type === 'subProcess' ? { inner: this.#level(element) } : {}),
    }
  }

  /** Data of the standard itself: values that somebody meant to be handed over. */
  #inside(element: XmlElement): void {
    for (const child of element.children.filter(isModel)) {
      if (['dataInputAssociation', 'dataOutputAssociation'].includes(child.name)) {
        if (childOf(child, 'assignment') !== undefined || childOf(child, 'transformation') !== undefined)
          this.#refuse(element, `the ${child.name}`, 'hand facts over with zeebe:ioMapping, in FEEL', child.line)
      } else if (['ioSpecification', 'property'].includes(child.name)) {
        const isUsed = childrenOf(child, 'dataInput').length + childrenOf(child, 'dataOutput').length > 0
        if (isUsed)
          this.#refuse(element, `the ${child.name}`, 'hand facts over with zeebe:ioMapping, in FEEL', child.line)
      } else if (['performer', 'humanPerformer', 'potentialOwner', 'resourceRole'].includes(child.name))
        this.#refuse(element, `the ${child.name}`, 'name the role with zeebe:assignmentDefinition', child.line)
    }
  }

  #loop(element: XmlElement): Loop | undefined {
    const standard = childOf(element, 'standardLoopCharacteristics')
    if (standard !== undefined) {
      const condition = childOf(standard, 'loopCondition')
      if (condition === undefined)
        this.#refuse(element, 'a loop without a condition', 'give it a loopCondition in FEEL')
      const { testBefore, loopMaximum } = standard.attributes
      return {
        type: 'while',
        condition: condition === undefined ? 'false' : this.#condition(condition, element),
        before: testBefore === 'true',
        ...(loopMaximum === undefined ? {} : { most: Number(loopMaximum) }),
      }
    }
    const multi = childOf(element, 'multiInstanceLoopCharacteristics')
    if (multi === undefined) return undefined
    for (const name of [
      'loopDataInputRef',
      'loopDataOutputRef',
      'inputDataItem',
      'outputDataItem',
      'complexBehaviorDefinition',
    ])
      if (childOf(multi, name) !== undefined)
        this.#refuse(element, `the ${name}`, 'name the list with zeebe:loopCharacteristics', multi.line)
    const { behavior = 'All', isSequential } = multi.attributes
    if (behavior !== 'All') this.#refuse(element, `the behavior ${behavior}`, 'draw an event inside', multi.line)
    const zeebe = childOf(childOf(multi, 'extensionElements'), 'loopCharacteristics')?.attributes ?? {}
    const cardinality = childOf(multi, 'loopCardinality')
    const until = childOf(multi, 'completionCondition')
    if (zeebe.inputCollection === undefined && cardinality === undefined)
      this.#refuse(element, 'a multi-instance activity without a list', 'give it an inputCollection', multi.line)
    const many = cardinality === undefined ? '0' : this.#condition(cardinality, element)
    const { outputCollection, outputElement } = zeebe
    return {
      type: 'each',
      sequential: isSequential === 'true',
      in:
        zeebe.inputCollection === undefined
          ? `if (${many}) < 1 then [] else for i in 1..(${many}) return i`
          : toFeel(zeebe.inputCollection),
      ...(zeebe.inputElement === undefined ? {} : { as: zeebe.inputElement }),
      ...(outputCollection === undefined
        ? {}
        : { collect: { saveAs: outputCollection, value: toFeel(outputElement ?? 'null') } }),
      ...(until === undefined ? {} : { until: this.#condition(until, element) }),
    }
  }

  #event(element: XmlElement): EventDefinition | undefined {
    if (element.name === 'receiveTask') return this.#message(element, element)
    if (element.name === 'sendTask' && element.attributes.messageRef !== undefined)
      return this.#message(element, element)
    if (!events.has(element.name)) return undefined
    const definitions = element.children.filter((child) => isModel(child) && /EventDefinition$|Ref$/.test(child.name))
    const inner = element.children.filter((child) => isModel(child) && /^data|Set$/.test(child.name))
    if (inner.length > 0) this.#refuse(element, `the ${inner[0]!.name}`, 'hand facts over with zeebe:ioMapping')
    const [definition, ...more] = definitions
    if (more.length > 0)
      this.#refuse(element, 'an event of several kinds', 'draw an event for each, behind an event-based gateway')
    return definition === undefined ? undefined : this.#definition(element, definition)
  }

  #definition(element: XmlElement, definition: XmlElement): EventDefinition | undefined {
    const { attributes } = definition
    switch (definition.name) {
      case 'messageEventDefinition':
        return this.#message(element, definition)
      case 'signalEventDefinition': {
        const signal = this.#named(element, this.#references.signals, attributes.signalRef, 'signal')?.attributes.name
        return { type: 'signal', signal: this.#static(element, signal, 'the name of the signal') }
      }
      case 'errorEventDefinition': {
        if (attributes.errorRef === undefined) return { type: 'error', code: null }
        const error = this.#named(element, this.#references.errors, attributes.errorRef, 'error')
        const code = error?.attributes.errorCode
        return { type: 'error', code: code === undefined ? null : this.#static(element, code, 'the code of the error') }
      }
      case 'escalationEventDefinition': {
        if (attributes.escalationRef === undefined) return { type: 'escalation', code: null }
        const one = this.#named(element, this.#references.escalations, attributes.escalationRef, 'escalation')
        const code = one?.attributes.escalationCode
        return { type: 'escalation', code: code === undefined ? null : this.#static(element, code, 'its code') }
      }
      case 'timerEventDefinition':
        return this.#timer(element, definition)
      case 'linkEventDefinition':
        return { type: 'link', link: attributes.name ?? '' }
      case 'compensateEventDefinition': {
        const { activityRef, waitForCompletion } = attributes
        if (waitForCompletion === 'false')
          this.#refuse(element, 'compensation that nobody waits for', 'let waitForCompletion be true')
        return { type: 'compensate', ...(activityRef === undefined ? {} : { activity: activityRef }) }
      }
      case 'terminateEventDefinition':
        return { type: 'terminate' }
      default:
        this.#refuse(
          element,
          `the ${definition.name}`,
          instead[definition.name] ?? 'draw another event',
          definition.line,
        )
        return undefined
    }
  }

  #message(element: XmlElement, by: XmlElement): EventDefinition {
    const message = this.#named(element, this.#references.messages, by.attributes.messageRef, 'message')
    const key = childOf(childOf(message, 'extensionElements'), 'subscription')?.attributes.correlationKey
    return {
      type: 'message',
      message: this.#static(element, message?.attributes.name, 'the name of the message'),
      ...(key === undefined ? {} : { key: toExpression(key) }),
    }
  }

  #timer(element: XmlElement, definition: XmlElement): EventDefinition | undefined {
    for (const [name, kind] of [
      ['timeDate', 'date'],
      ['timeDuration', 'duration'],
      ['timeCycle', 'cycle'],
    ] as const) {
      const time = childOf(definition, name)
      if (time !== undefined) return { type: 'timer', kind, value: toExpression(time.text.trim()) }
    }
    this.#refuse(element, 'a timer without a time', 'give it timeDate, timeDuration or timeCycle')
    return undefined
  }

  #named(element: XmlElement, known: Map<string, XmlElement>, reference: string | undefined, what: string) {
    const name = reference?.replace(/^.*:/, '')
    const found = name === undefined ? undefined : known.get(name)
    if (found === undefined)
      this.#refuse(element, `a ${what} that is not declared`, `declare the ${what} and refer to it`)
    return found
  }

  #static(element: XmlElement, text: string | undefined, what: string): string {
    const read: Expression = toExpression(text ?? '')
    if ('feel' in read)
      this.#refuse(element, `${what} in FEEL`, 'write it out; what differs goes into the correlation key')
    return 'feel' in read ? read.feel : read.text
  }

  #attributes(element: XmlElement): void {
    for (const name of Object.keys(element.attributes))
      if (!name.startsWith('{') && !known.has(name))
        this.#refuse(element, `the attribute ${name}`, 'take it out: it is not executed')
      else if (/^\{http:\/\/(camunda\.org\/schema\/1|activiti|flowable)/.test(name))
        this.#refuse(element, `the attribute ${name} of another engine`, 'write it with zeebe: as Camunda 8 does')
  }

  #id(element: XmlElement): string {
    const id = element.attributes.id ?? ''
    if (id === '') this.#refuse(element, `a ${element.name} without an id`, 'give it an id')
    else if (this.#ids.has(id)) this.#refuse(element, 'an id that is there twice', 'give each element an id of its own')
    this.#ids.add(id)
    return id
  }

  #refuse(element: XmlElement, what: string, mend: string, line = element.line): void {
    this.#problem({ id: element.attributes.id ?? element.name, line }, what, mend)
  }

  #problem({ id, line }: { id: string; line: number }, what: string, mend: string): void {
    this.#problems.push({ element: id, line, what, mend })
  }
}
