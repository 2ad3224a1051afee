// What messaging needs of the outside to reach people: a relay for mail and one for text messages; adapters fulfil them.

export interface MailRelay {
  /** Hands the mail to the next server. May be called again with the same `id`, which becomes the Message-ID. */
  send(mail: { id: string; to: string; subject: string; text: string; html: string; language: string }): Promise<void>
}

export interface SmsRelay {
  send(sms: { id: string; to: string; text: string }): Promise<void>
}

/** The relay will not take it, now or later: a wrong address, for example. Anything else that is thrown is tried again. */
export class RelayRefused extends Error {}
