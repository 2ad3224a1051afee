// Programs of their own beside the one that is measured: the generators of load, and bare Fastify.
import { type ChildProcess, execFile, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Load, LoadReport } from './load.ts'
import type { PlainOrders } from './plain.ts'

const program = (name: string) => fileURLToPath(new URL(name, import.meta.url))

export function runLoad(load: Load): Promise<LoadReport> {
  return runJson<LoadReport>('load.ts', load)
}

/** Runs a program with its orders as JSON on its standard input, and reads its report. */
export function runJson<Report>(name: string, orders: object): Promise<Report> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      ['--no-warnings', program(name)],
      { maxBuffer: 64_000_000 },
      (error, stdout, stderr) => {
        if (error) reject(new Error(`${name}: ${stderr || error.message}`))
        else resolve(JSON.parse(stdout) as Report)
      },
    )
    child.stdin!.end(JSON.stringify(orders))
  })
}

export interface Plain {
  port: number
  pid: number
  stop(): void
}

/** Bare Fastify, listening. */
export function startPlain(orders: PlainOrders): Promise<Plain> {
  const child: ChildProcess = fork(program('plain.ts'), { execArgv: ['--no-warnings'], stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`bare Fastify ended with ${code}`)))
    child.once('message', (port) => resolve({ port: port as number, pid: child.pid!, stop: () => child.kill() }))
    child.send(orders)
  })
}
