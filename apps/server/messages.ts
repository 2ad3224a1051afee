// What the launcher and the serving process tell each other: the start, and that it serves.
import type { Country } from '@ashlar/catalogue'
import type { Secrets } from './secrets.ts'
import type { Settings } from './settings.ts'

/** The launcher owns the database and gives the serving process what it needs: no superuser, no way to spawn. */
export interface StartMessage {
  settings: Settings
  secrets: Secrets
  database: { url: string; passwords: Record<string, string> }
  /** As it was read and checked at the start. */
  country: Country
  provider: { url: string; key: string; secret: string }
  /** The sandbox of agencies' systems; only in the demo. */
  agencies?: { url: string; secret: string }
  /** Socket of the typesetter, a process of its own. */
  typesetter: string
  /** What the address is for people. */
  baseUrl: string
  /** Milliseconds since 1970, for the start screen. */
  startedAt: number
}

/** What the start screen says. */
export interface ReadyMessage {
  ready: true
  url: string
  country: string
  version: string
  people: number
  doors: { path: string; about: string; note: string }[]
  services: number
}

export interface FailedMessage {
  ready: false
  error: string
}
