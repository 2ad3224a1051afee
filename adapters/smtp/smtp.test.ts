// The relay and the sandbox's mailbox together: real SMTP, hostile mail, what is kept, and how text messages are counted.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { RelayRefused } from '@ashlar/messaging'
import { createMailRelay, type Mailbox, startMailbox } from './index.ts'
import { segmentsOf } from './mailbox.ts'

let folder: string
let mailbox: Mailbox
let relay: ReturnType<typeof createMailRelay>

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailbox-'))
  mailbox = await startMailbox({ file: join(folder, 'mailbox.jsonl'), keep: 20 })
  relay = createMailRelay({ url: mailbox.url, from: 'Veridia <no-reply@veridia.example>' })
})
after(async () => {
  relay.close()
  await mailbox.close()
  await rm(folder, { recursive: true })
})

const mail = (change: Partial<Parameters<typeof relay.send>[0]> = {}) => ({
  id: crypto.randomUUID(),
  to: 'grace@people.example',
  subject: 'Your extract is ready',
  text: 'Plain',
  html: '<p>Rich</p>',
  language: 'en',
  ...change,
})

describe('mail', () => {
  it('arrives with both parts, its language and its headers, in any script', async () => {
    const sent = mail({
      subject: 'مستخرجك جاهز — 王小明',
      text: 'السلام عليكم',
      html: '<p dir="rtl">السلام</p>',
      language: 'ar',
    })

    await relay.send(sent)

    const got = mailbox.get(sent.id)
    assert.deepEqual([got?.subject, got?.text.trim(), got?.from], [sent.subject, sent.text, 'no-reply@veridia.example'])
    assert.match(got?.html ?? '', /dir="rtl"/)
    const header = (name: string) => got?.headers.find(({ key }) => key === name)?.value
    assert.deepEqual([header('content-language'), header('auto-submitted')], ['ar', 'auto-generated'])
  })

  it('handed over twice is there once', async () => {
    const sent = mail()

    await relay.send(sent)
    await relay.send(sent)

    assert.equal(mailbox.list().filter(({ id }) => id === sent.id).length, 1)
  })

  it('cannot carry a header or a recipient that somebody wrote into a name, a subject or a language', async () => {
    const evil = 'x\r\nBcc: victim@people.example\r\n\r\nbody'
    const sent = mail({ subject: evil, language: evil })
    await relay.send(sent)
    for (const to of [
      'a@b.example\r\nRCPT TO:<victim@people.example>',
      'a@b.example, victim@people.example',
      'no address',
    ])
      await relay
        .send(mail({ to, subject: 'to many' }))
        .catch((error: unknown) => assert.ok(error instanceof RelayRefused))

    const got = mailbox.get(sent.id)
    assert.deepEqual(got?.to, ['grace@people.example'])
    assert.ok(!got?.headers.some(({ key }) => key === 'bcc'))
    assert.ok(!mailbox.list().some(({ to }) => to.includes('victim@people.example')))
  })

  it('that is too large is refused for good, and the relay goes on', async () => {
    await assert.rejects(relay.send(mail({ text: 'x'.repeat(2 * 2 ** 20) })), RelayRefused)

    await relay.send(mail({ to: 'next@people.example' }))

    assert.equal(mailbox.list({ search: 'next@people' }).length, 1)
  })

  it('is tried again when nobody answers: that is no refusal', async () => {
    const nowhere = createMailRelay({ url: 'smtp://127.0.0.1:1', from: 'a@b.example' })

    await assert.rejects(nowhere.send(mail()), (error) => !(error instanceof RelayRefused))
  })
})

describe('the mailbox', () => {
  it('lives on when something that is no mail comes in', async () => {
    const { port } = new URL(mailbox.url)
    const socket = connect(Number(port), '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await delay(30)
    socket.destroy()

    await relay.send(mail({ to: 'after@people.example' }))

    assert.equal(mailbox.list({ search: 'after@people' }).length, 1)
  })

  it('finds by any word, shows the latest first, tells as it comes, and forgets the oldest', async () => {
    const told: string[] = []
    const stop = mailbox.watch(({ text }) => told.push(text))
    for (let n = 0; n < 45; n++) await mailbox.sms.send({ id: `sms-${n}`, to: '+99955501', text: `Code ${n}` })
    stop()

    assert.equal(mailbox.list({ limit: 1 })[0]?.text, 'Code 44')
    assert.equal(mailbox.list({ search: 'CODE 44' }).length, 1)
    assert.equal(told.length, 45)
    assert.equal(mailbox.get('sms-0'), undefined)
  })

  it('keeps what came over a restart, also after a line was cut off', async () => {
    const file = join(folder, 'again.jsonl')
    const first = await startMailbox({ file })
    await first.sms.send({ id: 'one', to: '+1', text: 'One' })
    await first.close()
    const { appendFileSync } = await import('node:fs')
    appendFileSync(file, '{"id":"cut')

    const second = await startMailbox({ file })
    await second.sms.send({ id: 'two', to: '+1', text: 'Two' })
    await second.close()
    const third = await startMailbox({ file })
    const kept = third.list().map(({ id }) => id)
    await third.close()

    assert.deepEqual(kept, ['two', 'one'])
  })
})

it('a text message takes as many parts as the networks count', () => {
  const parts: [string, string][] = [
    ['', 'GSM-7 1'],
    ['x'.repeat(160), 'GSM-7 1'],
    ['x'.repeat(161), 'GSM-7 2'],
    ['x'.repeat(307), 'GSM-7 3'],
    [`€${'x'.repeat(158)}`, 'GSM-7 1'],
    [`€${'x'.repeat(159)}`, 'GSM-7 2'],
    ['س'.repeat(70), 'UCS-2 1'],
    ['س'.repeat(71), 'UCS-2 2'],
    ['😀'.repeat(35), 'UCS-2 1'],
  ]
  for (const [text, expected] of parts) {
    const { alphabet, count } = segmentsOf(text)
    assert.equal(`${alphabet} ${count}`, expected, text.slice(0, 10))
  }
})
