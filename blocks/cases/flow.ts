// Finds a task or a question in the flow of a definition, wherever it stands.
import type { FlowItem, PublicService } from '@ashlar/catalogue'

type Named = Extract<FlowItem, { kind: 'ask' | 'task' }>

export function findInFlow<Kind extends Named['kind']>(
  flow: unknown,
  kind: Kind,
  name: string,
): Extract<Named, { kind: Kind }> | undefined {
  if (typeof flow !== 'object' || flow === null) return undefined
  const item = flow as Named
  if (item.kind === kind && item.name === name) return item as Extract<Named, { kind: Kind }>
  for (const part of Object.values(flow)) {
    const found = findInFlow(part, kind, name)
    if (found !== undefined) return found
  }
  return undefined
}

/** The clock starts not with the application, but when the process says that it is complete. */
export function startsWhenComplete({ clock, flow }: Pick<PublicService, 'clock' | 'flow'>): boolean {
  return clock?.from === 'complete' && hasStep(flow, COMPLETE)
}

/** The step by which a process says so. */
export const COMPLETE = 'cases.complete'

function hasStep(flow: unknown, step: string): boolean {
  if (typeof flow !== 'object' || flow === null) return false
  if ((flow as { kind?: string; step?: string }).kind === 'step' && (flow as { step?: string }).step === step)
    return true
  return Object.values(flow).some((part) => hasStep(part, step))
}
