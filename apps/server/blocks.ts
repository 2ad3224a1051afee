// The blocks of the house that keep tables: their migrations and login roles.
import type { BlockMigrations } from '@ashlar/kernel/sql'

const kernelRooms = ['keys']
const blocks = [
  'catalogue',
  'consent',
  'registries',
  'identity',
  'decisions',
  'workflow',
  'cases',
  'payments',
  'messaging',
  'documents',
  'exchange',
]

const folder = (path: string) => new URL(`../../${path}/migrations/`, import.meta.url)

export const blockMigrations: BlockMigrations[] = [
  ...kernelRooms.map((name) => ({ name, folder: folder(`kernel/${name}`) })),
  ...blocks.map((name) => ({ name, folder: folder(`blocks/${name}`) })),
]

/** Roles that the serving process logs in as; the owners of the schemas are not among them. */
export const blockRoles: string[] = ['kernel', ...kernelRooms, ...blocks].map((name) => `ashlar_${name}`)
