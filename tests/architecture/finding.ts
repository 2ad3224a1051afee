// What a check of the house gives back, and how it runs a program.
import { spawn } from 'node:child_process'

/** `examined` counts what was looked at, in `unit`s; each problem is a line that says what to do. */
interface Findings {
  examined: number
  unit: string
  problems: string[]
}

export type Check = (root: string) => Promise<Findings>

/** Runs a program of node_modules/.bin and gives its exit code and output; never throws for a non-zero exit. */
export function run(command: string, args: string[], cwd: string): Promise<{ code: number; out: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? 1, out: Buffer.concat(chunks).toString('utf8') }))
  })
}
