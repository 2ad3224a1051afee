// An account: a person's or an officer's way in; how sure we are who they are. Pure.

/** How sure we are: eIDAS levels of assurance. */
export type Level = 'low' | 'substantial' | 'high'
export type Method = 'code' | 'passkey' | 'door'

/** A person's account. `person` is the id of the population register. */
export interface PersonAccount {
  person: string
  name: string
  /** E-mail, for one-time codes. */
  address?: string
  language?: string
  /** How surely the account belongs to the person. */
  level: Level
  /** Opens it without a key, in the demo only: /as/<door>. */
  door?: string
}

/** How a person can be written to. */
export interface Contact {
  email?: string
  language?: string
}

/** An officer, from `staff.yaml`. */
export interface Officer {
  id: string
  name: string
  agency: string
  unit?: string
  roles: string[]
  email?: string
  language?: string
  /** Whether the demo has a door to this workplace, under the officer's id. */
  door?: boolean
}

const levels: Level[] = ['low', 'substantial', 'high']
/** The most that a way of signing in can show; a door shows what the account has. */
const most: Record<Method, Level> = { code: 'substantial', passkey: 'high', door: 'high' }

/** The lower of what the account has and what this sign-in showed. */
export function levelOf(account: Level, method: Method): Level {
  return levels[Math.min(levels.indexOf(account), levels.indexOf(most[method]))] as Level
}

export function isAtLeast(level: Level, needed: Level): boolean {
  return levels.indexOf(level) >= levels.indexOf(needed)
}
