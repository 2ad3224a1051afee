// Talks to the country that runs in the data folder: its launcher leaves an address and a key there.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readSettings } from '@ashlar/server'
import { request } from 'undici'

export interface Running {
  url: string
  key: string
  pid: number
}

/** What runs in this data folder, or undefined. */
export function findRunning(folder: string): Running | undefined {
  try {
    const running = JSON.parse(readFileSync(join(resolve(folder), 'running.json'), 'utf8')) as Running
    process.kill(running.pid, 0)
    return running
  } catch {
    return undefined
  }
}

/** Calls an operator's route of the running country; a clear error if none runs. */
export async function callRunning<T>(
  flags: Record<string, string | boolean>,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<T> {
  const { values } = readSettings(flags)
  const running = findRunning(values.data.folder)
  if (!running) throw new Error(`No country runs in ${values.data.folder}: start one with npm start.`)
  const response = await request(`${running.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${running.key}`,
      accept: 'application/json',
      ...(body ? { 'content-type': 'application/json', 'idempotency-key': randomUUID() } : {}),
    },
    headersTimeout: 60_000,
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const answer = (await response.body.json()) as T & { title?: string; detail?: string }
  if (response.statusCode >= 400) throw new Error(answer.detail ?? answer.title ?? `answered ${response.statusCode}`)
  return answer
}
