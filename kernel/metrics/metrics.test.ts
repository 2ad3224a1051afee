// Proves that what is counted is told, and that one failing reader does not silence the rest.
import assert from 'node:assert/strict'
import test from 'node:test'
import { createMetrics } from './index.ts'

test('counters and histograms are told, and the same name is the same counter', async () => {
  const metrics = createMetrics()

  metrics.counter('kettles_total', 'Kettles', ['size']).inc({ size: 'big' })
  metrics.counter('kettles_total', 'Kettles', ['size']).inc({ size: 'big' })
  metrics.histogram('boiling_seconds', 'Boiling').observe(0.003)

  const text = await metrics.text()
  assert.match(text, /kettles_total\{size="big"\} 2/)
  assert.match(text, /boiling_seconds_bucket\{le="0.005"\} 1/)
})

test('gauges are read at each scrape, several pools under one name', async () => {
  const metrics = createMetrics()
  let waiting = 3
  metrics.watchPool('cases', () => ({ total: 2, idle: 1, waiting }))
  metrics.watchPool('payments', () => ({ total: 9, idle: 9, waiting: 0 }))

  await metrics.text()
  waiting = 0
  const text = await metrics.text()

  assert.match(text, /pool="cases",state="waiting"\} 0/)
  assert.match(text, /pool="payments",state="total"\} 9/)
})

test('a reader that fails is counted and the rest is told', async () => {
  const metrics = createMetrics()
  metrics.gauge('jobs_waiting', 'Jobs', () => Promise.reject(new Error('no database')), ['queue'])
  metrics.gauge('doors_open', 'Doors', () => [{ value: 2 }])

  await metrics.text()
  const text = await metrics.text()

  assert.match(text, /doors_open 2/)
  assert.match(text, /ashlar_metrics_failed_total\{metric="jobs_waiting"\} [12]/)
})
