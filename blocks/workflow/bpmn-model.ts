// A BPMN 2.0 file as it is read: elements with their lines, what they refer to resolved, before anything is judged.
import type { XmlElement } from '@ashlar/kernel/xml'

/** Something of a file that is not executed; it is refused, and told with its place and what to do. */
export interface BpmnProblem {
  element: string
  line: number
  what: string
  mend: string
}

export interface BpmnModel {
  processes: BpmnProcess[]
  problems: BpmnProblem[]
}

export interface BpmnProcess extends BpmnLevel {
  id: string
  line: number
  name?: string
  isExecutable: boolean
}

/** The elements of a process or of a sub-process. */
export interface BpmnLevel {
  elements: Map<string, BpmnElement>
  /** Activity that takes back, by boundary event. */
  compensations: Map<string, string>
}

export interface SequenceFlow {
  id: string
  line: number
  source: string
  target: string
  /** FEEL. */
  when?: string
}

export interface BpmnElement {
  id: string
  /** The name of the XML element: 'userTask'. */
  type: string
  name?: string
  line: number
  incoming: SequenceFlow[]
  outgoing: SequenceFlow[]
  /** The id of the default sequence flow. */
  default?: string
  zeebe: Zeebe
  event?: EventDefinition
  attachedTo?: string
  /** Of a boundary event, or of the start of an event sub-process. */
  interrupting: boolean
  triggeredByEvent: boolean
  forCompensation: boolean
  loop?: Loop
  inner?: BpmnLevel
}

/** A static text, or FEEL where it began with '='. */
export type Expression = { text: string } | { feel: string }

/** What Camunda 8's modeler writes beside the standard. */
export interface Zeebe {
  /** The type of a job: the name of a step that a block offers. */
  task?: string
  inputs?: [target: string, source: Expression][]
  outputs?: [target: string, source: Expression][]
  decision?: { id: string; saveAs: string }
  script?: { source: string; saveAs: string }
  called?: { process: string; parentFacts: boolean; childFacts: boolean }
  assignment?: { assignee?: string; groups?: string; users?: string }
  schedule?: { due?: string; followUp?: string }
  form?: string
  /** Of messages that are thrown. */
  publish?: { key?: Expression }
  /** Task headers and properties. */
  words: Record<string, string>
}

export type EventDefinition =
  | { type: 'message'; message: string; key?: Expression }
  | { type: 'signal'; signal: string }
  | { type: 'error'; code: string | null }
  | { type: 'escalation'; code: string | null }
  | { type: 'timer'; kind: 'date' | 'duration' | 'cycle'; value: Expression }
  | { type: 'link'; link: string }
  | { type: 'compensate'; activity?: string }
  | { type: 'terminate' }

export type Loop =
  | {
      type: 'each'
      sequential: boolean
      in: string
      as?: string
      collect?: { saveAs: string; value: string }
      until?: string
    }
  | { type: 'while'; condition: string; before: boolean; most?: number }

export const MODEL = 'http://www.omg.org/spec/BPMN/20100524/MODEL'
export const ZEEBE = 'http://camunda.org/schema/zeebe/1.0'

export const isModel = (element: XmlElement): boolean => element.namespace === MODEL
