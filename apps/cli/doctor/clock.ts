// Examines this computer's clock: what was written here before cannot be from the future.
import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Settings } from '@ashlar/server'
import { type Finding, fault, fine, type Surroundings } from './finding.ts'

const tolerated = 120_000

export async function examineClock({ root, now }: Surroundings, { data }: Settings): Promise<Finding[]> {
  const folder = resolve(data.folder)
  const written = [
    join(root, 'package.json'),
    join(folder, 'secrets.json'),
    join(folder, 'postgres/owner.json'),
    join(folder, 'postgres/cluster/global/pg_control'),
  ].flatMap((file) => statSync(file, { throwIfNoEntry: false })?.mtime ?? [])
  const newest = Math.max(...written.map((at) => at.getTime()))
  const behind = newest - now().getTime()
  if (behind <= tolerated) return [fine('clock', `${now().toISOString()}`)]
  return [
    fault(
      'clock',
      `This computer says ${now().toISOString()}, but wrote files here at ${new Date(newest).toISOString()}: its clock went back.`,
      'let it follow NTP; deadlines and signatures need the right time',
    ),
  ]
}
