// The serving process: gets what it needs from the launcher, wires the house, and serves.
import { createLog } from '@ashlar/kernel/log'
import type { FailedMessage, ReadyMessage, StartMessage } from './messages.ts'
import { serve } from './serve.ts'

const told = new Promise<StartMessage>((resolve) =>
  process.once('message', (message) => resolve(message as StartMessage)),
)
const tell = (answer: ReadyMessage | FailedMessage) => process.send?.(answer)

try {
  refuseRights()
  const start = await told
  const log = createLog({ level: start.settings.log.level })
  process.on('unhandledRejection', (reason) => log.error({ err: reason }, 'a promise was rejected and nobody cared'))
  const running = await serve({ ...start, log })
  tell(running.ready)

  let stopping = false
  const stop = async () => {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(1), 8_000).unref()
    await running.close()
    process.exit(0)
  }
  process.once('SIGTERM', () => void stop())
  // A server without its launcher would serve a database that nobody keeps.
  process.once('disconnect', () => void stop())
} catch (error) {
  tell({ ready: false, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  process.exitCode = 1
  process.disconnect?.()
}
// Ctrl-C reaches the whole group; the launcher decides.
process.on('SIGINT', () => undefined)

/** The serving process may neither start programs nor write code; it refuses to run if it could. */
function refuseRights(): void {
  const held = process.permission
  if (!held || held.has('child') || held.has('fs.write', import.meta.filename))
    throw new Error('The serving process has more rights than it needs: start it through the launcher (npm start).')
}
