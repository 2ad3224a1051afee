// Takes what systems of agencies tell: known by their keys, receipted, written into their register, and passed on once.
import { machineTime } from '@ashlar/kernel/clock'
import { isUuid, uuidOf } from '@ashlar/kernel/identifiers'
import type { Context } from '@ashlar/kernel/sql'
import {
  contentOf,
  digestOf,
  type Envelope,
  fromCompact,
  isEnvelope,
  openEnvelope,
  publicKeyOf,
  sealEnvelope,
} from './envelope.ts'
import type { Json } from './message.ts'
import { asExchange, type ExchangeNeeds } from './needs.ts'
import { NoticeChanged, NoticeNotSigned, NoticeNotTold, NoticeNotValid } from './problems.ts'
import { exchangeStore } from './store.ts'
import { type AgencySystem, nameOf, type Tells } from './system.ts'

/** A system that has proved itself. */
export interface KnownSystem {
  agency: string
  system: string
}

/** Seconds: how far a call's clock may be off, and how long it may be good. */
const SLACK = 60
const LONGEST = 300

export function createReceiving(needs: ExchangeNeeds) {
  const { sql, clock, jobs, keys, systems, registries, happened, audience } = needs
  const systemOf = (name: unknown): AgencySystem | undefined => systems().find((one) => nameOf(one) === name)

  jobs.handle('exchange.receive', { batch: 1, concurrency: 4, perShare: 2, attempts: 12 }, async (batch) => {
    for (const { payload } of batch) await passOn((payload as { notice: string }).notice)
  })

  async function receive(envelope: unknown, caller: KnownSystem): Promise<Envelope> {
    const system = systemOf(nameOf(caller))
    if (!system?.key || !isEnvelope(envelope)) throw NoticeNotSigned()
    const content = openEnvelope('notice', envelope, publicKeyOf(system.key))
    if (content === undefined || content.from !== nameOf(system)) throw NoticeNotSigned()
    const { id, event, data } = content
    if (typeof id !== 'string' || !isUuid(id)) throw NoticeNotValid('It needs an id, a UUID.')
    if (typeof data !== 'object' || data === null || Array.isArray(data))
      throw NoticeNotValid('It needs data, an object.')
    const tells = typeof event === 'string' && Object.hasOwn(system.tells, event) ? system.tells[event] : undefined
    if (tells === undefined) throw NoticeNotTold(String(event).slice(0, 100))

    const digest = digestOf(envelope)
    const at = clock.now()
    const key = tells.key === undefined ? id : String((data as Record<string, unknown>)[tells.key] ?? id).slice(0, 200)
    const receipt = await sealEnvelope(
      'receipt',
      { id, digest, state: 'accepted', receivedAt: at.toISOString() },
      (bytes) => keys.sign('exchange', bytes),
    )
    // Numbers of different systems do not meet.
    const notice = uuidOf(`notice ${nameOf(system)} ${id}`)
    const row = {
      id: notice,
      tenant: system.agency,
      system: system.system,
      event: event as string,
      key,
      digest,
      content: await keys.seal(notice, JSON.stringify(envelope)),
      receipt,
      receivedAt: at,
      doneAt: null,
    }
    const known = await sql.begin(asExchange, async (sql) => {
      const store = exchangeStore(sql)
      if (!(await store.insertNotice(row))) return store.notice(notice)
      await jobs.add(sql, { queue: 'exchange.receive', key: notice, payload: { notice }, share: nameOf(system) })
      return undefined
    })
    if (known !== undefined && known.digest !== digest) throw NoticeChanged()
    return known?.receipt ?? receipt
  }

  /** Again after a crash is the same: registers and offers go by the keys that are made here. */
  async function passOn(id: string): Promise<void> {
    const row = await sql.read(asExchange, (sql) => exchangeStore(sql).notice(id))
    if (row === undefined || row.doneAt !== null) return
    const system = systems().find(({ agency, system }) => agency === row.tenant && system === row.system)
    const tells = system?.tells[row.event]
    if (tells === undefined) throw new Error(`${row.tenant}/${row.system} may not tell ${row.event} any more`)
    const envelope = JSON.parse((await keys.open(row.id, row.content)).toString('utf8')) as Envelope
    const told = (contentOf(envelope) as { data: Record<string, Json> }).data
    const context: Context = {
      tenant: row.tenant,
      actor: { kind: 'client', id: `${row.tenant}/${row.system}` },
      purpose: 'notice',
      channel: 'event',
      trace: row.id,
    }
    const data = await withPersons(tells, told, context)
    if (tells.writes) await write(tells.writes, data, `notice ${row.tenant} ${row.event} ${row.key}`, context)
    await happened({ type: row.event, key: `${row.tenant} ${row.key}`, data: { ...data, agency: row.tenant } })
    await sql.begin(asExchange, (sql) => exchangeStore(sql).noticeDone(id, clock.now()))
  }

  /** A system knows people by the number of a register; the house by the id of the person. */
  async function withPersons({ persons }: Tells, told: Record<string, Json>, context: Context) {
    const data = { ...told }
    for (const [fact, { register, by, agreement, purpose }] of Object.entries(persons)) {
      const number = told[fact]
      if (number === undefined || number === null) continue
      const { records } = await registries.lookUp({
        register,
        by: { [by]: number },
        fields: [by],
        access: { agreement, purpose },
        context,
      })
      data[fact] = records[0]?.id ?? null
    }
    return data
  }

  async function write(
    { register, key, agreement, purpose }: NonNullable<Tells['writes']>,
    data: Record<string, Json>,
    name: string,
    context: Context,
  ): Promise<void> {
    const access = { agreement, purpose }
    const number = data[key] ?? null
    const { count } = await registries.lookUp({ register, by: { [key]: number }, fields: [key], access, context })
    if (count === 0) await registries.write({ key: name, register, set: data, access, context })
  }

  return {
    receive,

    /** A bearer that a system signed for this house a moment ago; undefined if it is not one. */
    authenticate(bearer: string): KnownSystem | undefined {
      const call = fromCompact(bearer)
      const said = call && (contentOf(call) as { iss?: unknown } | null)
      const system = systemOf(said?.iss)
      if (!call || !system?.key) return undefined
      const content = openEnvelope('call', call, publicKeyOf(system.key))
      const now = machineTime.now().getTime() / 1000
      const [from, until] = [Number(content?.iat), Number(content?.exp)]
      const isNow = from - SLACK <= now && now <= until && until - from <= LONGEST
      return content?.aud === audience && isNow ? { agency: system.agency, system: system.system } : undefined
    },
  }
}
