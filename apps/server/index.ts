// The door of the server: what the launcher needs of it, light enough to load at once. The house itself is loaded by main.ts.
export { blockMigrations, blockRoles } from './blocks.ts'
export type { FailedMessage, ReadyMessage, StartMessage } from './messages.ts'
export { type Secrets, secretsOf } from './secrets.ts'
export { readSettings, refusalOf, type Settings, settingsSchema } from './settings.ts'
export { version } from './version.ts'
