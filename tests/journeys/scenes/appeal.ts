// Two objections are rejected: one is contested in time, before an officer of another ministry, who takes more time and writes;
// the other one too late, and then withdrawn.
import { query } from '../../trust/people.ts'
import { moveClock } from '../books.ts'
import { toLatin } from '../digits.ts'
import { holds, type Stage } from '../stage.ts'
import { type Visitor, visitor } from '../visitor.ts'
import { contest, youngFines } from './contested.ts'
import { fineBecomes } from './fine.ts'

const next = 'main button.govuk-button:not([name]):visible'
const send = 'main form[action$="/check"] button:not([formaction])'

export interface Rejected {
  reference: string
  /** Until when it can be contested, as the page says it. */
  until: string
}

/** Gives the one that nobody has contested yet. */
export async function appeal(stage: Stage): Promise<Rejected> {
  const chloe = await visitor(stage)
  await chloe.open('/as/chloe')
  const [fine, other] = await youngFines(stage, 2)
  if (!fine || !other) throw new Error('there are no two young fines')
  const first = await contest(chloe, fine)
  const second = await contest(chloe, other)
  const yusuf = await visitor(stage)
  await yusuf.open('/as/yusuf')
  for (const reference of [first, second]) await decide(yusuf, reference, 'reject', 'photoIsClear')
  await yusuf.close()

  await chloe.open(`/applications/${first}`)
  await chloe.await('main a[href$="/appeal"]')
  await chloe.look('objection-rejected')
  const until = dayIn(await chloe.page.locator('main .govuk-inset-text').last().innerText())
  holds(stage, 'The page of a refusal says until when one can appeal', until !== '', until)
  await chloe.press('main a[href$="/appeal"]')
  await chloe.look('appeal-how')
  await chloe.press('main form[action$="/appeal"] button')
  const appealed = await appeals(stage, chloe)
  const record = await fineBecomes(stage, fine.number, 'unpaid')
  holds(stage, 'While it is contested the fine is not enforced', record?.enforcement === 'stopped', record?.enforcement)

  await linked(stage, chloe, first, appealed)
  await decidedByAnother(stage, chloe, appealed)
  const cancelled = await fineBecomes(stage, fine.number, 'cancelled')
  holds(stage, 'The appeal is won, and the fine is cancelled', cancelled?.state === 'cancelled', cancelled?.state)
  await chloe.open(`/applications/${appealed}`)
  await chloe.await('main a[href$=".pdf"]', 60)
  await chloe.look('appeal-decided')
  await chloe.open(`/applications/${first}`)
  await chloe.look('first-case-replaced')
  await chloe.close()
  return { reference: second, until }
}

/** The questions of an appeal; gives its reference. */
async function appeals(stage: Stage, person: Visitor, isLookedAt = true): Promise<string> {
  const look = async (name: string) => {
    if (isLookedAt) await person.look(name)
  }
  await person.choose('ground', 'factsWrong')
  await look('appeal-ground')
  await person.press(next)
  await person.fill('statement', 'The tree stands there still. الشجرة ما زالت هناك.')
  await person.press(next)
  await look('appeal-check')
  await person.press(send)
  await look('appeal-sent')
  const reference = /AP-\d\d-[A-Z0-9-]+/.exec(person.page.url())?.[0] ?? ''
  holds(stage, 'An appeal has a reference of its own', reference !== '', person.page.url())
  return reference
}

/** Each page leads to the other. */
async function linked(stage: Stage, chloe: Visitor, first: string, appealed: string): Promise<void> {
  await chloe.open(`/applications/${first}`)
  await chloe.look('first-case-contested')
  const there = await chloe.page.locator(`main a[href="/applications/${appealed}"]`).count()
  await chloe.open(`/applications/${appealed}`)
  await chloe.look('appeal-page')
  const back = await chloe.page.locator(`main a[href="/applications/${first}"]`).count()
  holds(stage, 'The first case and the appeal lead to each other', there > 0 && back > 0, `${there} ${back}`)
}

