// The short trust checks: one product, tried from all sides.
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { canaryIsNowhere } from './canary.ts'
import type { Figure } from './figure.ts'
import { fuzz } from './fuzz.ts'
import { decidesOnce, submitsOnce } from './once.ts'
import { signInPeople } from './people.ts'
import { plantedAreFound } from './planted.ts'
import { cannotHarm } from './privilege.ts'
import { startProduct } from './product.ts'
import { everyRouteNamesWhoMayCome, otherSitesCannotWrite } from './routes.ts'
import { wallsStand } from './walls.ts'

export interface CheckOptions {
  folder: string
  seed: number
  say(text: string): void
}

/** In all that the fuzzer sends; no word of any language or log. */
const CANARY = 'zqcanaryqz7'

export async function checks({ folder, seed, say }: CheckOptions): Promise<Figure[]> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const log = join(folder, 'product.log')
  const product = await startProduct({
    data: join(folder, 'data'),
    log,
    settings: { 'demo.people': '1000', 'log.level': 'trace' },
  })
  const figures: Figure[] = []
  const run = async (name: string, work: () => Promise<Figure[]>) => {
    const from = performance.now()
    figures.push(...(await work()))
    say(`${name}: ${((performance.now() - from) / 1000).toFixed(1)} s`)
  }
  try {
    const [citizen] = await signInPeople(product, 1)
    const [liam, sana] = [await throughDoor(product.url, 'liam'), await throughDoor(product.url, 'sana')]
    await run('one submission', () => submitsOnce(product, citizen!.token))
    await run('one decision', () => decidesOnce(product, liam, sana))
    await run('every route names who may come', () => everyRouteNamesWhoMayCome(product.url))
    await run('other websites', () => otherSitesCannotWrite(product.url, citizen!.token, sana))
    await run('walls', () => wallsStand(product))
    await run('rights of the process', () => cannotHarm(product))
    await run('hostile input', () =>
      fuzz({ url: product.url, seed, each: 40, tokens: { citizen: citizen!.token, officer: sana }, canary: CANARY }),
    )
    await run('planted faults', () => plantedAreFound({ folder, seed, canary: CANARY }))
    await run('canary', () => canaryIsNowhere(product, CANARY, [log, join(folder, 'data/postgres/postgres.log')]))
    return figures
  } finally {
    await product.stop()
  }
}

/** The demo's own door. */
async function throughDoor(url: string, id: string): Promise<string> {
  const answer = await fetch(`${url}/as/${id}`, { redirect: 'manual' })
  const token = /ashlar_session=([^;]+)/.exec(answer.headers.get('set-cookie') ?? '')?.[1]
  if (token === undefined) throw new Error(`the door of ${id} is closed: ${answer.status}`)
  return token
}
