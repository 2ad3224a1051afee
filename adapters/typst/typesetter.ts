// Keeps the typesetter: a process of its own, started at the first letter, killed when it hangs, started again after.
import { type ChildProcess, fork } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type Answer, eachLine, longestLine, type Order, send } from './order.ts'

export interface TypesetterOptions {
  /** Path of the Unix socket on which printers find it; its folder should be ours alone. */
  socket: string
  /** Folders with more fonts (TTF, OTF), for scripts that the fonts beside this file do not know. */
  fonts?: string[]
  /** Milliseconds that one letter may take. Default 5000. */
  limit?: number
}

export interface Typesetter {
  socket: string
  stop(): Promise<void>
}

const beside = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/**
 * Why a process: Typst is native code that ends its whole process on a panic (a name with combining marks was enough,
 * typst/typst#8667), and a thread inside it cannot be stopped. Whoever calls this must be allowed to start processes;
 * whoever prints need not.
 */
export async function startTypesetter({ socket, fonts = [], limit = 5_000 }: TypesetterOptions): Promise<Typesetter> {
  const queue: { order: Order; printer: Socket }[] = []
  const printers = new Set<Socket>()
  let child: ChildProcess | undefined
  let busy = false
  let stopped = false

  function start(): ChildProcess {
    const started = fork(new URL('./typesetter-process.ts', import.meta.url), {
      // Nothing of our environment goes along. The font configuration names no fonts of the machine, and a package that
      // a template might ask for cannot be fetched.
      env: {
        FONTCONFIG_FILE: beside('./fonts/no-system-fonts.conf'),
        HTTPS_PROXY: 'http://127.0.0.1:9',
        TYPESETTER: JSON.stringify({ library: beside('./library'), fonts: [beside('./fonts'), ...fonts] }),
      },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    started.on('error', () => {}) // 'exit' or the limit follows
    return started
  }

  async function next(): Promise<void> {
    const waiting = busy || stopped ? undefined : queue.shift()
    if (!waiting) return
    busy = true
    const answer = await set(waiting.order)
    busy = false
    if (!waiting.printer.destroyed) send(waiting.printer, answer)
    void next()
  }

  function set(order: Order): Promise<Answer> {
    child ??= start()
    const setter = child
    hold(setter, true)
    return new Promise((resolve) => {
      const timer = setTimeout(() => fail(), limit)
      const done = (answer: Answer) => {
        clearTimeout(timer)
        setter.off('message', done).off('exit', fail)
        hold(setter, false)
        resolve(answer)
      }
      const fail = () => {
        setter.kill('SIGKILL')
        child = undefined
        done({ failed: true })
      }
      setter.on('message', done).on('exit', fail)
      setter.send(order, (error) => error && fail())
    })
  }

  const server = createServer((printer) => {
    printers.add(printer)
    printer.unref()
    printer.on('error', () => {})
    printer.on('close', () => printers.delete(printer))
    eachLine(printer, longestLine, (line) => {
      queue.push({ order: JSON.parse(line) as Order, printer })
      void next()
    })
  })
  await rm(socket, { force: true })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socket, resolve))
  server.unref()

  return {
    socket,
    stop: async () => {
      stopped = true
      server.close()
      for (const printer of printers) printer.destroy()
      child?.kill('SIGKILL')
      await rm(socket, { force: true })
    },
  }
}

/** An idle typesetter does not keep our process alive; one at work does. */
function hold(child: ChildProcess, atWork: boolean): void {
  if (atWork) child.ref()
  else child.unref()
  if (atWork) child.channel?.ref()
  else child.channel?.unref()
}
