// What may be kept: texts that Postgres can store, and names that are no traps of JavaScript.

/** Whether Postgres can keep every text in it: no NUL, no half of a surrogate pair. Depth is bounded already. */
export function storable(value: unknown): boolean {
  if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed()
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([name, item]) => storable(name) && storable(item))
}

export function isPoison(name: string): boolean {
  return name === '__proto__' || name === 'constructor' || name === 'prototype'
}
