// Messaging through its door, on a real database, with the sandbox's mail server as a real one.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { createTexts } from '@ashlar/kernel/language'
import { isProblem } from '@ashlar/kernel/problem'
import { house, prepareAll, type TestHouse } from '@ashlar/kernel/testing'
import { createMailRelay, type Mailbox, startMailbox } from '@ashlar/smtp'
import { createMessaging, type Messaging, messagingSteps, type Notice } from './index.ts'

const texts = createTexts({
  languages: [
    { code: 'en', direction: 'ltr', locale: 'en-GB' },
    { code: 'ar', direction: 'rtl' },
  ],
  texts: {
    en: {
      message: {
        ready: {
          subject: 'Ready: {reference}',
          body: 'Valid until {until}.\n\nPaid {amount}.',
          sms: 'Ready {reference}',
        },
      },
    },
    ar: {
      message: {
        ready: {
          subject: 'جاهز: {reference}',
          body: 'صالح حتى {until}.\n\nالمدفوع {amount}.',
          sms: 'جاهز {reference}',
        },
      },
    },
  },
})

let test: TestHouse<'messaging'>
let mailbox: Mailbox
let messaging: Messaging
const grace = randomUUID()
const samir = randomUUID()

before(async () => {
  test = await house({ blocks: ['messaging'] })
  mailbox = await startMailbox()
  messaging = createMessaging({
    ...test.messaging,
    mail: createMailRelay({ url: mailbox.url, from: 'no-reply@veridia.example' }),
    sms: mailbox.sms,
    contactsOf: async () =>
      new Map([
        [grace, { email: 'grace@people.example', phone: '+99955501', language: 'en' }],
        [samir, { email: 'samir@people.example', language: 'ar' }],
      ]),
    wordingOf: async () => texts,
  })
  await test.jobs.start()
})

after(async () => {
  await test.jobs.stop()
  await mailbox.close()
  await test.stop()
})

const notice = (over: Partial<Notice> = {}): Notice => ({
  key: randomUUID(),
  tenant: 'justice',
  to: { person: grace },
  service: { id: 'extract', version: '1.0.0' },
  message: 'ready',
  channels: ['inbox', 'email', 'sms'],
  facts: { reference: `CR-${randomUUID()}`, until: '2026-06-01', amount: { value: 6500, currency: 'EUR' } },
  ...over,
})

