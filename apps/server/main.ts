// The serving process: reads the country, gets what else it needs from the launcher, wires the house, and serves.
import { checkCountry, loadCountry, ready } from '@ashlar/catalogue'
import { checkTable } from '@ashlar/decisions'
import { createLog } from '@ashlar/kernel/log'
import { checkTemplate } from '@ashlar/typst'
import type { FailedMessage, ReadyMessage, StartMessage } from './messages.ts'
import { offers } from './offers.ts'
import { serve } from './serve.ts'

const [folder = ''] = process.argv.slice(2)
const told = new Promise<StartMessage>((resolve) =>
  process.once('message', (message) => resolve(message as StartMessage)),
)
const tell = (answer: ReadyMessage | FailedMessage) => process.send?.(answer)

try {
  refuseRights()
  // Begun before the launcher has opened the database: reading a country takes as long as that.
  const reading = readCountry(folder)
  reading.catch(() => undefined)
  const start = await told
  const log = createLog({ level: start.settings.log.level })
  process.on('unhandledRejection', (reason) => log.error({ err: reason }, 'a promise was rejected and nobody cared'))
  const running = await serve({ ...start, country: await reading, log })
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

/** What cannot run yet is a draft, whatever its file says; a country that cannot be read at all is an error. */
async function readCountry(folder: string) {
  const loaded = await loadCountry(folder)
  const report = checkCountry(loaded, { offers, checkTable, checkLetter: checkTemplate })
  if (loaded.country) return ready(loaded.country, report, offers)
  throw new Error(report.problems.map(({ file, line, message }) => `${file}:${line} ${message}`).join('\n'))
}

/** The serving process may neither start programs nor write code; it refuses to run if it could. */
function refuseRights(): void {
  const held = process.permission
  if (!held || held.has('child') || held.has('fs.write', import.meta.filename))
    throw new Error('The serving process has more rights than it needs: start it through the launcher (npm start).')
}
