// What the doctor finds, and the machine as it sees it; a test puts another machine in its place.
import { readFileSync, statfsSync } from 'node:fs'
import { freemem, tmpdir } from 'node:os'

export interface Finding {
  state: 'fine' | 'warning' | 'fault'
  about: string
  /** What is so, and why that matters. */
  says: string
  mend?: string
}

export interface Surroundings {
  /** Where the program stands. */
  root: string
  flags: Record<string, string | boolean>
  nodeVersion: string
  platform: string
  temporary: string
  now(): Date
  freeBytes(folder: string): number
  freeMemory(): number
}

export const fine = (about: string, says: string): Finding => ({ state: 'fine', about, says })
export const warning = (about: string, says: string, mend: string): Finding => ({ state: 'warning', about, says, mend })
export const fault = (about: string, says: string, mend: string): Finding => ({ state: 'fault', about, says, mend })

export const thisMachine: Omit<Surroundings, 'root' | 'flags'> = {
  nodeVersion: process.versions.node,
  platform: `${process.platform}-${process.arch}`,
  temporary: tmpdir(),
  now: () => new Date(),
  freeBytes: (folder) => {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  },
  freeMemory: () => {
    try {
      const line = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))
      return line ? Number(line[1]) * 1024 : freemem()
    } catch {
      return freemem()
    }
  },
}

export const megabytes = (bytes: number): string => `${Math.round(bytes / 1_000_000).toLocaleString('en')} MB`
