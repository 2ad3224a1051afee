// Grace pays her fine and contests it after all: when the law accepts the objection, the money goes back. And the price of
// the day, which is another one when days have passed.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { query } from '../../trust/people.ts'
import { fineIn } from '../books.ts'
import { holds, type Stage } from '../stage.ts'
import { type Visitor, visitor } from '../visitor.ts'
import { countOpenings, usesOf } from './data-log.ts'
import { type Fine, findFine, fineBecomes } from './fine.ts'

const next = 'main button.govuk-button:not([name]):visible'
const send = 'main form[action$="/check"] button:not([formaction])'
const paid = 'main .govuk-panel--confirmation'

export interface Unfinished {
  grace: Visitor
  openings: { count(): number }
  price: string
  other: Pick<Fine, 'number' | 'plate'>
}

export async function secondThoughts(stage: Stage, fine: Fine): Promise<Unfinished> {
  const grace = await visitor(stage)
  const look = (name: string) => grace.look(name)
  await grace.open('/as/grace')
  await findFine(grace, fine, look)
  await grace.choose('intent', 'pay')
  await grace.press(next)
  await grace.press(send)
  await grace.press('main form[action^="/pay/"] button')
  await grace.press('main form button')
  await grace.await(paid, 60)
  await fineBecomes(stage, fine.number, 'paid')

  await findFine(grace, fine, look)
  await grace.choose('intent', 'contest')
  await grace.press(next)
  await grace.choose('ground', 'other')
  await grace.press(next)
  await grace.fill('statement', 'A tree stood before the sign 🌳\nSee the photo.')
  await grace.page.setInputFiles('input[type="file"]', { name: 'شجرة.png', mimeType: 'image/png', buffer: picture })
  await grace.press(next)
  await grace.look('objection-with-a-photo')
  await grace.press(send)
  const reference = await grace.page.locator('main .govuk-panel bdi').first().innerText()

  const yusuf = await visitor(stage)
  const openings = countOpenings(stage, yusuf)
  await yusuf.open('/as/yusuf')
  const hers = `[data-queue] tbody th a:has-text("${reference}")`
  await yusuf.await(hers)
  await yusuf.press(hers)
  await yusuf.look('objection-in-the-office')
  const href = await yusuf.page.locator('main a[href*="/files/"]').first().getAttribute('href')
  const file = await yusuf.context.request.get(new URL(href ?? '', stage.product.url).href)
  holds(
    stage,
    'The officer gets the photo that was handed in, as an attachment',
    file.ok() && /^attachment/.test(file.headers()['content-disposition'] ?? ''),
    file.status(),
  )
  await yusuf.close()

  const other = await fineBeforeItsSixtiethDay(stage)
  return { grace, openings, price: await priceOf(stage, other), other }
}

/** After the clock was moved by 31 days. */
export async function afterTheTerm(
  stage: Stage,
  fine: Fine,
  { grace, openings, price, other }: Unfinished,
): Promise<void> {
  await fineBecomes(stage, fine.number, 'cancelled')
  const record = await fineIn(stage, fine.number)
  holds(
    stage,
    'A fine that was paid and contested is cancelled by silence',
    record?.state === 'cancelled',
    record?.state,
  )
  let given: number[] = []
  for (let tries = 0; tries < 40 && given.length === 0; tries += 1) {
    given = refundsOf(stage)
    if (given.length === 0) await new Promise((resolve) => setTimeout(resolve, 250))
  }
  holds(stage, 'What was paid goes back to the card', given.length === 1 && given[0] === 13_000, JSON.stringify(given))

  await grace.open('/as/grace')
  await grace.navigate('/messages')
  await grace.press('main a[href^="/messages/"]')
  await grace.look('objection-accepted')
  await grace.open('/my-data')
  await grace.look('who-used-my-data')
  const officers = (await usesOf(grace)).filter(({ text }) => text.includes(stage.words.officer))
  // The file stands in the case, so its opening is one of the case, too.
  holds(
    stage,
    'The officer’s readings are in her log, the file’s too',
    officers.length === openings.count() + 1,
    `${officers.length} in the log, ${openings.count()} openings and one file`,
  )
  const now = await priceOf(stage, other)
  holds(stage, 'The price of the day is another one 31 days later', now !== price, `${price} → ${now}`)
  stage.figures['price of the day, before and 31 days later'] = `${price} → ${now}`
  await grace.close()
}

/** What a passer-by reads beside "pay". */
async function priceOf(stage: Stage, fine: Pick<Fine, 'number' | 'plate'>): Promise<string> {
  const person = await visitor(stage)
  await findFine(person, fine, async () => undefined)
  await person.look('price-of-the-day')
  const hint = (await person.page.locator('#intent-item-hint').textContent()) ?? ''
  await person.close()
  return /[\d.,\u00a0\u202f]*\d/.exec(hint)?.[0].trim() ?? hint
}

/** One that costs 65% today and 75% in 31 days. */
async function fineBeforeItsSixtiethDay(stage: Stage): Promise<Pick<Fine, 'number' | 'plate'>> {
  const [fine] = await query<Pick<Fine, 'number' | 'plate'>>(
    stage.product,
    `select values ->> 'number' as number, values ->> 'plate' as plate from registries.record
     where register = 'fines' and values ->> 'state' = 'unpaid' and values ->> 'serious' = 'false'
       and (values ->> 'placedOn')::date between current_date - 55 and current_date - 35
     order by id limit 1`,
  )
  if (!fine) throw new Error('no fine is between 35 and 55 days old')
  return fine
}

/** By the provider's own book. */
function refundsOf({ product }: Stage): number[] {
  return readFileSync(join(product.data, 'card-provider/events.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"refund-settled"'))
    .map((line) => (JSON.parse(line) as { event: { amount: { value: number } } }).event.amount.value)
}

/** One red point. */
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
)
