// One id for all that one request causes: taken from W3C Trace Context, or made here.
import { randomPooled } from './security.ts'

const traceparent = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(-|$)/

/** 32 hexadecimal digits: `traceId` of logs and problems, `trace` of a Context. */
export function traceOf(header: string | string[] | undefined): string {
  if (typeof header === 'string') {
    const trace = traceparent.exec(header)?.[1]
    if (trace !== undefined && !/^0+$/.test(trace)) return trace
  }
  return randomPooled(16).toString('hex')
}
