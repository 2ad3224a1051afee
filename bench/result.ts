// One line of the table: what was measured, beside its limit in the same run.
import type { LoadReport } from './load.ts'

export interface BenchOptions {
  /** For data and logs; emptied before and after. */
  folder: string
  /** How long each thing is measured. */
  seconds: number
  say(text: string): void
}

export interface Row {
  bench: string
  what: string
  value: number
  unit: string
  /** The same work by the least that could do it, measured right before or after. */
  limit?: { what: string; value: number }
  /** What the issue asks for: '≤ 50 ms', or beside the limit '≥ 0.5 ×'. */
  wanted?: string
  detail?: unknown
}

/** A load and its limit as rows: flat out, and latencies at a fixed rate. */
export function loadRows(
  bench: string,
  what: string,
  { flat, steady, rate, plainFlat, plainSteady, cost, plainCost }: LoadPair,
  wanted: { flat?: string; p95?: string } = {},
): Row[] {
  const plain = 'bare Fastify'
  return [
    {
      bench,
      what: `${what}, flat out`,
      value: flat.perSecond,
      unit: '/s',
      limit: { what: plain, value: plainFlat.perSecond },
      ...(wanted.flat ? { wanted: wanted.flat } : {}),
      detail: { flat, plainFlat },
    },
    {
      bench,
      what: `${what}, CPU for each`,
      value: cost,
      unit: 'ms',
      limit: { what: plain, value: plainCost },
    },
    {
      bench,
      what: `${what}, p50 at ${rate}/s`,
      value: steady.p50,
      unit: 'ms',
      limit: { what: plain, value: plainSteady.p50 },
    },
    {
      bench,
      what: `${what}, p95 at ${rate}/s`,
      value: steady.p95,
      unit: 'ms',
      limit: { what: plain, value: plainSteady.p95 },
      ...(wanted.p95 ? { wanted: wanted.p95 } : {}),
      detail: { steady, plainSteady },
    },
  ]
}

export interface LoadPair {
  /** Milliseconds of CPU for each answer, flat out; the database is counted where there is one. */
  cost: number
  plainCost: number
  flat: LoadReport
  steady: LoadReport
  rate: number
  plainFlat: LoadReport
  plainSteady: LoadReport
}

/** Whether a figure is not what is wanted; one that is only told in words is for people to judge. */
export function fallsShort({ value, unit, limit, wanted }: Row): boolean {
  const [, than, number, of] = /^([≤≥>]) ([\d.]+) (\S+)/.exec(wanted ?? '') ?? []
  const figure = of === '×' ? limit && value / limit.value : of === unit ? value : undefined
  if (figure === undefined) return false
  if (than === '≤') return figure > Number(number)
  return than === '>' ? figure <= Number(number) : figure < Number(number)
}

export function table(rows: Row[]): string {
  const number = (value: number) => (value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3))))
  const cells = rows.map(({ what, value, unit, limit, wanted }) => [
    what,
    `${number(value)} ${unit}`,
    limit ? `${number(limit.value)} ${unit}` : '',
    limit ? `${number(value / limit.value)} ×` : '',
    limit?.what ?? '',
    wanted ?? '',
  ])
  const lines = [['what', 'Ashlar', 'limit', 'ratio', 'limit is', 'wanted'], ...cells]
  const widths = lines[0]!.map((_, at) => Math.max(...lines.map((line) => line[at]!.length)))
  return lines
    .map((line) => line.map((cell, at) => (at ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!))).join('  '))
    .join('\n')
}
