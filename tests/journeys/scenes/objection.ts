// Somebody contests a fine: enforcement stops, nobody decides in time, and the law decides for them.
import { fineIn, moveClock } from '../books.ts'
import { holds, type Stage } from '../stage.ts'
import { visitor } from '../visitor.ts'
import { type Fine, findFine, fineBecomes } from './fine.ts'

const next = 'main button.govuk-button:not([name]):visible'
const send = 'main form[action$="/check"] button:not([formaction])'

export async function contestFine(stage: Stage, door: string, fine: Fine): Promise<void> {
  const person = await visitor(stage)
  const look = (name: string) => person.look(name)
  await person.open(`/as/${door}`)
  await findFine(person, fine, look)
  await person.choose('intent', 'contest')
  await person.press(next)
  await person.choose('ground', 'signHidden')
  await look('objection-ground')
  await person.press(next)
  await person.fill(
    'statement',
    'The sign stood behind a tree. كانت اللافتة خلف شجرة. Le panneau était caché. 标志被树挡住了。',
  )
  await look('objection-statement')
  await person.press(next)
  for (let pages = 0; pages < 3 && !(await person.page.locator(send).count()); pages += 1) await person.press(next)
  await look('objection-check')
  await person.press(send)
  await person.await('main h1')
  await look('objection-sent')
  const reference = /\/applications\/([A-Z0-9-]+)/.exec(person.page.url())?.[1] ?? ''
  holds(stage, 'The objection has a reference', reference !== '', person.page.url())

  let stopped = await fineIn(stage, fine.number)
  for (let tries = 0; tries < 40 && stopped?.enforcement !== 'stopped'; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 250))
    stopped = await fineIn(stage, fine.number)
  }
  holds(stage, 'Enforcement is stopped in the register', stopped?.enforcement === 'stopped', stopped?.enforcement)

  const officer = await visitor(stage)
  await officer.open('/as/yusuf')
  await officer.look('office-queue-objection')
  const row = officer.page.locator('table a', { hasText: reference })
  holds(stage, 'The officer has it in the queue', (await row.count()) === 1)

  await moveClock(stage, '+31d')
  const cancelled = await fineBecomes(stage, fine.number, 'cancelled')
  holds(
    stage,
    'Nobody decided in 30 days, so the objection is accepted by law',
    cancelled?.state === 'cancelled',
    cancelled?.state,
  )
  await officer.open('/office')
  holds(stage, 'The queue does not have it any more', (await row.count()) === 0)

  // The session has ended with the days that passed; a door opens again.
  await person.open(`/as/${door}`)
  await person.open(`/applications/${reference}`)
  await person.await('main a[href$=".pdf"]', 60)
  await look('objection-deemed')
  await person.open('/my-data')
  await look('my-data-after-objection')
  const rows = await person.page.locator('main table tbody tr').count()
  holds(stage, 'The log of data uses names what was read', rows >= 2, rows)

  const mails = (await (await fetch(new URL(`/sandbox/messages?search=${fine.number}`, stage.product.url))).json()) as {
    messages: { to: string[] }[]
  }
  holds(
    stage,
    'A message told of it',
    mails.messages.some(({ to }) => to.some((one) => one.startsWith(`${door}@`))),
    mails.messages.length,
  )
  await officer.close()
  await person.close()
}
