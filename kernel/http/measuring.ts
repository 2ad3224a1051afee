// Counts, times and logs requests: by route, never by address, for addresses may name somebody.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Log } from '../log/index.ts'
import type { Metrics } from '../metrics/index.ts'
import type { Admission } from './admission.ts'
import type { Http } from './fastify.ts'
import type { Streams } from './sse.ts'

interface MeasuringNeeds {
  log: Log
  metrics: Metrics
  admission: Admission
  streams: Streams
}

/** Reads are logged at debug, writes and refusals at info; faults were logged where they were caught. */
export function countRequests(http: Http, { log, metrics, admission, streams }: MeasuringNeeds): void {
  const seconds = metrics.histogram('ashlar_http_request_seconds', 'Requests, by route and status', [
    'method',
    'route',
    'status',
  ])
  const refused = metrics.counter('ashlar_http_refused_total', 'Requests refused because too much was going on')
  metrics.gauge('ashlar_http_in_flight', 'Requests in work', () => [{ value: admission.inFlight() }])
  metrics.gauge('ashlar_http_lag_seconds', 'How late the event loop is', () => [{ value: admission.lag() / 1000 }])
  metrics.gauge('ashlar_http_streams', 'Open streams of events', () => [{ value: streams.count() }])
  // Looking a histogram's child up by its labels costs more than observing it.
  const children = new Map<string, { observe(value: number): void }>()

  http.addHook('onResponse', (request: FastifyRequest, reply: FastifyReply, done) => {
    const { method } = request
    const { statusCode: status, elapsedTime } = reply
    const route = request.routeOptions.url ?? 'none'
    if (status === 503) refused.inc()
    const key = `${method} ${status} ${route}`
    let child = children.get(key)
    if (child === undefined) {
      child = seconds.labels(method, route, String(status))
      children.set(key, child)
    }
    child.observe(elapsedTime / 1000)
    const level = method === 'GET' && status < 400 ? 'debug' : 'info'
    if (log.isLevelEnabled(level))
      log[level](
        { traceId: request.id, method, route, status, ms: Math.round(elapsedTime * 10) / 10, ...whoOf(request) },
        'request',
      )
    done()
  })
}

/** Who acts and for whom, by kind; who exactly, the block's own rows say. */
function whoOf({ caller }: FastifyRequest): Record<string, string> {
  if (caller === undefined) return {}
  const { actor, represented, purpose, channel } = caller.context
  return { by: actor.kind, ...(represented ? { actingFor: represented.kind } : {}), purpose, channel }
}
