// Proves that calls of a moment share a batch, each gets its own result, and one's fault is not another's.
import assert from 'node:assert/strict'
import test from 'node:test'
import { gather } from './index.ts'

test('calls of the same moment share one batch, and each gets its own result', async () => {
  const batches: number[][] = []
  const double = gather(async (numbers: number[]) => {
    batches.push(numbers)
    return numbers.map((n) => 2 * n)
  })

  const results = await Promise.all([double(1), double(2), double(3)])

  assert.deepEqual(results, [2, 4, 6])
  assert.deepEqual(batches, [[1, 2, 3]])
})

test('while batches are at work the next one fills, and is no larger than allowed', async () => {
  const sizes: number[] = []
  const same = gather(
    async (numbers: number[]) => {
      sizes.push(numbers.length)
      await new Promise(setImmediate)
      return numbers
    },
    { most: 10, atOnce: 1 },
  )

  const results = await Promise.all(Array.from({ length: 25 }, (_, n) => same(n)))

  assert.deepEqual(
    results,
    Array.from({ length: 25 }, (_, n) => n),
  )
  assert.deepEqual(sizes, [10, 10, 5])
})

test('when a batch fails, each call is tried alone and only the faulty one fails', async () => {
  const fussy = gather(async (numbers: number[]) => {
    if (numbers.includes(2)) throw new Error('two')
    return numbers
  })

  const results = await Promise.allSettled([fussy(1), fussy(2), fussy(3)])

  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
})
