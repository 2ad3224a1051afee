// Signed notices as Standard Webhooks 1.0.0 has them: HMAC-SHA256 over "id.timestamp.body", base64, prefixed "v1,".
import { createHmac, timingSafeEqual } from 'node:crypto'

const tolerance = 5 * 60

export function sign(secret: string, id: string, timestamp: number, body: string): string {
  return `v1,${createHmac('sha256', Buffer.from(secret, 'base64')).update(`${id}.${timestamp}.${body}`).digest('base64')}`
}

/**
 * Why a notice is refused, or undefined if it is genuine: one of its signatures fits and it is at most five minutes
 * away from `now` (seconds since 1970, machine time).
 */
export function refusal(
  secret: string,
  headers: Record<string, string | undefined>,
  body: string,
  now: number,
): string | undefined {
  const id = headers['webhook-id']
  const timestamp = Number(headers['webhook-timestamp'])
  const signatures = headers['webhook-signature']
  if (!id || !signatures || !Number.isSafeInteger(timestamp))
    return 'The headers webhook-id, webhook-timestamp and webhook-signature are needed.'
  if (Math.abs(now - timestamp) > tolerance) return 'The notice is more than five minutes old, or from the future.'
  const expected = Buffer.from(sign(secret, id, timestamp, body))
  const fits = signatures.split(' ').some((given) => {
    const bytes = Buffer.from(given)
    return bytes.length === expected.length && timingSafeEqual(bytes, expected)
  })
  return fits ? undefined : 'No signature fits the bytes that came.'
}
