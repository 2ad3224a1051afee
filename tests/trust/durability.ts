// The product refuses a database that forgets: one that a test has run without durability, and one whose settings were changed.
import { appendFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Figure, figure } from './figure.ts'
import { query } from './people.ts'
import { startProduct } from './product.ts'

interface Where {
  /** Of a control that ran on a forgetful database: its data are there. */
  folder: string
  say(text: string): void
}

/** Each must be refused, with its reason; what started anyway is stopped and counted. */
export async function refusesForgetfulness({ folder, say }: Where): Promise<Figure[]> {
  const data = join(folder, 'data')
  const accepted: string[] = []
  const attempt = async (what: string, reason: RegExp, from: string) => {
    const log = join(folder, 'refusal.log')
    const error = await startProduct({ data: from, log, settings: { 'demo.people': '200' } }).then(
      async (product) => {
        await product.stop()
        return undefined
      },
      (error: Error) => error,
    )
    const refused = error !== undefined && reason.test(error.message)
    say(`${what}: ${refused ? 'refused' : `not refused (${error?.message.slice(0, 200) ?? 'it started'})`}`)
    if (!refused) accepted.push(what)
  }

  await attempt('a folder that a forgetful database has written', /without durability/, data)

  const fresh = join(folder, 'changed')
  rmSync(fresh, { recursive: true, force: true })
  const product = await startProduct({
    data: fresh,
    log: join(folder, 'refusal.log'),
    settings: { 'demo.people': '200' },
  })
  await query(product, 'alter role ashlar_cases set synchronous_commit = off')
  await product.stop()
  await attempt('a role that may forget', /synchronous_commit/, fresh)
  appendFileSync(join(fresh, 'postgres/cluster/postgresql.auto.conf'), '\nsynchronous_commit = off\n')
  await attempt('synchronous_commit = off in its settings', /synchronous_commit.* is off/, fresh)
  return [
    figure('A1c', 'Starts on a database that may forget', accepted.length, '= 0', { examined: 3, findings: accepted }),
  ]
}
