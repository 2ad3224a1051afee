// The serving process: gets what it needs from the launcher, wires the house, publishes the country, and serves.
import { checkCountry, loadCountry, ready } from '@ashlar/catalogue'
import { checkTable } from '@ashlar/decisions'
import { createLog } from '@ashlar/kernel/log'
import { checkTemplate } from '@ashlar/typst'
import type { FailedMessage, ReadyMessage, StartMessage } from './messages.ts'
import { offers } from './offers.ts'
import { serve } from './serve.ts'

process.once('message', async (message) => {
  const start = message as StartMessage
  const log = createLog({ level: start.settings.log.level })
  const tell = (answer: ReadyMessage | FailedMessage) => process.send?.(answer)
  process.on('unhandledRejection', (reason) => log.error({ err: reason }, 'a promise was rejected and nobody cared'))
  try {
    refuseRights()
    const loaded = await loadCountry(start.settings.country.folder)
    const report = checkCountry(loaded, { offers, checkTable, checkLetter: checkTemplate })
    if (!loaded.country)
      throw new Error(report.problems.map(({ file, line, message }) => `${file}:${line} ${message}`).join('\n'))
    const running = await serve({ ...start, country: ready(loaded.country, report, offers), log })
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
    // Ctrl-C reaches the whole group; the launcher decides.
    process.on('SIGINT', () => undefined)
    // A server without its launcher would serve a database that nobody keeps.
    process.once('disconnect', () => void stop())
  } catch (error) {
    tell({ ready: false, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    process.exit(1)
  }
})

/** The serving process may neither start programs nor write code; it refuses to run if it could. */
function refuseRights(): void {
  const held = process.permission
  if (!held || held.has('child') || held.has('fs.write', import.meta.filename))
    throw new Error('The serving process has more rights than it needs: start it through the launcher (npm start).')
}
