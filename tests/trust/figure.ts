// One figure of the trust report: what was promised, what was measured, and over how much.

export interface Figure {
  /** Of the catalogue of trust tests. */
  id: string
  promise: string
  value: number
  /** '= 0', '> 0', '<= 30' */
  target: string
  /** What was looked at; a figure over nothing proves nothing. */
  examined?: number
  ok: boolean
  /** What was found, if it is not ok. */
  findings?: string[]
}

export function figure(
  id: string,
  promise: string,
  value: number,
  target: string,
  more: { examined?: number; findings?: string[] } = {},
): Figure {
  const [comparison, limit] = target.split(' ') as [string, string]
  const bound = Number(limit)
  const holds =
    comparison === '='
      ? value === bound
      : comparison === '>'
        ? value > bound
        : comparison === '>='
          ? value >= bound
          : value <= bound
  return { id, promise, value: Math.round(value * 100) / 100, target, ...more, ok: holds && more.examined !== 0 }
}

export function printFigures(figures: Figure[]): void {
  const width = Math.max(...figures.map(({ promise }) => promise.length))
  console.log(`\n     ${'id'.padEnd(4)} ${'promise'.padEnd(width)} ${'value'.padStart(8)}  target      examined`)
  for (const { id, promise, value, target, examined, ok, findings = [] } of figures) {
    const over = examined === undefined ? '' : String(examined).padStart(8)
    console.log(
      `  ${ok ? '✓' : '✗'}  ${id.padEnd(4)} ${promise.padEnd(width)} ${String(value).padStart(8)}  ${target.padEnd(8)}  ${over}`,
    )
    if (!ok) for (const finding of findings.slice(0, 10)) console.log(`            ${finding}`)
  }
  console.log()
}
