// The serving process as the launcher keeps it: started without the right to spawn or to write code, and brought back when
// it dies, for what it had acknowledged is in the database.
import { type ChildProcess, fork } from 'node:child_process'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { FailedMessage, ReadyMessage, StartMessage } from '@ashlar/server'

const root = fileURLToPath(new URL('../../', import.meta.url))
const patience = 8_000

export interface ServingProcess {
  /** Tells it what it needs, and waits until it serves. Throws with its own words if it cannot. */
  serve(message: StartMessage): Promise<ReadyMessage>
  pid(): number | undefined
  stop(): Promise<void>
}

/** Starts at once, so that its modules are loaded while the launcher opens the database and reads the country. */
export function startServingProcess(folder: string, say: (message: string) => void): ServingProcess {
  let child = start()
  let stopping = false

  function start(): ChildProcess {
    const started = fork(join(root, 'apps/server/main.ts'), {
      execArgv: permissions(folder),
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
      env: { ...process.env, DATABASE_URL: undefined, ASHLAR_DATABASE__URL: undefined, NODE_OPTIONS: undefined },
    })
    // Its end is looked at where it matters.
    started.on('error', () => undefined)
    return started
  }

  async function tell(message: StartMessage): Promise<ReadyMessage> {
    const told = child
    const answer = await new Promise<ReadyMessage | FailedMessage>((resolve) => {
      const end = (code: number | null) => resolve({ ready: false, error: `the serving process ended with ${code}` })
      told.once('message', (message) => resolve(message as ReadyMessage | FailedMessage))
      told.once('exit', end)
      if (told.exitCode !== null) end(told.exitCode)
      else told.send(message, () => undefined)
    })
    if (!answer.ready) throw new Error(answer.error)
    told.once('exit', () => void comeBack(message))
    return answer
  }

  async function comeBack(message: StartMessage): Promise<void> {
    for (let pause = 100; !stopping; pause = Math.min(pause * 2, 5_000)) {
      say('The serving process ended; starting it again.')
      try {
        child = start()
        await tell(message)
        return
      } catch (error) {
        say(`It does not start: ${(error as Error).message}`)
        await delay(pause)
      }
    }
  }

  return {
    serve: tell,
    pid: () => child.pid,
    stop: async () => {
      stopping = true
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await Promise.race([gone, delay(patience, undefined, { ref: false })])
      child.kill('SIGKILL')
    },
  }
}

/**
 * What the serving process may do: read the program, read and write its own two folders of the data. The database's
 * files and secrets, which may lie beside the program, are none of its business.
 */
function permissions(folder: string): string[] {
  const modules = dirname(dirname(fileURLToPath(import.meta.resolve('pg/package.json'))))
  const program = ['apps', 'blocks', 'kernel', 'adapters', 'ui', 'package.json'].map((name) => join(root, name))
  const own = ['files', 'sandbox'].map((name) => join(folder, name))
  const readable = [...program, modules, '/proc', ...own]
  return [
    '--no-warnings',
    '--permission',
    ...readable.map((path) => `--allow-fs-read=${path}`),
    ...own.map((path) => `--allow-fs-write=${path}`),
  ]
}
