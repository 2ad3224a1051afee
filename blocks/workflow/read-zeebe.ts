// The extension elements of Camunda 8 (zeebe:*) on an element: read, or refused by name.
import { childOf, childrenOf, type XmlElement } from '@ashlar/kernel/xml'
import { type Expression, isModel, ZEEBE, type Zeebe } from './bpmn-model.ts'

type Refuse = (what: string, mend: string, line: number) => void

/** A text that begins with '=' is FEEL; all else stands for itself. */
export function toExpression(text: string): Expression {
  return text.trimStart().startsWith('=') ? { feel: toFeel(text) } : { text }
}

/** Where FEEL is expected the '=' may be left out. */
export function toFeel(text: string): string {
  return text.trim().replace(/^=/, '').trim()
}

const elsewhere: Record<string, string> = {
  executionListeners: 'draw a task before or after it',
  taskListeners: 'draw a task before or after it',
  linkedResources: 'take it out',
  adHoc: 'draw the tasks one after the other',
  conditionalFilter: 'draw an exclusive gateway',
}

/** Read elsewhere, or a mark that changes nothing. */
const passed = new Set([
  'userTask',
  'versionTag',
  'userTaskForm',
  'subscription',
  'loopCharacteristics',
  'priorityDefinition',
])

export function readZeebe(element: XmlElement, refuse: Refuse): Zeebe {
  const zeebe: Zeebe = { words: {} }
  for (const extension of childOf(element, 'extensionElements')?.children ?? []) {
    if (extension.namespace === ZEEBE) readOne(extension, zeebe, refuse)
    else if (isModel(extension) || isForPeople(extension)) continue
    else
      refuse(`'${extension.name}' of ${extension.namespace}`, 'write it with zeebe: as Camunda 8 does', extension.line)
  }
  return zeebe
}

/** What drawing tools keep for themselves. */
function isForPeople({ namespace }: XmlElement): boolean {
  return /\/(modeler|bioc|color|signavio|bpmn-js-token-simulation)/i.test(namespace)
}

function readOne(extension: XmlElement, zeebe: Zeebe, refuse: Refuse): void {
  const { attributes, name } = extension
  switch (name) {
    case 'taskDefinition':
      zeebe.task = attributes.type ?? ''
      if (zeebe.task.startsWith('='))
        refuse('a task type in FEEL', 'name the step: which block does it is not decided while running', extension.line)
      return
    case 'ioMapping':
      zeebe.inputs = mappings(extension, 'input')
      zeebe.outputs = mappings(extension, 'output')
      return
    case 'taskHeaders':
      for (const { attributes } of childrenOf(extension, 'header'))
        zeebe.words[attributes.key ?? ''] = attributes.value ?? ''
      return
    case 'properties':
      for (const { attributes } of childrenOf(extension, 'property'))
        zeebe.words[attributes.name ?? ''] = attributes.value ?? ''
      return
    case 'calledDecision':
      zeebe.decision = { id: attributes.decisionId ?? '', saveAs: attributes.resultVariable ?? '' }
      if (zeebe.decision.id.startsWith('=')) refuse('a decision named in FEEL', 'name the rule', extension.line)
      return
    case 'script':
      zeebe.script = { source: toFeel(attributes.expression ?? ''), saveAs: attributes.resultVariable ?? '' }
      return
    case 'calledElement':
      zeebe.called = {
        process: attributes.processId ?? '',
        parentFacts: attributes.propagateAllParentVariables !== 'false',
        childFacts: attributes.propagateAllChildVariables !== 'false',
      }
      if (zeebe.called.process.startsWith('=')) refuse('a process named in FEEL', 'name the process', extension.line)
      return
    case 'assignmentDefinition': {
      const { assignee, candidateGroups, candidateUsers } = attributes
      zeebe.assignment = {
        ...(assignee === undefined ? {} : { assignee }),
        ...(candidateGroups === undefined ? {} : { groups: candidateGroups }),
        ...(candidateUsers === undefined ? {} : { users: candidateUsers }),
      }
      return
    }
    case 'taskSchedule': {
      const { dueDate, followUpDate } = attributes
      zeebe.schedule = {
        ...(dueDate === undefined ? {} : { due: dueDate }),
        ...(followUpDate === undefined ? {} : { followUp: followUpDate }),
      }
      return
    }
    case 'formDefinition':
      zeebe.form = attributes.formId ?? attributes.externalReference ?? attributes.formKey ?? ''
      return
    case 'publishMessage':
      zeebe.publish = attributes.correlationKey === undefined ? {} : { key: toExpression(attributes.correlationKey) }
      return
    default:
      if (!passed.has(name))
        refuse(`zeebe:${name}`, elsewhere[name] ?? 'take it out: it is not executed', extension.line)
  }
}

function mappings(extension: XmlElement, name: string): [string, Expression][] {
  return childrenOf(extension, name).map(({ attributes }) => [
    attributes.target ?? '',
    toExpression(attributes.source ?? ''),
  ])
}
