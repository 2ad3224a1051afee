// Headers that keep browsers safe, and the Content-Security-Policy of pages: nothing but what carries the nonce.
import { randomFillSync } from 'node:crypto'

/** For every answer; those that are pages replace the policy by their own. */
export function safeHeaders(baseUrl: string): Record<string, string> {
  return {
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    // What an answer holds is somebody's until a route says otherwise.
    'cache-control': 'no-store',
    ...(baseUrl.startsWith('https:') ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : {}),
  }
}

export function pagePolicy(nonce: string, formTargets: string, more: Record<string, string> = {}): string {
  const directives: Record<string, string> = {
    'default-src': "'none'",
    'script-src': `'nonce-${nonce}'`,
    'style-src': `'nonce-${nonce}'`,
    'img-src': "'self' data:",
    'font-src': "'self'",
    'connect-src': "'self'",
    'manifest-src': "'self'",
    'worker-src': "'self'",
    'form-action': formTargets === '' ? "'self'" : `'self' ${formTargets}`,
    'frame-ancestors': "'none'",
    'base-uri': "'none'",
  }
  for (const [name, value] of Object.entries(more))
    directives[name] = directives[name] === undefined ? value : `${directives[name]} ${value}`
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ')
}

const pool = Buffer.alloc(4096)
let used = pool.length

/** Random bytes from a pool: one call to the system for many requests. */
export function randomPooled(bytes: number): Buffer {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += bytes
  return pool.subarray(used - bytes, used)
}
