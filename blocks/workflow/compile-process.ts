// The graph of a public service: drawn in process.bpmn beside its service.yaml, or written as `flow:`.

import type { BpmnProblem } from './bpmn-model.ts'
import { compileFlow } from './compile.ts'
import { checkBpmn, compileBpmn } from './compile-bpmn.ts'
import type { Graph } from './graph.ts'
import type { DrawnService } from './items.ts'

/** The file in the folder of a service that holds its process. */
const PROCESS_FILE = 'process.bpmn'

/** Throws FlowNotExecutable or ProcessNotExecutable (422). */
export function compileProcess(definition: DrawnService & { files?: Record<string, string> }): Graph {
  const xml = definition.files?.[PROCESS_FILE]
  return xml === undefined ? compileFlow(definition) : compileBpmn(definition, xml)
}

/** What of a drawn process is not executed; nothing if it is written. */
export function checkProcess(definition: DrawnService & { files?: Record<string, string> }): BpmnProblem[] {
  const xml = definition.files?.[PROCESS_FILE]
  return xml === undefined ? [] : checkBpmn(definition, xml).problems
}
