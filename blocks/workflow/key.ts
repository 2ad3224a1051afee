// The key of a piece of work: '<instance>:<node>:<visit>', under which its effect is committed once.

export function keyOf(instance: string, node: string, visit: number): string {
  return `${instance}:${node}:${visit}`
}

const shape = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}):(.+):(\d+)$/

/** Throws a fault for what is no such key; callers from outside check `isKey` first. */
export function readKey(key: string): { instance: string; node: string; visit: number } {
  const parts = shape.exec(key)
  if (parts === null) throw new Error('not the key of a piece of work')
  return { instance: parts[1]!, node: parts[2]!, visit: Number(parts[3]) }
}

export function isKey(key: string): boolean {
  return shape.test(key)
}
