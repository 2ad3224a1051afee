// Writes that are sent twice are done once: the first answer is kept by the caller's Idempotency-Key.
import { createCipheriv, createDecipheriv, createHash, type Hash, hkdfSync, randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { machineTime } from '../clock/index.ts'
import { gather } from '../gather/index.ts'
import type { Sql } from '../sql/index.ts'
import { IdempotencyKeyInUse, IdempotencyKeyMissing, IdempotencyKeyReused } from './problems.ts'

/** A write that this process is doing under a key. */
export interface Claim {
  caller: string
  key: string
  startedAt: Date
}

export interface Idempotency {
  /** Claims the key, or answers as the first time. Throws 400, 409 or 422. */
  begin(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined>
  /** Keeps the answer before it leaves; lets go of the claim if the write was refused or failed. */
  end(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<void>
  /** Deletes what is older than a day, at most 10,000 rows at a time; says how many. */
  clean(): Promise<number>
}

/** Milliseconds after which a claim without an answer is taken for lost: longer than any request lives. */
const LEASE = 60_000
const KEPT = 24 * 3_600_000
const GATHERED = { most: 50, atOnce: 4 }
const KEPT_HEADERS = ['content-type', 'location', 'etag', 'link']

/**
 * How it works. Before the handler the key is claimed by one row, committed at once, so that a second request, here or
 * in another process, sees it: the same key with another request is 422, with the same while the first is at work 409,
 * afterwards the first answer again (with `idempotency-replayed: true`). Callers have their own keys each. Only answers
 * below 400 are kept: a refusal changed nothing, so the same key may try again. They are kept 24 hours, encrypted, since
 * they may hold personal data; of the request only a hash is kept, of the caller too.
 *
 * The claim's commit is not waited for: it is seen at once, and if the database dies, so has the connection that holds it.
 *
 * What it cannot do. The claim, the handler's transaction and the kept answer are three commits. If the process dies
 * between the last two, the write is done but the answer is not kept: the claim falls with the connection that made it, or
 * after a minute, a retry runs the handler again, and then only the handler's own idempotency helps (a unique reference, a
 * version, insert-once). So each block must bear being asked twice; this room makes that rare and gives the caller the very
 * same answer.
 */
export function createIdempotency({ sql, secret }: { sql: Sql; secret: Buffer }): Idempotency {
  const key = Buffer.from(hkdfSync('sha256', secret, 'ashlar http', 'stored answers', 32))

  /** Writes that come at about the same moment claim their keys together; the same key twice among them goes alone. */
  const claim = gather(async (claims: NewClaim[]): Promise<boolean[]> => {
    const names = claims.map(nameOf)
    if (new Set(names).size < names.length) throw new Error('the same key twice at once: each by itself')
    const now = machineTime.now()
    const claimed = await sql<{ caller: string; key: string }>`
      insert into kernel.idempotency (caller, key, fingerprint, started_at, backend)
      select caller, key, fingerprint, started_at, pg_backend_pid() from ${sql.unnest(claimColumns, claims)}
      where set_config('synchronous_commit', 'off', true) is not null
      order by caller, key
      on conflict (caller, key) do update
          set fingerprint = excluded.fingerprint, started_at = excluded.started_at, backend = excluded.backend,
            status = null, headers = null, body = null, answered_at = null
          where idempotency.answered_at < ${ago(now, KEPT)}
            or (idempotency.status is null and idempotency.fingerprint = excluded.fingerprint
              and (idempotency.started_at < ${ago(now, LEASE)}
                or (idempotency.backend is not null
                  and not exists (select from pg_stat_activity a where a.pid = idempotency.backend))))
      returning caller, key`
    const ours = new Set(claimed.map(nameOf))
    return names.map((name) => ours.has(name))
  }, GATHERED)

  const keep = gather(async (answers: NewAnswer[]): Promise<boolean[]> => {
    await sql`
      update kernel.idempotency as i
      set status = rows.status, headers = rows.headers, answered_at = ${machineTime.now()}, body = rows.body
      from (select * from ${sql.unnest(answerColumns, answers)} order by caller, key) as rows
      where i.caller = rows.caller and i.key = rows.key and i.started_at = rows.started_at`
    return answers.map(() => true)
  }, GATHERED)

  return {
    async begin(request, reply) {
      const given = keyOf(request)
      const caller = callerOf(request)
      const fingerprint = fingerprintOf(request)
      const startedAt = machineTime.now()
      if (await claim({ caller, key: given, fingerprint, startedAt })) {
        request.claim = { caller, key: given, startedAt }
        return undefined
      }
      const [first] = await sql<StoredAnswer>`
        select fingerprint, status, headers, body from kernel.idempotency where caller = ${caller} and key = ${given}`
      if (first === undefined) throw IdempotencyKeyInUse() // let go of at this moment: try again
      if (first.fingerprint !== fingerprint) throw IdempotencyKeyReused()
      if (first.status === null) throw IdempotencyKeyInUse()
      reply
        .code(first.status)
        .headers(first.headers ?? {})
        .header('idempotency-replayed', 'true')
        .send(first.body === null ? undefined : decrypt(key, first.body, caller + given))
      return reply
    },

    async end(request, reply, payload) {
      const { claim } = request
      if (claim === null) return
      request.claim = null
      const text = typeof payload === 'string' ? payload : Buffer.isBuffer(payload) ? payload.toString('utf8') : ''
      const kept =
        reply.statusCode < 400 && (payload === undefined || payload === null || text !== '' || payload === '')
      if (kept) {
        const headers = Object.fromEntries(
          KEPT_HEADERS.map((name) => [name, reply.getHeader(name)]).filter(([, value]) => value !== undefined),
        )
        const body = text === '' ? null : encrypt(key, text, claim.caller + claim.key)
        await keep({ ...claim, status: reply.statusCode, headers, body })
      } else
        await sql`
          delete from kernel.idempotency
          where caller = ${claim.caller} and key = ${claim.key} and started_at = ${claim.startedAt}`
    },

    async clean() {
      const rows = await sql`
        delete from kernel.idempotency where (caller, key) in (
          select caller, key from kernel.idempotency
          where started_at < ${ago(machineTime.now(), KEPT + LEASE)} order by started_at limit 10000
        ) returning key`
      return rows.length
    },
  }
}

interface NewClaim extends Claim {
  fingerprint: string
}

interface NewAnswer extends Claim {
  status: number
  headers: object
  body: Buffer | null
}

const claimColumns = { caller: 'text', key: 'text', fingerprint: 'text', started_at: 'timestamptz' }
const answerColumns = {
  caller: 'text',
  key: 'text',
  started_at: 'timestamptz',
  status: 'integer',
  headers: 'jsonb',
  body: 'bytea',
}

interface StoredAnswer {
  fingerprint: string
  status: number | null
  headers: Record<string, string> | null
  body: Buffer | null
}

function nameOf({ caller, key }: Pick<Claim, 'caller' | 'key'>): string {
  return `${caller} ${key}`
}

function ago(now: Date, milliseconds: number): Date {
  return new Date(now.getTime() - milliseconds)
}

/** As the expired draft has it, in quotes, or bare as most send it. */
function keyOf(request: FastifyRequest): string {
  const header = request.headers['idempotency-key']
  if (typeof header !== 'string') throw IdempotencyKeyMissing()
  const key = header.trim().replace(/^"(.*)"$/, '$1')
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) throw IdempotencyKeyMissing()
  return key
}

/** Whose keys these are; hashed, for the table must not list persons. Anonymous callers share one room of keys. */
function callerOf(request: FastifyRequest): string {
  const context = request.caller?.context
  const who = context
    ? [context.actor.kind, context.actor.id, context.represented?.kind, context.represented?.id, context.tenant]
    : ['anonymous']
  return createHash('sha256').update(JSON.stringify(who)).digest('base64url')
}

function fingerprintOf(request: FastifyRequest): string {
  const hash = createHash('sha256').update(`${request.method} ${request.url}\0${request.bodyText}`)
  // Forms and uploads have no text that would be the same again: their boundaries differ, their fields do not.
  if (request.bodyText === '' && request.body) add(hash, request.body)
  return hash.digest('base64url')
}

function add(hash: Hash, value: unknown): void {
  if (Buffer.isBuffer(value)) hash.update(`\0${value.length}\0`).update(value)
  else if (typeof value !== 'object' || value === null) hash.update(`\0${JSON.stringify(value)}`)
  else for (const [name, item] of Object.entries(value)) add(hash.update(`\0${JSON.stringify(name)}`), item)
}

/** Bound to its row: an answer moved to another caller's row does not open. */
function encrypt(key: Buffer, text: string, row: string): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(row))
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
}

function decrypt(key: Buffer, stored: Buffer, row: string): string {
  const decipher = createDecipheriv('aes-256-gcm', key, stored.subarray(0, 12), { authTagLength: 16 })
  decipher.setAAD(Buffer.from(row)).setAuthTag(stored.subarray(-16))
  return decipher.update(stored.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8')
}
