// Gathers single calls that come at about the same time into one piece of work, so that they share a transaction.

/**
 * Each call resolves with its own result. While a batch is at work, the next one fills; nobody waits for a clock.
 * A batch that fails is done again one by one, so that one call's fault is not another's.
 */
export function gather<Call, Result>(
  work: (calls: Call[]) => Promise<Result[]>,
  { most = 200, atOnce = 2 }: { most?: number; atOnce?: number } = {},
): (call: Call) => Promise<Result> {
  const waiting: { call: Call; resolve: (result: Result) => void; reject: (error: unknown) => void }[] = []
  let running = 0

  const run = async () => {
    running += 1
    await null // what is called in this turn of the loop comes along
    const batch = waiting.splice(0, most)
    try {
      const results = await work(batch.map(({ call }) => call))
      for (const [index, { resolve }] of batch.entries()) resolve(results[index]!)
    } catch (error) {
      if (batch.length === 1) batch[0]!.reject(error)
      else
        for (const { call, resolve, reject } of batch) await work([call]).then(([result]) => resolve(result!), reject)
    } finally {
      running -= 1
      if (waiting.length > 0) void run()
    }
  }

  return (call) =>
    new Promise((resolve, reject) => {
      waiting.push({ call, resolve, reject })
      if (running < atOnce && waiting.length === 1) void run()
    })
}
