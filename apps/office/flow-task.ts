// The task of a flow by its name, wherever it stands.
import type { FlowItem } from '@ashlar/catalogue'

type Task = Extract<FlowItem, { kind: 'task' }>

export function findTask(flow: unknown, name: string): Task | undefined {
  if (typeof flow !== 'object' || flow === null) return undefined
  const item = flow as Partial<Task>
  if (item.kind === 'task' && item.name === name) return item as Task
  for (const part of Object.values(flow)) {
    const found = findTask(part, name)
    if (found) return found
  }
  return undefined
}
