// Messaging: what the house may ask, and how the block is made.
import type { Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import { isUuid, type Pairwise, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Jobs } from '@ashlar/kernel/jobs'
import type { Keys } from '@ashlar/kernel/keys'
import type { Texts } from '@ashlar/kernel/language'
import { isProblem } from '@ashlar/kernel/problem'
import type { Context, Database } from '@ashlar/kernel/sql'
import { writerOf } from '@ashlar/kernel/writer'
import { toHtml } from './html.ts'
import { deliveryLifecycle, type InboxMessage, type Notice } from './message.ts'
import { MessageCursorWrong, MessageNotFound } from './problems.ts'
import { type MailRelay, RelayRefused, type SmsRelay } from './relay.ts'
import { type DeliveryWithWords, type MessageRow, messageStore, type PreferenceRow } from './store.ts'
import { toValue } from './wording.ts'

/** How a person can be reached, as identity knows it. */
export interface Contact {
  email?: string
  phone?: string
  language?: string
}

/** The texts of one version of a public service. */
export type Wording = Pick<Texts, 'languages' | 'text' | 'has'>

export interface Preferences {
  /** null: the language of the person's account. */
  language: string | null
  email: boolean
  sms: boolean
}

/** Messaging: tells people things, on the channels they chose, and keeps every message in their inbox (GovStack "Messaging"). */
export interface Messaging {
  /** Tells somebody; the same key is told once. Mail and text messages leave later, by a job that bears being repeated. */
  notify(notice: Notice): Promise<{ id: string }>
  /** Many in one transaction; ids in their order. */
  notifyAll(notices: Notice[]): Promise<{ id: string }[]>
  /** The latest first. Throws MessageCursorWrong. */
  inbox(
    person: string,
    page?: { limit?: number; cursor?: string },
  ): Promise<{ messages: InboxMessage[]; next?: string }>
  /** Up to 100. */
  unread(person: string): Promise<number>
  /** Throws MessageNotFound, also for another person's. */
  get(id: string, person: string): Promise<InboxMessage>
  markRead(id: string, person: string): Promise<void>
  preferences(person: string): Promise<Preferences>
  setPreferences(person: string, preferences: Preferences): Promise<void>
  /** Sends a one-time code at once; it is in no inbox and is not kept. */
  sendCode(code: { id: string; address: string; subject: string; text: string; language: string }): Promise<void>
}

export interface MessagingNeeds {
  sql: Database
  clock: Clock
  jobs: Jobs
  events: Events
  keys: Keys
  pairwise: Pairwise
  mail: MailRelay
  sms: SmsRelay
  /** Persons by the register's id; who is not known is left out. */
  contactsOf(persons: string[]): Promise<Map<string, Contact>>
  wordingOf(service: { id: string; version: string }): Promise<Wording>
}

interface Words {
  subject: string
  body: string
  sms?: string
}

const asPlatform: Context = {
  tenant: '*',
  actor: { kind: 'system', id: 'messaging' },
  purpose: 'notify',
  channel: 'system',
  trace: '',
}
const own = (person: string): Context => ({ ...asPlatform, tenant: null, subject: person, purpose: 'my-messages' })
const byDefault: Preferences = { language: null, email: true, sms: true }

export function createMessaging(needs: MessagingNeeds): Messaging {
  const { sql, clock, jobs, events, keys, pairwise, mail, sms } = needs
  const mine = (person: string) => pairwise.of('messaging', person)

  jobs.handle('messaging.deliver', { batch: 20, concurrency: 2, attempts: 12 }, async (batch) => {
    await deliver(batch.map(({ payload }) => (payload as { delivery: string }).delivery))
  })

  /**
   * Sent at least once; the id of the delivery is the id of the mail, so that a second copy is known as one. What was
   * handed over is kept, whatever became of the others; those come again.
   */
  async function deliver(ids: string[]): Promise<void> {
    const rows = await sql.read(asPlatform, (sql) => messageStore(sql).queued(ids))
    const handed = await Promise.allSettled(rows.map(handOrRefuse))
    const ended = handed.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    if (ended.length > 0) await end(ended)
    for (const one of handed) if (one.status === 'rejected') throw one.reason
  }

  async function end(ended: { row: DeliveryWithWords; failure: string | null }[]): Promise<void> {
    const ends = ended.map(({ row: { id }, failure }) => {
      return { id, failure, state: deliveryLifecycle.next('queued', failure === null ? 'send' : 'refuse') }
    })
    if (ends.every(({ failure }) => failure === null))
      return void (await sql.write(asPlatform, (sql) => messageStore(sql).endDeliveries(ends, clock.now())))
    await sql.begin(asPlatform, async (sql) => {
      const fresh = await messageStore(sql).endDeliveries(ends, clock.now())
      await events.publishAll(
        sql,
        ended
          .filter(({ row, failure }) => failure !== null && fresh.has(row.id))
          .map(({ row: { id, message, channel, case_id } }) => {
            return { type: 'messaging.failed', key: id, data: { message, channel, case: case_id } }
          }),
      )
    })
  }

  async function handOrRefuse(row: DeliveryWithWords): Promise<{ row: DeliveryWithWords; failure: string | null }> {
    try {
      await hand(row)
      return { row, failure: null }
    } catch (error) {
      if (error instanceof RelayRefused) return { row, failure: error.message }
      // Erased in the meantime: there is nobody left to tell.
      if (isProblem(error) && error.code === 'subject-erased') return { row, failure: error.title }
      throw error
    }
  }

  async function hand(row: DeliveryWithWords): Promise<void> {
    const subject = row.person ?? row.message
    const [sealed, address] = await Promise.all([keys.open(subject, row.words), keys.open(subject, row.address)])
    const words = JSON.parse(sealed.toString('utf8')) as Words
    const [id, to, language] = [row.id, address.toString('utf8'), row.language]
    if (row.channel === 'sms') return sms.send({ id, to, text: words.sms ?? words.subject })
    return mail.send({ id, to, subject: words.subject, text: words.body, html: toHtml(words, language), language })
  }

  const toMessage = async (row: MessageRow): Promise<InboxMessage> => {
    const words = JSON.parse((await keys.open(row.person ?? row.id, row.words)).toString('utf8')) as Words
    return {
      id: row.id,
      tenant: row.tenant,
      service: row.service,
      subject: words.subject,
      body: words.body,
      language: row.language,
      ...(row.case_id ? { caseId: row.case_id } : {}),
      sentAt: row.sent_at.toISOString(),
      ...(row.read_at ? { readAt: row.read_at.toISOString() } : {}),
    }
  }

  /** The row and deliveries of a notice, its words sealed. */
  async function write(notice: Notice, contact: Contact, preference: PreferenceRow | undefined) {
    const person = notice.to.person ? mine(notice.to.person) : null
    const wording = await needs.wordingOf(notice.service)
    const wanted = [preference?.language, notice.language, contact.language]
    const languages = wording.languages.map(({ code }) => code)
    const language = wanted.find((code) => code && languages.includes(code)) ?? languages[0] ?? 'en'
    const writer = writerOf(wording.languages.find(({ code }) => code === language)?.locale ?? language, clock.zone)
    const values = Object.fromEntries(Object.entries(notice.facts).map(([name, fact]) => [name, toValue(fact, writer)]))
    const text = (part: string) => wording.text(language, `message.${notice.message}.${part}`, values).trim()
    const words: Words = {
      subject: text('subject').replace(/\s+/g, ' '),
      body: text('body'),
      ...(wording.has(language, `message.${notice.message}.sms`) ? { sms: text('sms') } : {}),
    }

    const id = uuidv7()
    const subject = person ?? id
    const now = clock.now()
    const row = {
      id,
      key: notice.key,
      tenant: notice.tenant,
      person,
      service: notice.service.id,
      version: notice.service.version,
      name: notice.message,
      language,
      case_id: notice.caseId ?? null,
      words: await keys.seal(subject, JSON.stringify(words)),
      in_inbox: person !== null && notice.channels.includes('inbox'),
      sent_at: now,
    }
    const reach = preference ?? byDefault
    const addresses = [
      reach.email && notice.channels.includes('email')
        ? { channel: 'email' as const, address: notice.to.email ?? contact.email }
        : undefined,
      reach.sms && notice.channels.includes('sms')
        ? { channel: 'sms' as const, address: notice.to.phone ?? contact.phone }
        : undefined,
    ]
    const deliveries = await Promise.all(
      addresses
        .filter((one) => one?.address)
        .map(async (one) => ({
          id: uuidv7(),
          message: id,
          tenant: notice.tenant,
          person,
          channel: one!.channel,
          address: await keys.seal(subject, one!.address!),
          state: deliveryLifecycle.initial,
          queued_at: now,
          share: notice.service.id,
        })),
    )
    return { row, deliveries }
  }

  async function notifyAll(notices: Notice[]): Promise<{ id: string }[]> {
    const persons = [...new Set(notices.flatMap(({ to }) => to.person ?? []))]
    const [contacts, [known, preferences]] = await Promise.all([
      persons.length ? needs.contactsOf(persons) : new Map<string, Contact>(),
      sql.read(asPlatform, (sql) =>
        Promise.all([
          messageStore(sql).known(notices.map(({ key }) => key)),
          persons.length ? messageStore(sql).preferences(persons.map(mine)) : [],
        ]),
      ),
    ])
    const preferenceOf = new Map(preferences.map((row) => [row.person, row]))
    const fresh = notices.filter(
      ({ key }, at) => !known.has(key) && notices.findIndex((other) => other.key === key) === at,
    )
    const made = await Promise.all(
      fresh.map((notice) => {
        const person = notice.to.person
        return write(
          notice,
          (person && contacts.get(person)) || {},
          person ? preferenceOf.get(mine(person)) : undefined,
        )
      }),
    )
    if (made.length)
      await sql.begin(asPlatform, async (sql) => {
        const inserted = await messageStore(sql).insertOnce(made.map(({ row }) => row))
        const deliveries = made.filter(({ row }) => inserted.has(row.id)).flatMap(({ deliveries }) => deliveries)
        await messageStore(sql).insertDeliveries(deliveries)
        await jobs.addAll(
          sql,
          deliveries.map(({ id, share }) => ({
            queue: 'messaging.deliver',
            key: id,
            payload: { delivery: id },
            share,
          })),
        )
        for (const { row } of made) if (inserted.has(row.id)) known.set(row.key, row.id)
        if (inserted.size < made.length)
          for (const [key, id] of await messageStore(sql).known(made.map(({ row }) => row.key))) known.set(key, id)
      })
    return notices.map(({ key }) => ({ id: known.get(key)! }))
  }

  return {
    notifyAll,
    notify: async (notice) => (await notifyAll([notice]))[0]!,

    inbox: async (person, { limit = 20, cursor } = {}) => {
      if (cursor !== undefined && !isUuid(cursor)) throw MessageCursorWrong()
      const rows = await sql.read(own(person), (sql) =>
        messageStore(sql).inbox(mine(person), cursor ?? null, limit + 1),
      )
      const messages = await Promise.all(rows.slice(0, limit).map(toMessage))
      return rows.length > limit ? { messages, next: messages.at(-1)!.id } : { messages }
    },

    unread: (person) => sql.read(own(person), (sql) => messageStore(sql).unread(mine(person))),

    get: async (id, person) => {
      const row = isUuid(id)
        ? await sql.read(own(person), (sql) => messageStore(sql).find(id, mine(person)))
        : undefined
      if (!row) throw MessageNotFound(id)
      return toMessage(row)
    },

    markRead: async (id, person) => {
      if (isUuid(id)) await sql.begin(own(person), (sql) => messageStore(sql).markRead(id, mine(person), clock.now()))
    },

    preferences: (person) =>
      sql.read(own(person), async (sql) => {
        const [row] = await messageStore(sql).preferences([mine(person)])
        return row ? { language: row.language, email: row.email, sms: row.sms } : byDefault
      }),

    setPreferences: (person, preferences) =>
      sql.begin(own(person), (sql) =>
        messageStore(sql).setPreferences({ person: mine(person), ...preferences }, clock.now()),
      ),

    sendCode: ({ id, address, subject, text, language }) =>
      mail.send({ id, to: address, subject, text, html: toHtml({ subject, body: text }, language), language }),
  }
}
