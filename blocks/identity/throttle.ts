// How often somebody may try: per address, per network and in all, exact however many try at once.
import { isIPv6 } from 'node:net'
import { machineTime } from '@ashlar/kernel/clock'
import type { Database } from '@ashlar/kernel/sql'
import { TooManyAttempts } from './problems.ts'
import type { Secrets } from './secrets.ts'
import { identityStore } from './store.ts'

/** One more every so many milliseconds, and so many at once after a rest. */
interface Limit {
  every: number
  burst: number
}

const SECOND = 1000
const MINUTE = 60 * SECOND

const limits = {
  /** Codes sent to one address: five at once, then one in ten minutes. */
  codesToAddress: { every: 10 * MINUTE, burst: 5 },
  codesFromNetwork: { every: 20 * SECOND, burst: 30 },
  codesInAll: { every: 20, burst: 500 },
  /** Tries of codes for one address: far below the 100 of NIST SP 800-63B, then two in an hour. */
  triesForAddress: { every: 30 * MINUTE, burst: 20 },
  triesFromNetwork: { every: 10 * SECOND, burst: 60 },
  triesInAll: { every: 10, burst: 1000 },
  passkeysFromNetwork: { every: SECOND, burst: 60 },
  /** Naming somebody by number and date of birth: a list of workers at once, then one in a minute. */
  partiesByPerson: { every: MINUTE, burst: 250 },
  doorsFromNetwork: { every: 200, burst: 200 },
} satisfies Record<string, Limit>

export interface Throttle {
  /** Throws TooManyAttempts (429). Each is asked, also when one before it is used up. */
  take(asked: Partial<Record<keyof typeof limits, string>>): Promise<void>
}

export function createThrottle({ sql, secrets }: { sql: Database; secrets: Secrets }): Throttle {
  return {
    async take(asked) {
      const now = machineTime.now()
      // Always in the order of the keys: two who take several at once never wait for each other.
      const keys = Object.entries(asked)
        .map(([name, who]) => ({ limit: limits[name as keyof typeof limits], key: secrets.keyOfAllowance(name, who) }))
        .sort((a, b) => Buffer.compare(a.key, b.key))
      for (const { key, limit } of keys)
        if (!(await identityStore(sql).take(key, limit.every, limit.burst, now)))
          throw TooManyAttempts(Math.ceil(limit.every / SECOND))
    },
  }
}

/** One household or one server: an IPv4 address, or the first 64 bits of an IPv6 one. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  if (address.toLowerCase().startsWith('::ffff:') && address.includes('.')) return address.slice(7)
  const [head = '', tail = ''] = address.split('%')[0]?.split('::') ?? []
  const front = head.split(':').filter((part) => part !== '')
  const back = tail.split(':').filter((part) => part !== '')
  const gap = address.includes('::')
    ? Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0')
    : []
  return [...front, ...gap, ...back]
    .slice(0, 4)
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(':')
}
