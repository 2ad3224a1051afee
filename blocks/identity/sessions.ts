// Sessions: opened at sign-in under a new token, found by its hash, ended by time, sign-out, or a change of the account.
import { machineTime } from '@ashlar/kernel/clock'
import { gather } from '@ashlar/kernel/gather'
import { type Pairwise, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Context, Database, Sql } from '@ashlar/kernel/sql'
import { type Level, levelOf, type Method } from './account.ts'
import { SignInNeeded } from './problems.ts'
import { type AccountRow, identityStore, type SessionRow } from './store.ts'
import { hashToken, isToken, newToken, openWith, sealWith } from './token.ts'

export interface Session {
  id: string
  kind: 'person' | 'staff'
  account: string
  name: string
  language?: string
  level: Level
  method: Method
  roles: string[]
  scopes: string[]
  /** Whom the session acts for, with a name to show; the context says the same. */
  represented?: { kind: 'person' | 'organisation'; id: string; name: string }
  /** The mandates cover some services or acts only: what else concerns the represented party is not for this session. */
  isLimited?: true
  /** Ready but for trace, channel and purpose, which each request knows better. */
  context: Context
  signedInAt: string
  /** When it ends whatever happens, and when it ends if nothing does. */
  expiresAt: string
  idleAt: string
}

/** The token is told once, here; it belongs into a cookie that scripts cannot read. */
export interface SignedIn {
  token: string
  session: Session
}

/** What callers may do: everybody of a kind, and more by role; the role `*` is every officer's. */
export interface ScopePolicy {
  person: string[]
  staff: string[]
  roles: Record<string, string[]>
}

export interface SessionTimes {
  /** Minutes without a request. */
  idle: number
  /** Hours in all. */
  most: number
}

export const SECTOR = 'identity'
/** Revoked elsewhere, a session may be accepted in this process for so long; what is revoked here ends at once. */
const KEPT_MS = 1000
const MOST_KEPT = 10_000
/** Writing at every request would cost a commit each. */
const TOUCH_MS = 60_000

export interface SessionNeeds {
  sql: Database
  pairwise: Pairwise
  scopes: ScopePolicy
  times: Record<'person' | 'staff', SessionTimes>
}

