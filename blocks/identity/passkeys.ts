// Passkeys (WebAuthn Level 3): added by who is signed in, and enough to sign in with, anywhere and without a name.
import { machineTime } from '@ashlar/kernel/clock'
import { isUuid, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Database } from '@ashlar/kernel/sql'
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import type { Accounts } from './accounts.ts'
import type { Visitor } from './codes.ts'
import { PasskeyNotAccepted, RecentSignInNeeded, SignInNeeded } from './problems.ts'
import { type Session, type Sessions, type SignedIn, worker } from './sessions.ts'
import { identityStore, type PasskeyRow } from './store.ts'
import { networkOf, type Throttle } from './throttle.ts'

/** The site for which passkeys are made; they work nowhere else. */
export interface Site {
  name: string
  /** 'https://veridia.example' */
  origin: string
}

export interface Passkeys {
  /** Throws RecentSignInNeeded (403): a stolen session must not become a key. */
  registerOptions(session: Session): Promise<{ challenge: string; options: PublicKeyCredentialCreationOptionsJSON }>
  /** Throws PasskeyNotAccepted (422). */
  register(
    session: Session,
    request: { challenge: string; response: RegistrationResponseJSON },
  ): Promise<{ id: string }>
  signInOptions(visitor: Visitor): Promise<{ challenge: string; options: PublicKeyCredentialRequestOptionsJSON }>
  /** Throws PasskeyNotAccepted (422). */
  signIn(request: { challenge: string; response: AuthenticationResponseJSON; visitor: Visitor }): Promise<SignedIn>
}

interface PasskeyNeeds {
  sql: Database
  accounts: Accounts
  sessions: Sessions
  throttle: Throttle
  site: Site
}

/** Loaded when the first passkey is seen: its certificates alone are hundreds of modules. */
const webAuthn = () => import('@simplewebauthn/server')

const VALID_MS = 5 * 60_000
const RECENT_MS = 15 * 60_000

export function createPasskeys({ sql, accounts, sessions, throttle, site }: PasskeyNeeds): Passkeys {
  const rpID = new URL(site.origin).hostname
  // EdDSA, ES256, RS256 (COSE): what authenticators have.
  const supportedAlgorithmIDs = [-8, -7, -257]
  const expected = { expectedOrigin: site.origin, expectedRPID: rpID, requireUserVerification: true }

  const keepChallenge = async (kind: 'passkey-register' | 'passkey-sign-in', value: string, account: string | null) => {
    const id = uuidv7()
    const row = { id, kind, address_hash: null, account, value }
    await identityStore(sql).insertChallenge(row, new Date(machineTime.now().getTime() + VALID_MS))
    return id
  }
  const takeChallenge = async (id: string, kind: 'passkey-register' | 'passkey-sign-in') => {
    const row = isUuid(id) ? await identityStore(sql).takeChallenge(id, kind, machineTime.now()) : undefined
    if (!row?.value) throw PasskeyNotAccepted()
    return { account: row.account, value: row.value }
  }

  return {
    async registerOptions(session) {
      if (machineTime.now().getTime() - Date.parse(session.signedInAt) > RECENT_MS) throw RecentSignInNeeded()
      const known = await sql.begin(worker, (sql) => identityStore(sql).passkeysOf(session.account))
      const { generateRegistrationOptions } = await webAuthn()
      const options = await generateRegistrationOptions({
        rpName: site.name,
        rpID,
        userName: session.name,
        userDisplayName: session.name,
        userID: new Uint8Array(Buffer.from(session.account.replaceAll('-', ''), 'hex')),
        attestationType: 'none',
        supportedAlgorithmIDs,
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        excludeCredentials: known.map(({ id, transports }) => ({ id, transports })),
      })
      return { challenge: await keepChallenge('passkey-register', options.challenge, session.account), options }
    },

    async register(session, { challenge: id, response }) {
      const challenge = await takeChallenge(id, 'passkey-register')
      if (challenge.account !== session.account) throw PasskeyNotAccepted()
      const { verifyRegistrationResponse } = await webAuthn()
      const verified = await orNotAccepted(() =>
        verifyRegistrationResponse({
          response,
          expectedChallenge: challenge.value,
          supportedAlgorithmIDs,
          ...expected,
        }),
      )
      const account = await accounts.find(session.account)
      if (!account) throw SignInNeeded()
      if (!verified.registrationInfo) throw PasskeyNotAccepted()
      const { credential, credentialBackedUp } = verified.registrationInfo
      const row = {
        id: credential.id,
        account: account.id,
        tenant: account.tenant,
        person: account.person,
        public_key: Buffer.from(credential.publicKey),
        counter: credential.counter,
        transports: credential.transports ?? [],
        backedUp: credentialBackedUp,
        at: machineTime.now(),
      }
      const isNew = await sql.begin(worker, (sql) => identityStore(sql).insertPasskey(row))
      if (!isNew) throw PasskeyNotAccepted()
      return { id: credential.id }
    },

    async signInOptions(visitor) {
      await throttle.take({ passkeysFromNetwork: networkOf(visitor.ip) })
      const { generateAuthenticationOptions } = await webAuthn()
      const options = await generateAuthenticationOptions({ rpID, userVerification: 'required' })
      return { challenge: await keepChallenge('passkey-sign-in', options.challenge, null), options }
    },

    async signIn({ challenge: id, response, visitor }) {
      await throttle.take({ passkeysFromNetwork: networkOf(visitor.ip) })
      const challenge = await takeChallenge(id, 'passkey-sign-in')
      const passkey = await sql.begin(worker, (sql) =>
        identityStore(sql).findPasskey(String(response?.id).slice(0, 1400)),
      )
      const account = passkey && (await accounts.find(passkey.account))
      if (!passkey || !account) throw PasskeyNotAccepted()
      const { verifyAuthenticationResponse } = await webAuthn()
      const verified = await orNotAccepted(() =>
        verifyAuthenticationResponse({
          response,
          expectedChallenge: challenge.value,
          ...expected,
          credential: toCredential(passkey),
        }),
      )
      const name = await accounts.nameOf(account)
      return sql.begin(worker, async (sql) => {
        await identityStore(sql).usePasskey(passkey.id, verified.authenticationInfo.newCounter, machineTime.now())
        return sessions.open(sql, account, name, 'passkey', visitor.token)
      })
    },
  }
}

function toCredential({ id, public_key, counter, transports }: PasskeyRow) {
  return { id, publicKey: new Uint8Array(public_key), counter, transports }
}

/** The library throws for whatever is wrong with an answer; each is the same refusal. */
async function orNotAccepted<T extends { verified: boolean }>(verify: () => Promise<T>): Promise<T> {
  const verified = await verify().catch(() => undefined)
  if (!verified?.verified) throw PasskeyNotAccepted()
  return verified
}
