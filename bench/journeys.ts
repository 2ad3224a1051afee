// Plays whole applications, from what is sent until the case is closed, and reports how long each took. A process of its
// own: node bench/journeys.ts < orders.json. Flat out it keeps so many under way; at a rate it starts each at its time.
import { randomUUID } from 'node:crypto'
import { json } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import { Pool } from 'undici'

export interface JourneyOrders {
  url: string
  /** Of the database's superuser: to see what is closed, whoever closes it. */
  database: string
  tokens: string[]
  /** Sent with all answers in one piece; or finished drafts are sent; or drafts are filled in, page by page, for that. */
  way: 'in-one-piece' | 'send-drafts' | 'fill-in'
  /** To be sent; the first belongs to the first token and so on, in turn. */
  drafts?: string[]
  count: number
  pace: { underWay: number } | { perSecond: number }
}

export interface JourneyReport {
  journeys: number
  /** Until the last case was closed, and until no job was left to do (mail included). */
  seconds: number
  untilIdle: number
  /** Milliseconds from the time it should have been sent to the receipt, and to the closed case. */
  acknowledged: Times
  closed: Times
}

interface Times {
  p50: number
  p95: number
  max: number
}

const SERVICE = 'criminal-record-extract'
const ANSWERS = { purpose: 'employment', otherNames: [] }
/** How often we look for what is closed; milliseconds. */
const LOOK = 10
const PATIENCE = 120_000
/** Drafts that are filled in at the same time. */
const AT_ONCE = 16

const orders = (await json(process.stdin)) as JourneyOrders
const { tokens, count, pace } = orders
const http = new Pool(orders.url, { connections: 64 })
const database = new Client({ connectionString: orders.database, application_name: 'ashlar bench' })
await database.connect()

const due = new Map<string, number>()
const early = new Map<string, number>()
const acknowledged: number[] = []
const closed: number[] = []
let sent = 0
let failure: Error | undefined
let lastClosed = 0

process.stdout.write(JSON.stringify(orders.way === 'fill-in' ? await fillIn() : await play()))
await database.end()
await http.close()

async function play(): Promise<JourneyReport> {
  const start = performance.now()
  const watching = watch()
  if ('underWay' in pace) for (let each = 0; each < pace.underWay; each++) next(performance.now())
  else
    for (; sent < count && !failure; await delay(1))
      while (sent < count && start + (sent * 1000) / pace.perSecond <= performance.now())
        next(start + (sent * 1000) / pace.perSecond)
  await watching
  if (failure) throw failure
  await allDone()
  return {
    journeys: closed.length,
    seconds: (lastClosed - start) / 1000,
    untilIdle: (performance.now() - start) / 1000,
    acknowledged: timesOf(acknowledged),
    closed: timesOf(closed),
  }
}

function next(at: number): void {
  if (sent >= count || failure) return
  send(sent++).then(
    (caseId) => {
      acknowledged.push(performance.now() - at)
      const ended = early.get(caseId)
      if (ended === undefined) due.set(caseId, at)
      else end(at, ended)
    },
    (error: Error) => {
      failure ??= error
    },
  )
}

function end(at: number, now: number): void {
  closed.push(now - at)
  lastClosed = now
  if ('underWay' in pace) next(now)
}

/** Reads what was told of closed cases, from the oldest transaction that was open at the last look. */
async function watch(): Promise<void> {
  const seen = new Set<string>()
  const look = (from: string | null) =>
    database.query<{ horizon: string; case: string | null }>({
      name: 'closed',
      text: `with now as (select pg_snapshot_xmin(pg_current_snapshot()) as horizon)
        select now.horizon::text, o.data ->> 'case' as case
        from now left join kernel.outbox o on o.type = 'cases.closed' and o.tx >= coalesce($1::text::xid8, now.horizon)`,
      values: [from],
    })
  let horizon = (await look(null)).rows[0]!.horizon
  for (const patience = performance.now() + PATIENCE; closed.length < count && !failure; await delay(LOOK)) {
    if (performance.now() > patience) failure = new Error(`${count - closed.length} cases were not closed in time`)
    const { rows } = await look(horizon)
    horizon = rows[0]!.horizon
    const now = performance.now()
    for (const { case: id } of rows) {
      if (id === null || seen.has(id)) continue
      seen.add(id)
      const at = due.get(id)
      if (at === undefined) early.set(id, now)
      else end(at, now)
    }
  }
}

/** Until nothing is due any more. */
async function allDone(): Promise<void> {
  for (let left = 1; left > 0; await delay(LOOK)) {
    const { rows } = await database.query<{ left: number }>(
      `select count(*)::int as left from kernel.job where run_at < 'infinity' and run_at <= now()`,
    )
    left = rows[0]!.left
  }
}

function send(at: number): Promise<string> {
  const token = tokenOf(at)
  if (orders.way === 'send-drafts') return apply(token, `drafts/${orders.drafts![at]}/submission`)
  return apply(token, 'applications', { service: SERVICE, language: 'en', answers: ANSWERS })
}

function tokenOf(at: number): string {
  return tokens[at % tokens.length]!
}

async function fillIn(): Promise<string[]> {
  const drafts: string[] = []
  for (let from = 0; from < count; from += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, at) => draft(tokenOf(from + at)))
    drafts.push(...(await Promise.all(some)))
  }
  return drafts
}

async function draft(token: string): Promise<string> {
  const begun = await write<{ id: string; version: number }>('POST', 'drafts', token, {
    service: SERVICE,
    language: 'en',
  })
  const { id } = begun
  let { version } = begun
  for (const [page, body] of Object.entries({ purpose: { purpose: 'employment' }, 'other-names': { otherNames: [] } }))
    version = (await write<{ version: number }>('PUT', `drafts/${id}/pages/${page}`, token, body, version)).version
  return id
}

async function apply(token: string, path: string, body?: object): Promise<string> {
  return (await write<{ caseId: string }>('POST', path, token, body)).caseId
}

async function write<Body>(
  method: 'POST' | 'PUT',
  path: string,
  token: string,
  body?: object,
  version?: number,
): Promise<Body> {
  const answer = await http.request({
    method,
    path: `/api/cases/v1/${path}`,
    headers: {
      authorization: `Bearer ${token}`,
      'idempotency-key': randomUUID(),
      ...(version === undefined ? {} : { 'if-match': `"${version}"` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.body.text()
  if (answer.statusCode > 299) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`)
  return JSON.parse(text) as Body
}

function timesOf(values: number[]): Times {
  values.sort((a, b) => a - b)
  const at = (share: number) =>
    Number((values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0).toFixed(1))
  return { p50: at(0.5), p95: at(0.95), max: at(1) }
}