describe('messaging', () => {
  it('reaches inbox, mail and phone once, however often it is told', async () => {
    const wanted = notice()
    const reference = String(wanted.facts.reference)

    const told = await Promise.all([messaging.notify(wanted), messaging.notify(wanted), messaging.notify(wanted)])
    await test.jobs.idle()

    assert.equal(new Set(told.map(({ id }) => id)).size, 1)
    assert.deepEqual(
      mailbox
        .list({ search: reference })
        .map(({ kind, to }) => `${kind} ${to}`)
        .sort(),
      ['mail grace@people.example', 'sms +99955501'],
    )
    const { messages } = await messaging.inbox(grace)
    assert.equal(messages[0]!.subject, `Ready: ${reference}`)
    assert.match(messages[0]!.body, /1 June 2026/)
    assert.match(messages[0]!.body, /€65\.00/)
  })

  it('writes in the person’s language, in both parts of the mail', async () => {
    const wanted = notice({ to: { person: samir } })

    await messaging.notify(wanted)
    await test.jobs.idle()

    const [mail] = mailbox.list({ search: String(wanted.facts.reference) })
    assert.match(mail!.text, /صالح حتى/)
    assert.match(mail!.html ?? '', /lang="ar" dir="rtl"/)
    assert.equal(mail!.headers.find(({ key }) => key === 'content-language')?.value, 'ar')
  })

  it('writes to somebody without an account by mail alone', async () => {
    const wanted = notice({ to: { email: 'passer-by@people.example' }, language: 'ar' })

    await messaging.notify(wanted)
    await test.jobs.idle()

    assert.deepEqual(mailbox.list({ search: 'passer-by' })[0]?.to, ['passer-by@people.example'])
  })

  it('no fact can begin another header or address', async () => {
    const evil = 'x\r\nBcc: victim@people.example\r\n\r\nhello'
    await messaging.notify(
      notice({
        to: { email: 'a@people.example, victim@people.example' },
        facts: { reference: evil, until: null, amount: null },
      }),
    )
    await messaging.notify(
      notice({ to: { email: 'safe@people.example' }, facts: { reference: evil, until: null, amount: null } }),
    )
    await test.jobs.idle()

    assert.deepEqual(
      mailbox
        .list({ search: 'victim' })
        .flatMap(({ to }) => to)
        .filter((to) => to === 'victim@people.example'),
      [],
    )
    const [mail] = mailbox.list({ search: 'safe@people' })
    assert.deepEqual(mail!.to, ['safe@people.example'])
    assert.equal(
      mail!.headers.some(({ key }) => key === 'bcc'),
      false,
    )
  })

  it('that an address is wrong is told once, to whoever listens; that somebody was erased holds nothing up', async () => {
    const failed: unknown[] = []
    const stop = test.events.watch('messaging.failed', ({ data }) => failed.push(data))
    const caseId = randomUUID()
    const person = randomUUID()
    const wrong = await messaging.notify(notice({ to: { email: 'nobody' }, channels: ['email'], caseId }))
    await test.jobs.idle()
    const quiet = createMessaging({
      ...test.messaging,
      jobs: { ...test.jobs, handle: () => undefined },
      mail: createMailRelay({ url: mailbox.url, from: 'no-reply@veridia.example' }),
      sms: mailbox.sms,
      contactsOf: async () => new Map(),
      wordingOf: async () => texts,
    })
    await test.jobs.stop()
    const gone = await quiet.notify(notice({ to: { person, email: 'gone@people.example' }, channels: ['email'] }))
    await test.keys.erase(test.pairwise.of('messaging', person))
    await test.jobs.start()
    await test.jobs.idle()
    stop()

    assert.deepEqual(failed[0], { message: wrong.id, channel: 'email', case: caseId })
    const everything = {
      tenant: '*',
      actor: { kind: 'system', id: 'test' },
      purpose: 'test',
      channel: 'system',
      trace: '',
    } as const
    const [delivery] = await test.messaging.sql.begin(
      everything,
      (sql) => sql`select state, failure from messaging.delivery where message = ${gone.id}`,
    )
    assert.equal(delivery?.state, 'failed')
    assert.deepEqual(mailbox.list({ search: 'gone@' }), [])
    assert.deepEqual(await test.jobs.deadLetters(), [])
  })

  it('keeps to what the person chose', async () => {
    await messaging.setPreferences(samir, { language: 'en', email: false, sms: false })
    const wanted = notice({ to: { person: samir } })

    await messaging.notify(wanted)
    await test.jobs.idle()

    assert.deepEqual(mailbox.list({ search: String(wanted.facts.reference) }), [])
    const { messages } = await messaging.inbox(samir)
    assert.equal(messages[0]!.language, 'en')
  })

  it('nobody reads another person’s messages', async () => {
    const { id } = await messaging.notify(notice())

    await assert.rejects(messaging.get(id, samir), (error) => isProblem(error) && error.code === 'message-not-found')
    await messaging.markRead(id, samir)
    assert.equal((await messaging.get(id, grace)).readAt, undefined)
    await messaging.markRead(id, grace)
    assert.ok((await messaging.get(id, grace)).readAt)
  })

  it('pages through the inbox without losing one', async () => {
    const person = randomUUID()
    const told = await messaging.notifyAll(
      Array.from({ length: 7 }, () => notice({ to: { person }, channels: ['inbox'] })),
    )

    const seen: string[] = []
    for (let cursor: string | undefined, first = true; first || cursor; first = false) {
      const page = await messaging.inbox(person, { limit: 3, ...(cursor ? { cursor } : {}) })
      seen.push(...page.messages.map(({ id }) => id))
      cursor = page.next
    }

    assert.deepEqual(seen, told.map(({ id }) => id).reverse())
    assert.equal(await messaging.unread(person), 7)
  })

  it('a process’s step tells a whole batch once, also when it is run again', async () => {
    const person = randomUUID()
    const [step] = messagingSteps(messaging)
    const to = { party: 'applicant', id: person, name: null, email: null, phone: null }
    const context = {
      tenant: 'justice',
      actor: { kind: 'system', id: 'workflow' },
      purpose: 'apply',
      channel: 'system',
      trace: '',
    } as const
    const commands = Array.from({ length: 5 }, (_, at) => ({
      key: `${person}:${at}`,
      instance: randomUUID(),
      caseId: randomUUID(),
      service: { id: 'extract', version: '1.0.0' },
      context,
      input: {
        message: 'ready',
        channels: ['inbox'],
        to,
        language: 'en',
        facts: { reference: 'R', until: null, amount: null },
      },
    }))

    await step.run(commands)
    const outcomes = await step.run(commands)

    assert.deepEqual(
      outcomes,
      commands.map(() => ({ done: {} })),
    )
    assert.equal((await messaging.inbox(person)).messages.length, 5)
  })

  it('what is written down names nobody in clear', async () => {
    const canary = `canary-${randomUUID()}`
    await messaging.notify(notice({ facts: { reference: canary, until: null, amount: null } }))

    const context = {
      tenant: '*',
      actor: { kind: 'system', id: 'test' },
      purpose: 'test',
      channel: 'system',
      trace: '',
    } as const
    const rows = await test.messaging.sql.begin(
      context,
      (sql) =>
        sql`select m::text as m, d::text as d from messaging.message m left join messaging.delivery d on d.message = m.id`,
    )

    const dump = JSON.stringify(rows)
    assert.ok(rows.length > 5)
    for (const secret of [canary, grace, 'grace@people.example', Buffer.from(canary).toString('hex')])
      assert.equal(dump.includes(secret), false)
  })

  it('every statement fits the schema', async () => {
    const { examined, faults } = await prepareAll(test, 'messaging')

    assert.ok(examined > 8)
    assert.deepEqual(faults, [])
  })
})