async function decidedByAnother(stage: Stage, chloe: Visitor, appealed: string): Promise<void> {
  await chloe.touch('#write summary')
  await chloe.page.fill('#message-text', 'May I send a photo of the tree? 🌳')
  await chloe.press('main form[action$="/messages"] button')
  await chloe.look('message-written')

  const amal = await visitor(stage)
  await amal.open('/as/amal')
  await amal.look('queue-of-appeals')
  await toCase(amal, appealed)
  await amal.look('appeal-in-the-office')
  const shown = await amal.page.locator('main').innerText()
  holds(stage, 'The officer reads what the applicant wrote', shown.includes('🌳'), shown.slice(0, 300))
  await amal.touch('#write summary')
  await amal.page.fill('#letter-text', 'Yes, please. نعم من فضلك')
  await amal.press('main form[action$="/messages"] button')

  await amal.touch('#extend summary')
  const reason = amal.page.locator('#extension-reason option').first()
  const why = ((await reason.textContent()) ?? '').trim()
  await amal.look('extension-why')
  await amal.press('main form[action$="/extension"] button')
  await amal.look('extended')
  const again = await amal.page.locator('#extend').count()
  holds(stage, 'A term is made longer once', again === 0, again)

  await chloe.open(`/applications/${appealed}`)
  await chloe.touch('#clock summary')
  await chloe.look('longer-term')
  const clock = await chloe.page.locator('#clock').innerText()
  holds(
    stage,
    'The applicant sees the longer term and its reason',
    why !== '' && clock.includes(why),
    `${why}: ${clock}`,
  )
  const main = await chloe.page.locator('main').innerText()
  holds(stage, 'and the officer’s answer', main.includes('نعم من فضلك'))

  await decide(amal, appealed, 'replace', 'factsOtherwise', 'appeal-decide')
  const [row] = await query<{ decided_by: string }>(
    stage.product,
    `select d.decided_by from cases.decision d join cases.case c on c.id = d.case_id where c.reference = $1`,
    [appealed],
  )
  holds(stage, 'Somebody else decides the appeal', row?.decided_by === 'staff:amal', row?.decided_by)
  await amal.close()
}

/** When its term is over, one has to say why; and one can take it back. */
export async function tooLate(stage: Stage, { reference, until }: Rejected): Promise<void> {
  await moveClock(stage, '+31d')
  const chloe = await visitor(stage)
  await chloe.open('/as/chloe')
  await chloe.open(`/applications/${reference}`)
  await chloe.look('appeal-term-over')
  const said = toLatin(await chloe.page.locator('main').innerText())
  holds(
    stage,
    'After the term the page says since when it is over',
    said.includes(until),
    `${until}: ${said.slice(0, 400)}`,
  )
  await chloe.press('main a[href$="/appeal"]')
  await chloe.look('appeal-late')
  await chloe.press('main form[action$="/appeal"] button')
  await chloe.look('appeal-late-why')
  const refused = await chloe.page.locator('.govuk-error-summary').count()
  const at = new URL(chloe.page.url()).pathname
  holds(stage, 'An appeal that is late is refused without a reason', refused === 1 && at.endsWith('/appeal'), at)
  await chloe.fill('lateBecause', 'I was in hospital.')
  await chloe.press('main form[action$="/appeal"] button')
  const late = await appeals(stage, chloe, false)

  await chloe.open(`/applications/${late}`)
  await chloe.press('main a[href$="/withdraw"]')
  await chloe.look('withdraw')
  await chloe.fill('reason', 'It is not worth it.')
  await chloe.press('main form[action$="/withdraw"] button')
  await chloe.await('main h1')
  await chloe.look('withdrawn')
  const result = async () =>
    (await query<{ result: string }>(stage.product, 'select result from cases.case where reference = $1', [late]))[0]
      ?.result
  for (let tries = 0; tries < 40 && (await result()) !== 'withdrawn'; tries += 1) await chloe.page.waitForTimeout(250)
  holds(stage, 'What is withdrawn has ended', (await result()) === 'withdrawn', await result())
  const amal = await visitor(stage)
  await amal.open('/as/amal')
  holds(
    stage,
    'and is in no queue any more',
    (await amal.page.locator('[data-queue] a', { hasText: late }).count()) === 0,
  )
  await amal.close()
  await chloe.close()
}

async function toCase(officer: Visitor, reference: string): Promise<void> {
  const row = `[data-queue] tbody th a:has-text("${reference}")`
  await officer.open(`/office?search=${reference}`)
  await officer.await(row, 60)
  await officer.press(row)
}

async function decide(
  officer: Visitor,
  reference: string,
  outcome: string,
  reason: string,
  name?: string,
): Promise<void> {
  await toCase(officer, reference)
  await officer.press('main form[action$="/decide"] button')
  await officer.choose('outcome', outcome)
  await officer.choose(`reason-${outcome}`, reason)
  if (name) await officer.look(name)
  await officer.press('main form[action$="/decide"] button.govuk-button:not([name])')
}

/** '25 December 2026' out of a sentence, whatever the language. */
const dayIn = (text: string): string => /\d{1,2}(?:er)? [^\d\s]+ 20\d\d/u.exec(toLatin(text))?.[0] ?? ''
