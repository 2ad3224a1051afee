// Identity: accounts of persons and staff, ways to sign in, sessions, and who may act for whom.
import { type Clock, machineTime } from '@ashlar/kernel/clock'
import type { Pairwise } from '@ashlar/kernel/identifiers'
import type { Jobs } from '@ashlar/kernel/jobs'
import type { Keys } from '@ashlar/kernel/keys'
import type { Database } from '@ashlar/kernel/sql'
import type { Contact, Officer, PersonAccount } from './account.ts'
import { createAccounts } from './accounts.ts'
import { type Codes, createCodes, type SendCode, type Visitor } from './codes.ts'
import { createMandates, type MandateNeeds, type Mandates } from './mandates.ts'
import { createPasskeys, type Passkeys, type Site } from './passkeys.ts'
import { DoorClosed, SignInNeeded } from './problems.ts'
import { createSecrets } from './secrets.ts'
import { createSessions, type ScopePolicy, type Session, type SessionTimes, type SignedIn, worker } from './sessions.ts'
import { createThrottle, networkOf } from './throttle.ts'

export interface Identity {
  /** The session of a token, from a cookie or a bearer header alike; undefined if there is none, or it ended. */
  authenticate(token: string | undefined): Promise<Session | undefined>
  signOut(token: string | undefined): Promise<void>
  code: Codes
  passkey: Passkeys

  /** Makes these the officers. The same again changes nothing. */
  publishStaff(officers: Officer[]): Promise<{ published: string[]; ended: string[] }>
  /** Those who have an account keep it as it is; gives how many are new. */
  openAccounts(accounts: PersonAccount[]): Promise<number>
  /** How persons can be written to, by the register's id; those without an account are left out. */
  contactsOf(persons: string[]): Promise<Map<string, Contact>>

  /** The name of the person's account; undefined if there is none. */
  nameOf(person: string): Promise<string | undefined>

  /** For whom the person may act today, and how far. */
  mandatesOf: Mandates['of']
  mayAct: Mandates['mayAct']
  /** Whether a deed for whom the context represents is covered now, with both names. */
  representation: Mandates['representation']
  grantMandates: Mandates['grant']
  endMandate: Mandates['end']
  /** Somebody of whom one knows number and date of birth, or an organisation by number. Throws TooManyAttempts (429). */
  findParty: Mandates['findParty']
  giveMandate: Mandates['give']
  mandatesGiven: Mandates['given']
  mandatesHeld: Mandates['held']
  acceptMandate: Mandates['accept']
  declineMandate: Mandates['decline']
  revokeMandate: Mandates['revoke']
  /** A register's record of this party changed: who represents it is looked up anew. */
  recheckRepresentatives: Mandates['recheck']
  /** The session goes on for somebody else, or with null for oneself, under a new token. Throws MayNotActFor (403). */
  actFor(token: string, represented: string | null): Promise<SignedIn>

  /** Doors of the demo; none outside of it. */
  doors(): Promise<Door[]>
  /** Signs in without a key, in the demo only. Throws DoorClosed (404). */
  openDoor(door: string, visitor: Visitor): Promise<SignedIn>
}

export interface Door {
  id: string
  kind: 'person' | 'staff'
  name: string
  language?: string
  agency?: string
  roles: string[]
}

export interface IdentityNeeds {
  sql: Database
  clock: Clock
  jobs: Jobs
  keys: Keys
  pairwise: Pairwise
  /** 32 random bytes or more, the same in every process, kept apart from the database. */
  secret: Buffer
  sendCode: SendCode
  site: Site
  scopes: ScopePolicy
  times?: Record<'person' | 'staff', SessionTimes>
  /** Parents, guardians and directors, as registers know them. */
  legal?: MandateNeeds['legal']
  /** Finds who is to get a mandate. */
  findParty?: MandateNeeds['findParty']
  /** Doors open only if this is true. */
  demo?: boolean
}

/** What a mandate for some services is enough for: their applications, and none of the party's other matters. */
const enoughForSome = ['cases.apply', 'cases.follow', 'documents.upload', 'identity.read', 'identity.act']

const narrowed = (session: Session): Session => ({
  ...session,
  scopes: session.scopes.filter((scope) => enoughForSome.includes(scope)),
  isLimited: true,
})

/** How long a session in which somebody acts for another is believed without looking, in milliseconds. */
const BELIEVED_MS = 1000
const MOST_BELIEVED = 10_000

const usualTimes = { person: { idle: 30, most: 12 }, staff: { idle: 60, most: 10 } }

export function createIdentity({ times = usualTimes, demo = false, ...needs }: IdentityNeeds): Identity {
  const secrets = createSecrets(needs.secret)
  const throttle = createThrottle({ ...needs, secrets })
  const sessions = createSessions({ ...needs, times })
  const accounts = createAccounts({ ...needs, secrets, sessions })
  const mandates = createMandates({ ...needs, sessions, throttle, nameOf: accounts.nameOfPerson })
  const believed = new Map<string, { until: number; session: Session }>()

  /** A session acts for somebody only while it may: what was revoked or has expired ends it. */
  async function authenticate(token: string | undefined): Promise<Session | undefined> {
    const session = await sessions.find(token)
    if (session?.represented === undefined) return session
    const now = machineTime.now().getTime()
    const known = believed.get(session.id)
    if (known !== undefined && known.until > now) return known.session
    const reach = await mandates.reachOf(session.context.actor.id, session.represented.id)
    if (reach === 'none') {
      await sessions.end(token)
      return undefined
    }
    const seen = reach === 'all' ? session : narrowed(session)
    if (believed.size >= MOST_BELIEVED) believed.clear()
    believed.set(session.id, { until: now + BELIEVED_MS, session: seen })
    return seen
  }

  return {
    authenticate,
    signOut: (token) => sessions.end(token),
    code: createCodes({ ...needs, secrets, throttle, sessions, accounts }),
    passkey: createPasskeys({ ...needs, accounts, sessions, throttle }),

    publishStaff: accounts.publishStaff,
    openAccounts: accounts.openAccounts,
    contactsOf: accounts.contactsOf,
    nameOf: accounts.nameOfPerson,

    mandatesOf: mandates.of,
    mayAct: mandates.mayAct,
    representation: mandates.representation,
    grantMandates: mandates.grant,
    endMandate: mandates.end,
    findParty: mandates.findParty,
    giveMandate: mandates.give,
    mandatesGiven: mandates.given,
    mandatesHeld: mandates.held,
    acceptMandate: mandates.accept,
    declineMandate: mandates.decline,
    revokeMandate: mandates.revoke,
    recheckRepresentatives: mandates.recheck,
    actFor: async (token, represented) => {
      const session = await sessions.find(token)
      if (!session) throw SignInNeeded()
      return mandates.actFor(token, session, represented)
    },

    doors: async () => {
      if (!demo) return []
      return Promise.all(
        (await accounts.withDoors()).map(async (row) => ({
          id: row.door as string,
          kind: row.kind,
          name: await accounts.nameOf(row),
          ...(row.language === null ? {} : { language: row.language }),
          ...(row.tenant === null ? {} : { agency: row.tenant }),
          roles: row.roles,
        })),
      )
    },

    openDoor: async (door, visitor) => {
      if (!demo) throw DoorClosed()
      await throttle.take({ doorsFromNetwork: networkOf(visitor.ip) })
      const account = await accounts.ofDoor(door)
      if (!account) throw DoorClosed()
      const name = await accounts.nameOf(account)
      return needs.sql.begin(worker, (sql) => sessions.open(sql, account, name, 'door', visitor.token))
    },
  }
}
