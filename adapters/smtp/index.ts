// The door of the SMTP adapter: a relay for mail, and the sandbox's own mail server with its mailbox.
export { createMailRelay } from './mail-relay.ts'
export { type Mailbox, type MailboxMessage, startMailbox } from './mailbox.ts'
