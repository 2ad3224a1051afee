// One-time codes: six digits to the address of an account. Nobody learns whether an address has one.
import { machineTime } from '@ashlar/kernel/clock'
import { isUuid, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Jobs } from '@ashlar/kernel/jobs'
import type { Database } from '@ashlar/kernel/sql'
import type { Accounts } from './accounts.ts'
import { AddressNotValid, CodeNotAccepted } from './problems.ts'
import { readAddress, type Secrets } from './secrets.ts'
import { type Sessions, type SignedIn, worker } from './sessions.ts'
import { identityStore } from './store.ts'
import { networkOf, type Throttle } from './throttle.ts'

/** Who stands at the door. */
export interface Visitor {
  /** The address of the connection, as the server saw it, not as a header says. */
  ip: string
  /** The token the visitor came with, if any: it is dead once somebody signs in. */
  token?: string
}

/** Fulfilled by messaging: tells the code to the address. */
export type SendCode = (address: string, code: string, language: string) => Promise<void>

export interface Codes {
  /** Sends a code if the address has an account; the answer is the same if not. Throws TooManyAttempts (429). */
  send(request: {
    address: string
    language: string
    visitor: Visitor
  }): Promise<{ challenge: string; expiresAt: string }>
  /** Throws CodeNotAccepted (422), TooManyAttempts (429). A code works once. */
  verify(request: { challenge: string; code: string; visitor: Visitor }): Promise<SignedIn>
}

interface CodeNeeds {
  sql: Database
  jobs: Jobs
  secrets: Secrets
  throttle: Throttle
  sessions: Sessions
  accounts: Accounts
  sendCode: SendCode
}

const VALID_MS = 10 * 60_000
const MOST_TRIES = 5
const QUEUE = 'identity.send-code'

export function createCodes({ sql, jobs, secrets, throttle, sessions, accounts, sendCode }: CodeNeeds): Codes {
  // Whether there is an account is looked up later and elsewhere, so that the answer's time tells nothing.
  jobs.handle(QUEUE, { attempts: 5, concurrency: 4 }, async (batch) => {
    for (const { payload } of batch) {
      const {
        challenge,
        address: sealed,
        language,
      } = payload as { challenge: string; address: string; language: string }
      const address = secrets.open(sealed)
      const account = await accounts.ofAddressHash(secrets.hashOfAddress(address))
      const isOpen = await identityStore(sql).findChallenge(challenge, machineTime.now())
      if (account && isOpen) await sendCode(address, secrets.codeOf(challenge), account.language ?? language)
    }
  })

  return {
    async send({ address: text, language, visitor }) {
      const address = readAddress(text)
      if (address === undefined) throw AddressNotValid()
      await throttle.take({ codesToAddress: address, codesFromNetwork: networkOf(visitor.ip), codesInAll: '' })
      const challenge = uuidv7()
      const expiresAt = new Date(machineTime.now().getTime() + VALID_MS)
      await sql.begin(worker, async (sql) => {
        const hash = secrets.hashOfAddress(address)
        const row = { id: challenge, kind: 'code' as const, address_hash: hash, account: null, value: null }
        await identityStore(sql).insertChallenge(row, expiresAt)
        const payload = { challenge, address: secrets.seal(address), language }
        await jobs.add(sql, { queue: QUEUE, key: challenge, payload })
      })
      return { challenge, expiresAt: expiresAt.toISOString() }
    },

    async verify({ challenge: id, code, visitor }) {
      await throttle.take({ triesFromNetwork: networkOf(visitor.ip), triesInAll: '' })
      const now = machineTime.now()
      const challenge = isUuid(id) ? await identityStore(sql).tryCode(id, MOST_TRIES, now) : undefined
      if (!challenge?.address_hash) throw CodeNotAccepted()
      await throttle.take({ triesForAddress: challenge.address_hash.toString('hex') })
      const isRight = secrets.isCodeOf(id, code)
      const account = await accounts.ofAddressHash(challenge.address_hash)
      if (!isRight || !account) throw CodeNotAccepted()
      const name = await accounts.nameOf(account)
      return sql.begin(worker, async (sql) => {
        // Of two who come with the right code at once, one gets in.
        if (!(await identityStore(sql).takeChallenge(id, 'code', now))) throw CodeNotAccepted()
        return sessions.open(sql, account, name, 'code', visitor.token)
      })
    },
  }
}
