// The sandbox's mailbox: a real SMTP server that delivers to nobody and keeps the last messages for all to see; and text messages.
import { randomUUID } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import type { SmsRelay } from '@ashlar/messaging'
import { SMTPServer } from 'smtp-server'

export interface MailboxMessage {
  id: string
  kind: 'mail' | 'sms'
  to: string[]
  from?: string
  subject?: string
  text: string
  html?: string
  headers: { key: string; value: string }[]
  /** SMS only: how many parts it takes, and in which alphabet. */
  segments?: { count: number; alphabet: 'GSM-7' | 'UCS-2' }
  receivedAt: string
}

export interface Mailbox {
  /** smtp://127.0.0.1:port */
  url: string
  sms: SmsRelay
  /** The latest first; `search` looks in addresses, subject and text. */
  list(options?: { search?: string; limit?: number }): MailboxMessage[]
  get(id: string): MailboxMessage | undefined
  /** Tells of each message as it comes. */
  watch(listener: (message: MailboxMessage) => void): () => void
  close(): Promise<void>
}

export interface MailboxOptions {
  port?: number
  /** Keeps what came over a restart. */
  file?: string
  /** How many messages are kept. */
  keep?: number
}

const largestMail = 1024 * 1024

/** Whole messages only. */
function readLines(text: string): MailboxMessage[] {
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as MailboxMessage]
    } catch {
      return []
    }
  })
}

/** The default alphabet of 3GPP TS 23.038, and its extension, of which each sign takes two places. */
const gsm7 = /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà^{}\\[~\]|€]*$/
const extension = /[\^{}\\[~\]|€]/g

/** 160 or 70 places in one part, 153 or 67 in each of several, for these say which part they are. */
export function segmentsOf(text: string): { count: number; alphabet: 'GSM-7' | 'UCS-2' } {
  const alphabet = gsm7.test(text) ? 'GSM-7' : 'UCS-2'
  const [single, each] = alphabet === 'GSM-7' ? [160, 153] : [70, 67]
  const places = text.length + (alphabet === 'GSM-7' ? (text.match(extension)?.length ?? 0) : 0)
  return { alphabet, count: places <= single ? 1 : Math.ceil(places / each) }
}

export async function startMailbox({ port = 0, file, keep = 500 }: MailboxOptions = {}): Promise<Mailbox> {
  let messages: MailboxMessage[] = []
  let known = new Map<string, MailboxMessage>()
  const listeners = new Set<(message: MailboxMessage) => void>()
  if (file) {
    mkdirSync(dirname(file), { recursive: true })
    if (existsSync(file)) messages = readLines(readFileSync(file, 'utf8')).slice(-keep)
    remember()
    rewrite()
  }

  function remember(): void {
    known = new Map(messages.map((message) => [message.id, message]))
  }

  /** Also mends a file whose last line was cut off when the process was killed. */
  function rewrite(): void {
    if (!file) return
    writeFileSync(`${file}.new`, messages.map((one) => `${JSON.stringify(one)}\n`).join(''))
    renameSync(`${file}.new`, file)
  }

  function add(message: MailboxMessage): void {
    // A mail that was handed over twice has the same Message-ID.
    if (known.has(message.id)) return
    messages.push(message)
    known.set(message.id, message)
    if (file) appendFileSync(file, `${JSON.stringify(message)}\n`)
    if (messages.length > keep * 2) {
      messages = messages.slice(-keep)
      remember()
      rewrite()
    }
    for (const listener of listeners) listener(message)
  }

  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    size: largestMail,
    disableReverseLookup: true,
    closeTimeout: 100,
    logger: false,
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => {
        if (!stream.sizeExceeded) chunks.push(chunk)
      })
      stream.on('end', async () => {
        if (stream.sizeExceeded) {
          done(Object.assign(new Error('The mail is too large'), { responseCode: 552 }))
          return
        }
        try {
          const { default: PostalMime } = await import('postal-mime')
          const mail = await PostalMime.parse(Buffer.concat(chunks))
          add({
            id: mail.messageId?.replace(/^<|@.*$/g, '') || randomUUID(),
            kind: 'mail',
            to: session.envelope.rcptTo.map(({ address }) => address),
            ...(mail.from?.address ? { from: mail.from.address } : {}),
            subject: mail.subject ?? '',
            text: mail.text ?? '',
            ...(mail.html ? { html: mail.html } : {}),
            headers: mail.headers.map(({ key, value }) => ({ key, value })),
            receivedAt: new Date().toISOString(),
          })
          done()
        } catch (error) {
          done(error as Error)
        }
      })
    },
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve())
  })

  const has = (message: MailboxMessage, search: string): boolean =>
    [...message.to, message.subject ?? '', message.text].some((part) => part.toLowerCase().includes(search))

  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    sms: {
      send: async ({ id, to, text }) =>
        add({
          id,
          kind: 'sms',
          to: [to],
          text,
          headers: [],
          segments: segmentsOf(text),
          receivedAt: new Date().toISOString(),
        }),
    },
    list: ({ search, limit = 50 } = {}) => {
      const wanted = search?.trim().toLowerCase()
      return messages
        .filter((message) => !wanted || has(message, wanted))
        .slice(-limit)
        .reverse()
    },
    get: (id) => known.get(id),
    watch: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
