// A passer-by finds a fine by its number and plate, without signing in, and pays it; twice at once is paid once.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { query } from '../../trust/people.ts'
import type { Product } from '../../trust/product.ts'
import { holds, type Stage, stopwatch } from '../stage.ts'
import { type Visitor, visitor } from '../visitor.ts'

export interface Fine {
  number: string
  plate: string
}

export const continued = 'main button.govuk-button:not([name]):visible'

/** From the page of the service to the provider's. */
export async function toProvider(person: Visitor, fine: Fine, isLookedAt: boolean): Promise<void> {
  const look = async (name: string) => {
    if (isLookedAt) await person.look(name)
  }
  await person.open('/services/fine')
  await look('fine')
  await person.press('main form[action="/apply/fine"] button')
  await look('find')
  if (isLookedAt) {
    await person.fill('fineNumber', fine.number)
    await person.fill('plate', 'XX-0000')
    await person.press(continued)
    await look('not-found')
  }
  await person.fill('fineNumber', fine.number)
  await person.fill('plate', fine.plate)
  await person.press(continued)
  await look('what-to-do')
  await person.choose('intent', 'pay')
  await person.press(continued)
  await look('where-to-write')
  await person.press(continued)
  await look('check-answers')
  await person.press('main form[action$="/check"] button:not([formaction])')
  await look('pay')
  await person.press('main form[action^="/pay/"] button')
}

export async function payFine(
  stage: Stage,
  fine: Fine,
  options: { withScript: boolean; width?: number },
): Promise<void> {
  const how = options.withScript ? '' : ', without a script'
  const person = await visitor(stage, options)
  const watch = stopwatch()
  await toProvider(person, fine, true)
  await person.look('card')
  await person.press('main button')
  await person.await('.govuk-panel--confirmation')
  await person.look('paid')
  stage.figures[`a fine paid${how}`] =
    `${person.effort.presses} presses, ${person.effort.fields} fields, ${watch.seconds()} s with every page looked at`
  await person.press('main a[href^="/applications/"]')
  await person.await('main a[href$=".pdf"],main a[href*=".pdf?"]')
  await person.look('receipt')
  await holdsOnce(stage, fine, how)
  await person.close()
}

/** Two tabs of one browser pay the same fine in the same moment. */
export async function payTwiceAtOnce(stage: Stage, fine: Fine): Promise<void> {
  const person = await visitor(stage)
  await toProvider(person, fine, true)
  await person.look('card')
  const second = await visitor(stage)
  await toProvider(second, fine, false)
  await Promise.all([person.press('main button'), second.press('main button')])
  await Promise.all([person.await('.govuk-panel--confirmation'), second.await('.govuk-panel--confirmation')])
  await person.look('paid')
  await second.look('paid-in-the-other-tab')
  await holdsOnce(stage, fine, ', paid in two tabs at once')
  for (const one of [person, second]) {
    await one.press('main a[href^="/applications/"]')
    await one.await('.govuk-tag--green,main a[href*=".pdf"]')
  }
  await person.look('receipt')
  await second.look('nothing-to-do')
  await person.close()
  await second.close()
}

/** What the provider took and gave back, by its own book, and what ours says. */
export async function holdsOnce(stage: Stage, fine: Fine, how: string): Promise<void> {
  const bills = await query<{ id: string; amount: number; refunds: string[] }>(
    stage.product,
    `select id, amount::int, array(select r.id::text from payments.refund r where r.bill = b.id) as refunds
     from payments.bill b where debt = $1`,
    [`fine/${fine.number}`],
  )
  const known = bills.flatMap(({ id, refunds }) => [id, ...refunds])
  const book = providerBook(stage.product).filter(({ reference }) => known.includes(reference))
  const taken = book.reduce((all, { kind, value }) => all + (kind === 'payment-settled' ? value : -value), 0)
  const isOnce = bills.length === 1 && taken === bills[0]?.amount
  holds(stage, `The fine is charged once${how}`, isOnce, `${bills.length} bills; ${JSON.stringify(book)}`)
  const state = await stateOf(stage.product, fine)
  holds(stage, `The register says that it is paid${how}`, state.state === 'paid', JSON.stringify(state))
}

export interface Booked {
  kind: string
  reference: string
  value: number
}

/** The book of the sandbox provider: what it settled and what it refunded. */
export function providerBook({ data }: Pick<Product, 'data'>): Booked[] {
  return readFileSync(join(data, 'card-provider/events.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"event"'))
    .map((line) => {
      const { kind, reference, amount } = (
        JSON.parse(line) as { event: { kind: string; reference: string; amount: { value: number } } }
      ).event
      return { kind, reference, value: amount.value }
    })
}

/** What the register of fines says now. */
export async function stateOf(product: Product, fine: Fine): Promise<{ state: string; enforcement: string }> {
  const [row] = await query<{ state: string; enforcement: string }>(
    product,
    `select values ->> 'state' as state, values ->> 'enforcement' as enforcement from registries.record
     where register = 'fines' and values ->> 'number' = $1`,
    [fine.number],
  )
  return row ?? { state: 'none', enforcement: 'none' }
}
