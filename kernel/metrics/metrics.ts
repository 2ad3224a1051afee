// What the program counts and measures, for Prometheus: names end in _total, _seconds or _bytes; labels hold no person.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** One value of a gauge, read when Prometheus asks. */
export interface Reading {
  labels?: Record<string, string>
  value: number
}

export interface Metrics {
  registry: Registry
  /** The same name again gives the same counter. */
  counter(name: string, help: string, labels?: string[]): Counter
  /** Seconds, in buckets from 1 ms to 10 s unless told otherwise. */
  histogram(name: string, help: string, labels?: string[], buckets?: number[]): Histogram
  /**
   * A gauge whose values are read at each scrape: jobs waiting, connections of a pool. A reader that throws leaves its
   * gauge empty and counts in ashlar_metrics_failed_total; the other metrics are still told. Readers of the same name
   * are told together.
   */
  gauge(name: string, help: string, read: () => Reading[] | Promise<Reading[]>, labels?: string[]): void
  /** The connections of a pool, as ashlar_pool_connections{pool,state}; call once for each pool. */
  watchPool(pool: string, read: () => { total: number; idle: number; waiting: number }): void
  /** The text of /metrics. */
  text(): Promise<string>
  contentType: string
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** `process: true` adds memory, processor time and the lag of the event loop (one timer; not for tests). */
export function createMetrics({ process = false }: { process?: boolean } = {}): Metrics {
  const registry = new Registry()
  if (process) collectDefaultMetrics({ register: registry })
  const readers = new Map<string, (() => Reading[] | Promise<Reading[]>)[]>()

  const counter: Metrics['counter'] = (name, help, labels = []) =>
    (registry.getSingleMetric(name) as Counter | undefined) ??
    new Counter({ name, help, labelNames: labels, registers: [registry] })
  const failed = counter('ashlar_metrics_failed_total', 'Readings of gauges that failed', ['metric'])

  const gauge: Metrics['gauge'] = (name, help, read, labels = []) => {
    const known = readers.get(name)
    if (known !== undefined) {
      known.push(read)
      return
    }
    const all = [read]
    readers.set(name, all)
    new Gauge({
      name,
      help,
      labelNames: labels,
      registers: [registry],
      async collect() {
        this.reset()
        if (labels.length > 0) this.remove({})
        for (const one of all) {
          try {
            for (const { labels: of = {}, value } of await one()) this.set(of, value)
          } catch {
            failed.inc({ metric: name })
          }
        }
      },
    })
  }

  return {
    registry,
    counter,
    gauge,
    histogram: (name, help, labels = [], buckets = SECONDS) =>
      (registry.getSingleMetric(name) as Histogram | undefined) ??
      new Histogram({ name, help, labelNames: labels, buckets, registers: [registry] }),
    watchPool: (pool, read) =>
      gauge(
        'ashlar_pool_connections',
        'Connections of a pool, by state; waiting are requests for one',
        () => Object.entries(read()).map(([state, value]) => ({ labels: { pool, state }, value })),
        ['pool', 'state'],
      ),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
