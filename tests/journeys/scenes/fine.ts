// A passer-by finds a fine by its number and plate, pays it at the price of the day, and cannot pay it twice.
import { booksOf, fineIn } from '../books.ts'
import { toLatin } from '../digits.ts'
import { holds, type Stage } from '../stage.ts'
import { type Visitor, visitor } from '../visitor.ts'

export interface Fine {
  number: string
  plate: string
  /** What it costs today, as digits in the page: '130'. */
  price: string
}

const next = 'main button.govuk-button:not([name]):visible'
const send = 'main form[action$="/check"] button:not([formaction])'

/** As far as the answer to "pay or contest?"; somebody who is signed in chooses among their own fines. */
export async function findFine(
  person: Visitor,
  fine: Pick<Fine, 'number' | 'plate'>,
  look: (name: string) => Promise<void>,
): Promise<void> {
  await person.open('/services/fine')
  await look('fine-start')
  await person.press('main form[action="/apply/fine"] button')
  if (await person.page.locator(`input[name="fineChosen"][value="${fine.number}"]`).count()) {
    await person.choose('fineChosen', fine.number)
    await look('fine-which')
  } else {
    if (await person.page.locator('input[name="fineChosen"][value="none"]').count()) {
      await person.choose('fineChosen', 'none')
      await person.press(next)
    }
    await person.fill('fineNumber', fine.number)
    await person.fill('plate', fine.plate)
    await look('fine-find')
  }
  await person.press(next)
  await look('fine-intent')
}

/** From the first page to the bill. */
async function toBill(person: Visitor, fine: Fine, look: (name: string) => Promise<void>): Promise<void> {
  await findFine(person, fine, look)
  await person.choose('intent', 'pay')
  await person.press(next)
  for (let pages = 0; pages < 3 && !(await person.page.locator(send).count()); pages += 1) await person.press(next)
  await look('fine-check')
  await person.press(send)
  await person.await('main form[action^="/pay/"] button')
}

type Behaviour = 'normal' | 'late' | 'doubled' | 'missing'

async function atProvider(person: Visitor, card: string, behaviour: Behaviour = 'normal'): Promise<void> {
  await person.fill('card', card)
  await person.choose('behaviour', behaviour)
  await person.press('main form button')
}

const good = '4242 4242 4242 4242'
const declined = '4000 0000 0000 0002'
const paid = 'main .govuk-panel--confirmation'
const nobody = async () => undefined

/** The whole way, every page looked at; a declined card on the way. */
export async function payFine(
  stage: Stage,
  fine: Fine,
  options: { withScript: boolean; width?: number },
): Promise<void> {
  const how = options.withScript ? '' : ', without a script'
  const person = await visitor(stage, options)
  const look = (name: string) => person.look(name)
  await toBill(person, fine, look)
  await look('fine-bill')
  const amount = toLatin(await person.page.locator('main .ashlar-number').first().innerText())
  holds(stage, `The fine costs what the day says${how}`, amount.includes(fine.price), amount)

  await person.press('main form[action^="/pay/"] button')
  await look('provider')
  await atProvider(person, declined)
  const isDeclined = await person.page.locator('[role=alert]').count()
  holds(stage, `A declined card is said to be declined${how}`, isDeclined > 0)
  person.forgive()
  await atProvider(person, good)
  await person.await(paid, 60)
  await look('fine-paid')
  const record = await fineBecomes(stage, fine.number, 'paid')
  holds(stage, `The register says that the fine is paid${how}`, record?.state === 'paid', record?.state)
  const books = await booksOf(stage, `fine/${fine.number}`)
  holds(
    stage,
    `It was charged once${how}`,
    books.settled === 1 && books.surplus === books.refunded && books.ledger === 0,
    JSON.stringify(books),
  )
  await person.press('main a[href^="/applications/"]')
  await person.await('main a[href$=".pdf"]', 60)
  await look('fine-receipt')
  await person.close()
}

/** Two people at once, each in a browser of their own, with one fine. */
export async function payTwice(stage: Stage, fine: Fine): Promise<void> {
  const [one, two] = await Promise.all([visitor(stage), visitor(stage)])
  await toBill(one, fine, nobody)
  await toBill(two, fine, nobody)
  await Promise.all([one, two].map((person) => person.press('main form[action^="/pay/"] button')))
  await Promise.all([atProvider(one, good, 'doubled'), atProvider(two, good, 'late')])
  await Promise.all([one, two].map((person) => person.await(`${paid}, main h1`, 60)))
  await one.await(paid, 60)
  const record = await fineBecomes(stage, fine.number, 'paid')
  holds(stage, 'A fine that two people pay at once is paid', record?.state === 'paid', record?.state)
  const books = await booksOf(stage, `fine/${fine.number}`)
  holds(
    stage,
    'Two people who pay one fine at once are charged once',
    books.settled === 1 && books.surplus === books.refunded && books.ledger === 0,
    JSON.stringify(books),
  )
  stage.figures['paid at once by two'] =
    `${books.settled} settled, ${books.surplus} surplus, ${books.refunded} refunded`
  await one.close()
  await two.close()
}

export async function fineBecomes(stage: Stage, number: string, state: string) {
  for (let tries = 0; tries < 60; tries += 1) {
    const record = await fineIn(stage, number)
    if (record?.state === state) return record
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  return fineIn(stage, number)
}
