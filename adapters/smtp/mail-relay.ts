// Mail by SMTP: fulfils the type MailRelay of messaging with nodemailer.
import { type MailRelay, RelayRefused } from '@ashlar/messaging'
import type { Transporter } from 'nodemailer'

export interface MailRelayNeeds {
  /** smtp://user:password@host:port, or smtps://. */
  url: string
  from: string
}

/** Connections are kept and used again: a server may let each new one wait. */
function pooled(url: string): string {
  const server = new URL(url)
  if (!server.searchParams.has('pool')) server.searchParams.set('pool', 'true')
  return server.href
}

/** One line, without anything that could begin another header. */
const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ').trim()

export function createMailRelay({ url, from }: MailRelayNeeds): MailRelay & { close(): void } {
  let transport: Promise<Transporter> | undefined
  const opened = () =>
    (transport ??= import('nodemailer').then(({ default: { createTransport } }) =>
      createTransport(pooled(url), { from }),
    ))
  const domain = /@([^>\s]+)/.exec(from)?.[1] ?? 'localhost'

  return {
    send: async ({ id, to, subject, text, html, language }) => {
      try {
        await (await opened()).sendMail({
          // An object, so that no list can be smuggled into one address.
          to: { name: '', address: oneLine(to) },
          subject: oneLine(subject),
          text,
          html,
          messageId: `<${id}@${domain}>`,
          headers: { 'Content-Language': oneLine(language), 'Auto-Submitted': 'auto-generated' },
          disableFileAccess: true,
          disableUrlAccess: true,
        })
      } catch (error) {
        const { responseCode, code } = error as { responseCode?: number; code?: string }
        // 5yz is for good (RFC 5321, 4.2.1); an envelope without a usable address is, too.
        if ((responseCode && responseCode >= 500) || code === 'EENVELOPE')
          throw new RelayRefused(`The mail server refused it: ${responseCode ?? code}`)
        throw error
      }
    },
    close: () => void transport?.then((open) => open.close()),
  }
}
