// `ashlar reset` and `ashlar seed`: the data of the demo.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readSettings } from '@ashlar/server'
import { type Arguments, settingsOf, UsageError } from './arguments.ts'
import { callRunning, findRunning } from './running.ts'

/** What `start` makes in a data folder; anything else there is somebody's, and stays. */
const ours = ['postgres', 'files', 'sandbox', 'secrets.json', 'running.json', 'card-provider']

export async function reset({ flags }: Arguments): Promise<number> {
  const { values } = readSettings(settingsOf(flags, ['yes']))
  const folder = resolve(values.data.folder)
  if (values.database.url)
    throw new Error('DATABASE_URL is set: drop that database yourself, it may hold more than a demo.')
  if (!existsSync(folder)) {
    console.log(`There is no data in ${folder}.`)
    return 0
  }
  if (findRunning(folder)) throw new Error('The country is running: stop it first (q, or Ctrl-C).')
  const strangers = readdirSync(folder).filter((name) => !ours.includes(name))
  if (!flags.yes)
    throw new UsageError(
      `This deletes ${ours.filter((name) => existsSync(join(folder, name))).join(', ')} in ${folder}. Say --yes if you mean it.`,
    )
  for (const name of ours) rmSync(join(folder, name), { recursive: true, force: true })
  console.log(
    `The data in ${folder} is gone${strangers.length ? `; left alone: ${strangers.join(', ')}` : ''}. The next start begins anew.`,
  )
  return 0
}

export async function seed({ flags }: Arguments): Promise<number> {
  const people = flags.people === undefined ? undefined : Number(flags.people)
  if (people !== undefined && !(Number.isSafeInteger(people) && people >= 0))
    throw new UsageError('--people takes a whole number.')
  const answer = await callRunning<{ people: number; records: number; seconds: number }>(
    settingsOf(flags, ['people', 'json']),
    'POST',
    '/demo/seed',
    people === undefined ? {} : { people },
  )
  console.log(
    flags.json ? JSON.stringify(answer) : `${answer.people} people, ${answer.records} records, in ${answer.seconds} s.`,
  )
  return 0
}
