// Sends messages: signed once, tried until they are acknowledged, one agency's silence holding up nobody else.
import { isUuid, uuidOf } from '@ashlar/kernel/identifiers'
import type { Context } from '@ashlar/kernel/sql'
import { digestOf, type Envelope, openEnvelope, publicKeyOf, sealEnvelope } from './envelope.ts'
import { type Json, type MessageView, MOST_MS, messageLifecycle, pauseAfter } from './message.ts'
import { asExchange, type ExchangeNeeds } from './needs.ts'
import { MessageNotFound, SharingNotAgreed, SystemNotFound } from './problems.ts'
import { exchangeStore, type LinkRow, type MessageRow } from './store.ts'
import type { AgencySystem } from './system.ts'

/** What an agency is to be told, on which ground. */
export interface Telling {
  /** The same again is told once. */
  key: string
  agency: string
  /** If several systems of the agency hear this message. */
  system?: string
  message: string
  data: Record<string, Json>
  /** The register whose fields these are, and the agreement that lets the agency have them. */
  ground: { register: string; agreement: string; purpose: string }
  case: { id: string; reference: string; service: string }
  /** Who tells: tenant is the authority, subject the person whose case it is. */
  context: Context
}

/** What a process learns when it is over. */
export interface Told {
  state: 'acknowledged' | 'refused' | 'expired' | 'cancelled'
  agency: string
  at: string
}

const MOST_AT_ONCE = 1_000

