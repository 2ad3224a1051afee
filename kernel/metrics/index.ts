// The door of the room `metrics`: Prometheus counters, histograms and gauges of one program.
export { createMetrics, type Metrics, type Reading } from './metrics.ts'
