// Clients of the crash rig, a process of their own: each applies and pays again and again, asks again under the same key
// until it has an answer, and writes down what was acknowledged. Nobody kills this process, so its log is what was promised.
import { randomUUID } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { Agent, request } from 'undici'
import type { SignedInPerson } from './people.ts'
import { COOKIE } from './people.ts'
import { seeded } from './product.ts'

export interface ClientOrders {
  url: string
  people: SignedInPerson[]
  /** Fines that nobody has paid, shared out among the clients. */
  fines: { number: string; plate: string }[]
  log: string
  seed: number
  /** The control leaves its keys out: each try is a new wish, as far as the product can tell. */
  keys: 'kept' | 'left-out'
  /** Milliseconds that a client rests between two wishes. */
  rest: number
  /** How often a client hangs up before it has its answer, as people and bad lines do: 0.1 is one in ten. */
  impatience: number
}

/** A line of the log. */
export type Line = { client: number; person: string; wish: string; ms: number; tries: number } & (
  | { kind: 'applied'; service: 'criminal-record-extract' | 'fine'; caseId: string; reference: string }
  | { kind: 'paid'; caseId: string; bill: string; fine: string; behaviour: string }
  | { kind: 'replayed'; caseId: string; was: string }
  | { kind: 'refused'; status: number; code: string; what: string }
)

interface Answer {
  status: number
  body: string
  location?: string
}

/** What may be answered while something is down or still at work: the wish is sent again. */
const AGAIN = new Set([0, 408, 409, 429, 500, 502, 503, 504])
const LONGEST = 180_000
const behaviours = ['normal', 'normal', 'doubled', 'late', 'missing']

const agent = new Agent({ connections: 64, connectTimeout: 2_000, headersTimeout: 15_000, bodyTimeout: 15_000 })

async function send(
  method: 'GET' | 'POST',
  url: string,
  headers: Record<string, string>,
  body?: string,
  patience?: number,
): Promise<Answer> {
  try {
    const answer = await request(url, {
      method,
      headers,
      dispatcher: agent,
      ...(body === undefined ? {} : { body }),
      ...(patience === undefined ? {} : { signal: AbortSignal.timeout(patience) }),
    })
    const { location } = answer.headers
    return {
      status: answer.statusCode,
      body: await answer.body.text(),
      ...(typeof location === 'string' ? { location } : {}),
    }
  } catch (error) {
    // Cut off, or hung up ourselves; anything else would be a fault of this rig.
    if (error instanceof RangeError || error instanceof ReferenceError) throw error
    return { status: 0, body: '' }
  }
}

class Refused extends Error {
  status: number
  code: string

  constructor(what: string, { status, body }: Answer) {
    super(what)
    this.status = status
    this.code = /"code":"([^"]+)"/.exec(body)?.[1] ?? body.slice(0, 200)
  }
}

