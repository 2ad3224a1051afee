// Finds a task or a question in the flow of a definition, wherever it stands.
import type { FlowItem } from '@ashlar/catalogue'

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
