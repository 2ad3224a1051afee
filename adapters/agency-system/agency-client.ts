// Sends a signed message to the system of an agency over HTTP, with the headers of X-Road's REST protocol where they fit.
import type { Post } from '@ashlar/exchange'
import { request } from 'undici'

/** Milliseconds: a system that is slower is tried again later. */
const PATIENCE = 4_000
const MOST_BYTES = 64 * 1024

export function createAgencyClient({ instance }: { instance: string }): Post {
  const road = (...parts: string[]) => [instance, 'GOV', ...parts].map(encodeURIComponent).join('/')

  return async ({ agency, system, address }, { id, authority, message, envelope }) => {
    const answer = await request(`${address}/messages`, {
      method: 'POST',
      headersTimeout: PATIENCE,
      bodyTimeout: PATIENCE,
      signal: AbortSignal.timeout(PATIENCE * 2),
      headers: {
        'content-type': 'application/json',
        'idempotency-key': id,
        'x-road-client': road(authority),
        'x-road-service': road(agency, system, message),
        'x-road-id': id,
      },
      body: JSON.stringify(envelope),
    })
    return { status: answer.statusCode, body: await readBody(answer.body) }
  }
}

/** A receipt is short; what is longer is none. */
async function readBody(body: AsyncIterable<Uint8Array>): Promise<unknown> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body) {
    size += part.length
    if (size > MOST_BYTES) return undefined
    parts.push(part)
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'))
  } catch {
    return undefined
  }
}
