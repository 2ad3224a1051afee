// The door of the launcher: an embedded PostgreSQL 18 in a folder, or the operator's own database.

export { isAlive } from './alive.ts'
export { checkDurability } from './durability.ts'
export { PostgresRefusal } from './refusal.ts'
export type { DatabaseChoice } from './resolve-database.ts'
export { resolveDatabase } from './resolve-database.ts'
export type { PostgresOptions, RunningPostgres } from './start-postgres.ts'
export { startPostgres } from './start-postgres.ts'
