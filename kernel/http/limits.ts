// Limits of the server, with the reasons for their sizes.

export interface Limits {
  /** Bytes of a JSON or form body; routes that take uploads say their own. */
  body: number
  /** Levels of nesting in a JSON body. */
  depth: number
  /** Milliseconds for a request's headers to arrive. */
  headersTimeout: number
  /** Milliseconds for a whole request to arrive. */
  requestTimeout: number
  /** The same for routes that take uploads: a photo over a slow line takes minutes. */
  uploadTimeout: number
  /** Milliseconds between looks for connections that are too slow. */
  checkingInterval: number
  /** Milliseconds a connection may be silent in both directions while a request is open. */
  silence: number
  /** Requests in work; one more is refused with 503. Streams of events do not count. */
  inFlight: number
  /** Milliseconds that the event loop may lag before requests are refused. */
  lag: number
  /** Open streams of events. */
  streams: number
  /** Milliseconds that requests in work get to finish when the server closes. */
  closing: number
}

export const defaultLimits: Limits = {
  body: 256 * 1024,
  depth: 32,
  headersTimeout: 8_000,
  requestTimeout: 10_000,
  uploadTimeout: 180_000,
  checkingInterval: 2_000,
  silence: 60_000,
  inFlight: 400,
  lag: 400,
  streams: 5_000,
  closing: 10_000,
}