export function createSessions({ sql, pairwise, scopes, times }: SessionNeeds) {
  const kept = new Map<string, { until: number; session: Session }>()
  const machineNow = () => machineTime.now()

  const toSession = (row: SessionRow, token: string): Session => {
    const person = row.person === null ? undefined : pairwise.back(SECTOR, row.person)
    const represented = representedOf(row, token)
    return {
      id: row.id,
      kind: row.kind,
      account: row.account,
      name: openWith(token, row.name),
      ...(row.language === null ? {} : { language: row.language }),
      level: row.level,
      method: row.method,
      roles: row.roles,
      scopes: row.kind === 'person' ? scopes.person : staffScopes(row.roles),
      ...(represented ? { represented } : {}),
      context:
        person === undefined
          ? {
              tenant: row.tenant,
              actor: { kind: 'staff', id: row.staff as string },
              ...(row.unit === null ? {} : { unit: row.unit }),
              roles: row.roles,
              purpose: 'case-work',
              channel: 'web',
              trace: '',
            }
          : {
              tenant: null,
              actor: { kind: 'person', id: person },
              subject: represented?.id ?? person,
              ...(represented ? { represented: { kind: represented.kind, id: represented.id } } : {}),
              assurance: row.level,
              purpose: 'self-service',
              channel: 'web',
              trace: '',
            },
      signedInAt: row.opened_at.toISOString(),
      expiresAt: row.expires_at.toISOString(),
      idleAt: row.idle_at.toISOString(),
    }
  }

  const representedOf = (row: SessionRow, token: string): Session['represented'] => {
    if (row.represented === null || row.represented_kind === null || row.represented_name === null) return undefined
    const id = pairwise.back(SECTOR, row.represented)
    return { kind: row.represented_kind, id, name: openWith(token, row.represented_name) }
  }

  /** Of every officer, of every role (`*`), and of the roles that this officer has. */
  const staffScopes = (roles: string[]): string[] => {
    const byRole = ['*', ...roles].flatMap(
      (role) => (Object.hasOwn(scopes.roles, role) ? scopes.roles[role] : []) ?? [],
    )
    return [...new Set([...scopes.staff, ...byRole])]
  }

  /** Visitors who come at about the same moment are asked for together. */
  const rowOf = gather(async (hashes: Buffer[]): Promise<(SessionRow | undefined)[]> => {
    const rows = await identityStore(sql).sessionsOf(hashes, machineNow())
    const found = new Map(rows.map((row) => [row.token_hash.toString('base64'), row]))
    return hashes.map((hash) => found.get(hash.toString('base64')))
  })

  const keep = (token: string, session: Session, now: number): void => {
    if (kept.size >= MOST_KEPT) kept.clear()
    kept.set(token, { until: now + KEPT_MS, session })
  }

  const insert = async (sql: Sql, row: Omit<SessionRow, 'token_hash' | 'id'>, token: string): Promise<SignedIn> => {
    const whole = { ...row, id: uuidv7(), token_hash: hashToken(token) }
    await identityStore(sql).insertSession(whole)
    return { token, session: toSession(whole, token) }
  }

  const touch = (row: SessionRow, now: Date): Promise<void> => {
    const idleAt = new Date(now.getTime() + times[row.kind].idle * 60_000)
    return sql.begin(worker, (sql) => identityStore(sql).touchSession(row.token_hash, now, idleAt))
  }

  return {
    /** In the transaction of the sign-in. `previous` is the token the visitor came with: it is dead from now on. */
    async open(sql: Sql, account: AccountRow, name: string, method: Method, previous?: string): Promise<SignedIn> {
      const now = machineNow()
      const { idle, most } = times[account.kind]
      const token = newToken()
      const store = identityStore(sql)
      await store.clean(now)
      if (isToken(previous)) {
        await store.deleteSession(hashToken(previous))
        kept.delete(previous)
      }
      const row = {
        account: account.id,
        kind: account.kind,
        tenant: account.tenant,
        person: account.person,
        staff: account.staff,
        unit: account.unit,
        roles: account.roles,
        language: account.language,
        level: levelOf(account.level, method),
        method,
        name: sealWith(token, name),
        represented_kind: null,
        represented: null,
        represented_name: null,
        opened_at: now,
        seen_at: now,
        idle_at: new Date(now.getTime() + idle * 60_000),
        expires_at: new Date(now.getTime() + most * 3_600_000),
      }
      return insert(sql, row, token)
    },

    async find(token: string | undefined): Promise<Session | undefined> {
      if (!isToken(token)) return undefined
      const now = machineNow()
      const known = kept.get(token)
      if (known && known.until > now.getTime()) return known.session
      const row = await rowOf(hashToken(token))
      if (!row) {
        kept.delete(token)
        return undefined
      }
      if (now.getTime() - row.seen_at.getTime() > TOUCH_MS) await touch(row, now)
      const session = toSession(row, token)
      keep(token, session, now.getTime())
      return session
    },

    /** The session goes on under a new token, for somebody else or for oneself again; the old token is dead. */
    async exchange(
      token: string,
      acting: { kind: 'person' | 'organisation'; represented: string; name: string } | undefined,
    ): Promise<SignedIn> {
      const fresh = newToken()
      const exchanged = await sql.begin(worker, async (sql) => {
        const row = await identityStore(sql).takeSession(hashToken(token), machineNow())
        if (!row) throw SignInNeeded()
        const next = {
          ...row,
          name: sealWith(fresh, openWith(token, row.name)),
          represented_kind: acting?.kind ?? null,
          represented: acting?.represented ?? null,
          represented_name: acting ? sealWith(fresh, acting.name) : null,
        }
        return insert(sql, next, fresh)
      })
      kept.delete(token)
      return exchanged
    },

    async end(token: string | undefined): Promise<void> {
      if (!isToken(token)) return
      await sql.begin(worker, (sql) => identityStore(sql).deleteSession(hashToken(token)))
      kept.delete(token)
    },

    /** Sessions of accounts that changed are ended by SQL; this process must not remember them. */
    forget(): void {
      kept.clear()
    },
  }
}

export type Sessions = ReturnType<typeof createSessions>

/** Before a sign-in there is nobody on whose behalf to act. */
export const worker: Context = {
  tenant: '*',
  actor: { kind: 'system', id: 'identity' },
  purpose: 'sign-in',
  channel: 'system',
  trace: 'identity',
}