async function run(orders: ClientOrders): Promise<void> {
  const { url, log } = orders
  const write = (line: Line) => appendFileSync(log, `${JSON.stringify(line)}\n`)
  let stopping = false
  process.on('message', (message) => {
    if (message === 'stop') stopping = true
  })

  async function client(index: number): Promise<void> {
    const { token, person } = orders.people[index]!
    const random = seeded(orders.seed * 1000 + index)
    const fines = orders.fines.filter((_, at) => at % orders.people.length === index)
    const known: { key: string; caseId: string; body: string }[] = []
    /** Milliseconds that an answer takes of late. Who hangs up much sooner was never heard, and later has the answer. */
    let usual = 100
    const cookie = { cookie: `${COOKIE}=${token}`, accept: 'text/html' }

    /** Sends until there is an answer that stands; counts how long that took and how often it was tried. */
    async function insist(what: string, one: () => Promise<Answer>, good: (answer: Answer) => boolean) {
      const from = performance.now()
      for (let tries = 1; ; tries += 1) {
        const answer = await one()
        const ms = performance.now() - from
        if (good(answer)) return { answer, ms, tries }
        if (!AGAIN.has(answer.status) || ms > LONGEST) throw new Refused(what, answer)
        await delay(50 + random() * 150)
      }
    }

    async function apply(service: 'criminal-record-extract' | 'fine', answers: object) {
      const wish = randomUUID()
      const body = JSON.stringify({ service, language: 'en', answers })
      const post = (key: string) =>
        send(
          'POST',
          `${url}/api/cases/v1/applications`,
          { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key },
          body,
          random() < orders.impatience ? Math.ceil(usual * (0.3 + 0.7 * random())) : undefined,
        )
      const { answer, ms, tries } = await insist(
        `apply for ${service}`,
        () => post(orders.keys === 'kept' ? wish : randomUUID()),
        ({ status }) => status === 201,
      )
      const { caseId, reference } = JSON.parse(answer.body) as { caseId: string; reference: string }
      if (tries === 1) usual = (usual + ms) / 2
      write({ kind: 'applied', client: index, person, wish, service, caseId, reference, ms, tries })
      known.push({ key: wish, caseId, body })
      return { caseId, reference, wish }
    }

    /** As a person does: from the application to the bill, to the provider's page, and "pay", pressed twice. */
    async function pay(fine: ClientOrders['fines'][number]): Promise<void> {
      const form = { ...cookie, 'content-type': 'application/x-www-form-urlencoded' }
      const { caseId, reference, wish } = await apply('fine', {
        fineNumber: fine.number,
        plate: fine.plate,
        intent: 'pay',
      })
      const link = /\/pay\/([0-9a-f-]{36})\?of=[^"&]+/
      const page = await insist(
        'see the bill',
        async () => {
          const answer = await send('GET', `${url}/applications/${reference}`, cookie)
          // The process has not come so far yet.
          return answer.status === 200 && !link.test(answer.body) ? { ...answer, status: 503 } : answer
        },
        ({ status }) => status === 200,
      )
      const [path, bill] = link.exec(page.answer.body) as unknown as [string, string]
      const checkout = await insist(
        'go to the provider',
        async () => {
          const shown = await send('GET', `${url}${path}`, cookie)
          const hidden = /name="_token" value="([^"]+)"/.exec(shown.body)?.[1]
          if (shown.status !== 200 || hidden === undefined)
            return { ...shown, status: shown.status === 200 ? 410 : shown.status }
          return send('POST', `${url}${path}`, form, new URLSearchParams({ _token: hidden }).toString())
        },
        ({ status, location }) => status === 303 && location !== undefined && location.includes('/checkout/'),
      )
      const behaviour = behaviours[Math.floor(random() * behaviours.length)]!
      const card = new URLSearchParams({ card: '4242 4242 4242 4242', behaviour }).toString()
      const press = () =>
        insist(
          'pay',
          () => send('POST', checkout.answer.location!, { 'content-type': form['content-type'] }, card),
          ({ status }) => status === 303,
        )
      const [paid] = await Promise.all([press(), press()])
      const { ms, tries } = paid
      write({ kind: 'paid', client: index, person, wish, caseId, bill, fine: fine.number, behaviour, ms, tries })
    }

    while (!stopping) {
      try {
        const fine = random() < 0.3 ? fines.pop() : undefined
        if (fine) await pay(fine)
        else await apply('criminal-record-extract', { purpose: 'employment' })
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        write({
          kind: 'refused',
          client: index,
          person,
          wish: '',
          status: error.status,
          code: error.code,
          what: error.message,
          ms: 0,
          tries: 0,
        })
        await delay(500)
      }
      if (orders.rest > 0) await delay(orders.rest * random() * 2)
    }

    // What was acknowledged is asked for once more: the same key gives the same receipt.
    if (orders.keys === 'left-out') return
    for (const { key, caseId, body } of known.slice(-20)) {
      const { answer, ms, tries } = await insist(
        'ask again',
        () =>
          send(
            'POST',
            `${url}/api/cases/v1/applications`,
            { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key },
            body,
          ),
        ({ status }) => status === 201,
      )
      const again = (JSON.parse(answer.body) as { caseId: string }).caseId
      write({ kind: 'replayed', client: index, person, wish: key, caseId: again, was: caseId, ms, tries })
    }
  }

  await Promise.all(orders.people.map((_, index) => client(index)))
  await agent.close()
  process.disconnect?.()
}

if (process.argv[1] === import.meta.filename)
  process.once('message', (orders) => {
    // Without its rig a client promises nobody anything.
    process.once('disconnect', () => process.exit(0))
    run(orders as ClientOrders).catch((error: unknown) => {
      console.error(error)
      process.exit(1)
    })
  })
