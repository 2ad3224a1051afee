// Facts of the machine and of the code that was measured, and what processes cost, from /proc.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
/** Of the kernel's accounting; 100 on every Linux that we know. */
const TICKS = 100

export interface MachineFacts {
  cpu: string
  cores: number
  memoryMb: number
  kernel: string
  node: string
  commit: string
  /** Whether files were changed since. */
  changed: boolean
  /** Of the last 1 and 5 minutes, before the measuring began. */
  load: number[]
  at: string
}

export function machineFacts(): MachineFacts {
  const git = (...words: string[]) => execFileSync('git', words, { cwd: root, encoding: 'utf8' }).trim()
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryMb: Math.round(totalmem() / 1_048_576),
    kernel: release(),
    node: process.version,
    commit: git('rev-parse', '--short', 'HEAD'),
    changed: git('status', '--porcelain', '--untracked-files=no') !== '',
    load: loadavg()
      .slice(0, 2)
      .map((value) => Number(value.toFixed(2))),
    at: new Date().toISOString(),
  }
}

/** Seconds of CPU that a process has used; with `family`, its children that live and those that have ended too. */
export function cpuSeconds(pid: number, family = false): number {
  const ticks = ticksOf(pid)
  if (ticks === undefined) return 0
  if (!family) return (ticks[0]! + ticks[1]!) / TICKS
  const children = childrenOf(pid).reduce((sum, child) => sum + cpuSeconds(child), 0)
  return ticks.reduce((sum, value) => sum + value, 0) / TICKS + children
}

/** utime, stime, cutime, cstime: fields 14 to 17 of /proc/<pid>/stat, counted after the name in brackets. */
function ticksOf(pid: number): number[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 15)
      .map(Number)
  } catch {
    return undefined
  }
}

export function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

/** Megabytes: `pss` shares what several processes hold among them, so that sums count it once; `rss` counts it in each. */
export function memoryOf(pid: number): { pss: number; rss: number } {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    const megabytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) / 1024
    return { pss: megabytes('Pss'), rss: megabytes('Rss') }
  } catch {
    return { pss: 0, rss: 0 }
  }
}