export function createSending(needs: ExchangeNeeds) {
  const { sql, clock, jobs, events, keys, pairwise, consent, systems, instance, post } = needs
  const sealedFor = (row: Pick<MessageRow, 'id' | 'person'>) =>
    row.person === null ? row.id : pairwise.back('exchange', row.person)

  const systemFor = (agency: string, message: string, wanted?: string): AgencySystem => {
    const found = systems().find(
      (one) => one.agency === agency && one.hears.includes(message) && (wanted ?? one.system) === one.system,
    )
    if (found === undefined) throw SystemNotFound(agency, message)
    return found
  }

  const queue = (row: Pick<MessageRow, 'id' | 'agency' | 'system'>, runAt?: Date) => ({
    queue: 'exchange.send',
    key: row.id,
    payload: { message: row.id },
    share: `${row.agency}/${row.system}`,
    ...(runAt === undefined ? {} : { runAt }),
  })

  /** Judged and written into the person's log before anything is queued: nothing leaves without its ground. */
  async function permit({ key, agency, data, ground, case: about, context }: Telling): Promise<string> {
    const verdict = await consent.permits({ ...ground, fields: Object.keys(data), act: 'read', reader: agency })
    if (!verdict.permitted) throw SharingNotAgreed(verdict.detail)
    const { law, basis } = verdict.agreement
    const persons = context.subject === undefined || !isUuid(context.subject) ? [] : [context.subject]
    await consent.recordAll([
      {
        key: `tell ${key}`,
        outcome: 'read',
        reader: agency,
        register: ground.register,
        fields: Object.keys(data),
        persons,
        shown: 1,
        agreement: ground.agreement,
        basis: basis === 'consent' ? 'consent' : 'agreement',
        purpose: ground.purpose,
        law,
        case: about.reference,
        context,
      },
    ])
    return law
  }

  async function tell(telling: Telling): Promise<MessageView> {
    const { key, agency, message, data, ground, case: about, context } = telling
    const known = await sql.read(asExchange, (sql) => exchangeStore(sql).byKey(key))
    if (known !== undefined) return toView(known)
    const { system } = systemFor(agency, message, telling.system)
    const law = await permit(telling)
    const authority = context.tenant ?? ''
    const at = clock.now()
    // The same key is the same message, also to the agency, whatever happens between here and the commit.
    const id = uuidOf(`exchange ${key}`)
    const envelope = await sealEnvelope(
      'message',
      {
        id,
        from: `${instance}/${authority}`,
        to: `${instance}/${agency}/${system}`,
        message,
        issuedAt: at.toISOString(),
        case: about.reference,
        law,
        agreement: ground.agreement,
        purpose: ground.purpose,
        data,
      },
      (bytes) => keys.sign(authority, bytes),
    )
    const person =
      context.subject === undefined || !isUuid(context.subject) ? null : pairwise.of('exchange', context.subject)
    const row: MessageRow = {
      id,
      key,
      tenant: authority,
      person,
      agency,
      system,
      name: message,
      caseId: about.id,
      service: about.service,
      state: messageLifecycle.initial,
      envelope: await keys.seal(sealedFor({ id, person }), JSON.stringify(envelope)),
      digest: digestOf(envelope),
      attempts: 0,
      failure: null,
      queuedAt: at,
      endedAt: null,
      receipt: null,
    }
    await sql.begin(asExchange, async (sql) => {
      if (!(await exchangeStore(sql).insertOnce(row))) return
      await jobs.add(sql, queue(row))
      await announce(sql, 'exchange.told', row)
    })
    return toView((await sql.read(asExchange, (sql) => exchangeStore(sql).byKey(key))) ?? row)
  }

  const announce = (sql: Parameters<typeof events.publish>[0], type: string, row: MessageRow) =>
    events.publish(sql, {
      type,
      key: row.id,
      data: { key: row.key, case: row.caseId, agency: row.agency, message: row.name },
      share: row.service,
    })

  // One call at a time to a system, many systems at once: who does not answer holds up only what is meant for them.
  jobs.handle('exchange.send', { batch: 1, concurrency: 12, perShare: 1, attempts: 20 }, async (batch) => {
    for (const { payload } of batch) await send((payload as { message: string }).message)
  })

  async function send(id: string): Promise<void> {
    const row = await sql.read(asExchange, (sql) => exchangeStore(sql).find(id))
    if (row?.state !== 'waiting') return
    const link = await exchangeStore(sql).link(row.agency, row.system)
    const later = restUntil(link)
    // One message probes a silent system; the others wait for what it finds.
    if (later !== undefined) return sql.begin(asExchange, (sql) => jobs.add(sql, queue(row, later)))
    const answer = await attempt(row)
    if ('failure' in answer) return fail(row, link, answer.failure)
    await sql.begin(asExchange, async (sql) => {
      const store = exchangeStore(sql)
      if (await store.end(id, answer.state, answer.receipt, clock.now()))
        await announce(sql, `exchange.${answer.state}`, row)
      if (await store.linkAnswered(row.agency, row.system)) await wake(sql, row)
    })
  }

  /** A clock that was set back must not keep a system silent for longer than the longest pause. */
  function restUntil(link: LinkRow | undefined): Date | undefined {
    const now = clock.now()
    if (!link?.nextAt || link.downSince === null || link.nextAt <= now) return undefined
    return link.nextAt.getTime() - now.getTime() > MOST_MS ? undefined : link.nextAt
  }

  async function attempt(
    row: MessageRow,
  ): Promise<{ failure: string } | { state: 'acknowledged' | 'refused'; receipt: Envelope }> {
    const system = systems().find((one) => one.agency === row.agency && one.system === row.system)
    if (!system?.address || !system.key) return { failure: 'no-address' }
    const envelope = JSON.parse((await keys.open(sealedFor(row), row.envelope)).toString('utf8')) as Envelope
    const answer = await post(system, { id: row.id, authority: row.tenant, message: row.name, envelope }).catch(
      () => undefined,
    )
    if (answer === undefined) return { failure: 'no-answer' }
    if (answer.status >= 500 || answer.status === 408 || answer.status === 429)
      return { failure: `answered-${answer.status}` }
    const receipt = openEnvelope('receipt', answer.body, publicKeyOf(system.key))
    // Whoever answers, only the system itself can sign that it has taken this very message.
    if (receipt?.id !== row.id || receipt.digest !== row.digest) return { failure: 'receipt-not-valid' }
    return { state: receipt.state === 'refused' ? 'refused' : 'acknowledged', receipt: answer.body as Envelope }
  }

  async function fail(row: MessageRow, link: LinkRow | undefined, failure: string): Promise<void> {
    const now = clock.now()
    const next = new Date(now.getTime() + pauseAfter((link?.failures ?? 0) + 1))
    await sql.begin(asExchange, async (sql) => {
      const store = exchangeStore(sql)
      await store.failed(row.id, failure)
      await store.linkFailed(row.agency, row.system, failure, now, next)
      await jobs.add(sql, queue(row, next))
      if (row.attempts === 0) await announce(sql, 'exchange.delayed', row)
    })
  }

  async function wake(
    sql: Parameters<typeof events.publish>[0],
    { agency, system }: Pick<AgencySystem, 'agency' | 'system'>,
  ) {
    const waiting = await exchangeStore(sql).waitingFor(agency, system, MOST_AT_ONCE)
    await jobs.addAll(
      sql,
      waiting.map(({ id }) => queue({ id, agency, system })),
    )
  }

  const toViewOf = (links: LinkRow[]) => (row: MessageRow) =>
    toView(
      row,
      links.find(({ agency, system }) => agency === row.agency && system === row.system),
    )

  return {
    tell,

    /** Ends it unless it is over already; gives what is now so. */
    async giveUp(key: string, how: 'expire' | 'cancel'): Promise<MessageView | undefined> {
      await sql.begin(asExchange, async (sql) => {
        const store = exchangeStore(sql)
        const row = await store.byKey(key)
        if (row?.state === 'waiting') await store.end(row.id, messageLifecycle.next(row.state, how), null, clock.now())
      })
      const row = await sql.read(asExchange, (sql) => exchangeStore(sql).byKey(key))
      return row && toView(row)
    },

    async outcomeOf(key: string): Promise<Told | undefined> {
      const row = await sql.read(asExchange, (sql) => exchangeStore(sql).byKey(key))
      return row && toTold(toView(row))
    },

    async messagesOf(cases: string[], context: Context): Promise<MessageView[]> {
      const [rows, links] = await sql.read(context, (sql) =>
        Promise.all([exchangeStore(sql).ofCases(cases), exchangeStore(sql).links()]),
      )
      return rows.map(toViewOf(links))
    },

    async evidence(
      id: string,
      context: Context,
    ): Promise<{ digest: string; receipt?: Envelope; message: MessageView }> {
      const row = isUuid(id) ? await sql.read(context, (sql) => exchangeStore(sql).find(id)) : undefined
      if (row === undefined) throw MessageNotFound()
      return { digest: row.digest, message: toView(row), ...(row.receipt === null ? {} : { receipt: row.receipt }) }
    },

    async state() {
      const [links, waiting] = await sql.read(asExchange, (sql) =>
        Promise.all([exchangeStore(sql).links(), exchangeStore(sql).waiting()]),
      )
      return systems().map((one) => {
        const isSame = (other: { agency: string; system: string }) =>
          other.agency === one.agency && other.system === one.system
        const [link, queued] = [links.find(isSame), waiting.find(isSame)]
        return {
          agency: one.agency,
          system: one.system,
          waiting: queued?.count ?? 0,
          ...(queued ? { waitingSince: queued.since.toISOString() } : {}),
          ...(link?.downSince ? { downSince: link.downSince.toISOString() } : {}),
          ...(link?.failure ? { failure: link.failure } : {}),
          ...(link?.downSince && link.nextAt ? { nextAttempt: link.nextAt.toISOString() } : {}),
        }
      })
    },

    async tryNow(agency: string, system: string): Promise<void> {
      await sql.begin(asExchange, async (sql) => {
        await exchangeStore(sql).tryAt(agency, system, clock.now())
        await wake(sql, { agency, system })
      })
    },
  }
}

export function toTold({ state, agency, endedAt }: MessageView): Told | undefined {
  return state === 'waiting' ? undefined : { state, agency, at: endedAt ?? '' }
}

function toView(row: MessageRow, link?: LinkRow): MessageView {
  return {
    id: row.id,
    agency: row.agency,
    system: row.system,
    message: row.name,
    caseId: row.caseId,
    state: row.state,
    queuedAt: row.queuedAt.toISOString(),
    attempts: row.attempts,
    ...(row.endedAt === null ? {} : { endedAt: row.endedAt.toISOString() }),
    ...(row.failure === null ? {} : { failure: row.failure }),
    ...(row.state === 'waiting' && link?.downSince ? { downSince: link.downSince.toISOString() } : {}),
  }
}
