// A hotel asks for the work permits of five people in one go: by its director, and by whom she gave a mandate and takes it back.
import { query, signInPerson } from '../../trust/people.ts'
import { toLatin } from '../digits.ts'
import { holds, type Stage } from '../stage.ts'
import { type Visitor, visitor } from '../visitor.ts'
import { usesOf } from './data-log.ts'

const service = 'work-permit'
const hotel = 'Blue Reef Hotel'
const next = 'main button.govuk-button:not([name]):visible'
const send = 'main form[action$="/check"] button:not([formaction])'
const paid = 'main .govuk-panel--confirmation'

/** As they stand in a spreadsheet: three ways to write a day. Kofi is the last, and has no sealed contract. */
const workers = [
  ['02-034490-6', '1990-03-02'],
  ['08-029964-2', '08/02/1996'],
  ['27-108301-7', '27.10.1983'],
  ['21-055120-6', '1994-05-21'],
  ['03-116402-2', '1991-11-03'],
] as const
const list = (rows: readonly (readonly string[])[]) => rows.map((row) => row.join('\t')).join('\n')

export async function workPermits(stage: Stage): Promise<void> {
  const grace = await visitor(stage)
  await grace.open('/as/grace')
  const banner = bannerOf(grace)
  await begins(stage, grace)
  await actsFor(stage, grace)
  await pasted(stage, grace, banner.look)
  const reference = await paidFor(stage, grace, banner.look)
  await lettersForAll(stage, grace, reference, banner.look)
  await byMandate(stage, grace, banner.look)
  holds(stage, 'Every page of hers says for whom she acts', banner.without.length === 0, banner.without.join(', '))
  await grace.close()
}

/** Looks at pages, and remembers those that do not say for whom one acts. */
function bannerOf(person: Visitor) {
  const without: string[] = []
  const look = async (name: string) => {
    const banner = await person.page.locator('.govuk-phase-banner').allInnerTexts()
    if (!banner.some((text) => text.includes(hotel))) without.push(`${name} ${new URL(person.page.url()).pathname}`)
    await person.look(name)
  }
  return { look, without }
}

/** The service asks for whom before anything else. */
async function begins(stage: Stage, grace: Visitor): Promise<void> {
  await grace.open(`/services/${service}`)
  await grace.look('permits-start')
  await grace.press(`main form[action="/apply/${service}"] button`)
  await grace.look('permits-for-whom')
  const path = new URL(grace.page.url()).pathname
  holds(stage, 'Who asks for a company says first for which one', path === '/acting', path)
}

async function actsFor(stage: Stage, person: Visitor): Promise<void> {
  await person.page.getByLabel(hotel).check()
  await person.press('main form[action="/acting"] button')
  const banner = await person.page.locator('.govuk-phase-banner').allInnerTexts()
  holds(
    stage,
    'From then on the page says for whom one acts',
    banner.some((text) => text.includes(hotel)),
    banner.join(' '),
  )
}

/** A list with a wrong row is shown again with the fault beside its cell, and says nothing of who has the number. */
async function pasted(stage: Stage, grace: Visitor, look: Look): Promise<void> {
  await look('permits-what')
  await grace.choose('act', 'issue')
  await grace.press(next)
  await look('permits-workers')
  await grace.touch('main details summary')
  await grace.fill('workers-list', list([...workers.slice(0, 2), ['27-108301-7', '1983-10-28'], ...workers.slice(3)]))
  await look('permits-pasted')
  await grace.press(next)
  await look('permits-faulty-row')
  const links = await grace.page
    .locator('.govuk-error-summary a')
    .evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''))
  const cell = links[0] ?? '#'
  const isMarked =
    cell.startsWith('#workers-2-') &&
    (await grace.page.locator(`${cell}[class*="--error"], ${cell} [class*="--error"]`).count()) > 0
  holds(stage, 'One wrong row of a pasted list is shown at its cell', links.length === 1 && isMarked, links.join(' '))
  const rows = await grace.page.locator('main input[name$="-worker-number"]').count()
  const shown = await grace.page.locator('main').innerText()
  holds(stage, 'with all five rows as they were pasted', rows === 5, rows)
  holds(stage, 'and nobody learns who has the number', !/mei|林|chen/i.test(shown), shown.slice(0, 500))
  await grace.page.fill('[name="workers-2-worker-born-day"]', '27')
  await grace.press(next)
}

/** From the months to the permits. */
async function paidFor(stage: Stage, grace: Visitor, look: Look): Promise<string> {
  await grace.fill('months', '12')
  await look('permits-months')
  await grace.press(next)
  await look('permits-check')
  const check = toLatin(await grace.page.locator('main').innerText())
  holds(
    stage,
    'The fee is told before it is asked for, five times 60 for 12 months',
    /3\D?600[.,]00/.test(check),
    check,
  )
  holds(stage, 'with its law', /44/.test(check), check)
  await grace.press(send)
  await grace.await('main form[action^="/pay/"] button')
  await look('permits-bill')
  // Kofi is refused; Mei entered 120 days ago, and costs 10% more.
  const bill = toLatin(await grace.page.locator('main .ashlar-number').first().innerText())
  holds(stage, 'Only permits that are given are paid for, the late one 10% more', /2\D?952[.,]00/.test(bill), bill)
  await grace.press('main form[action^="/pay/"] button')
  await grace.fill('card', '4242 4242 4242 4242')
  await grace.press('main form button')
  await grace.await(paid, 60)
  await look('permits-paid')
  await grace.press('main a[href^="/applications/"]')
  await grace.await('main a[href$=".pdf"]', 60)
  await look('permits-issued')
  return new URL(grace.page.url()).pathname.split('/')[2] ?? ''
}

/** Each permit is with its worker, the refusal with the hotel; every one can be checked by anybody. */
async function lettersForAll(stage: Stage, grace: Visitor, reference: string, look: Look): Promise<void> {
  const checker = await visitor(stage, { withScript: false })
  const isGood = async (code: string) => {
    await checker.open('/verify')
    await checker.fill('text', code)
    await checker.press('#verify-form button')
    return (await checker.page.locator('#verify-result h2').innerText()).startsWith('✓')
  }
  const codeOn = async (person: Visitor) => {
    await person.press('main a[href^="/documents/"]:not([href$=".pdf"])')
    return (await person.page.locator('#share').getAttribute('href')) ?? ''
  }
  await grace.press('main a[href^="/documents/"]:not([href$=".pdf"])')
  await look('permit-refused')
  const refusal = (await grace.page.locator('#share').getAttribute('href')) ?? ''
  holds(stage, 'The refusal of one of the five can be checked', await isGood(refusal), refusal.slice(0, 40))
  await checker.look('refusal-checked')

  const good: string[] = []
  for (const [number] of workers) {
    const worker = await visitor(stage, { token: await signInPerson(stage.product, number) })
    await worker.open('/documents')
    const permits = worker.page.locator('main a[href^="/documents/"]:not([href$=".pdf"])')
    // Liam may have an extract besides; the newest stands first.
    if ((await permits.count()) > 0) {
      const code = await codeOn(worker)
      if (await isGood(code)) good.push(number)
      if (good.length === 1) await worker.look('permit-of-a-worker')
    }
    await worker.close()
  }
  await checker.look('permit-checked')
  await checker.close()
  const four = workers.slice(0, 4).map(([number]) => number)
  holds(
    stage,
    'Four workers have their permits, which anybody can check; the fifth has none',
    good.join() === four.join(),
    good.join(),
  )
  const [row] = await query<{ count: number }>(
    stage.product,
    `select count(*)::int as count from registries.record where register = 'work-permits' and values ->> 'number' like $1`,
    [`${reference}/%`],
  )
  holds(stage, 'and they stand on the register', row?.count === 4, row?.count)
}

/** Daniel renews a permit of the hotel's; in the middle of the next one his mandate is taken back. */
async function byMandate(stage: Stage, grace: Visitor, look: Look): Promise<void> {
  const daniel = await visitor(stage, { withScript: false, width: 375 })
  const banner = bannerOf(daniel)
  await daniel.open('/as/daniel')
  await daniel.open('/acting')
  await daniel.look('mandate-for-whom')
  await actsFor(stage, daniel)
  await daniel.open(`/services/${service}`)
  await daniel.press(`main form[action="/apply/${service}"] button`)
  await daniel.choose('act', 'renew')
  await daniel.press(next)
  await banner.look('renewal-which')
  await daniel.page.locator('input[name="permit"]').last().check()
  await daniel.press(next)
  await daniel.fill('months', '6')
  await daniel.press(next)
  await banner.look('renewal-check')
  await daniel.press(send)
  await daniel.await('main form[action^="/pay/"] button')
  await daniel.press('main form[action^="/pay/"] button')
  await daniel.fill('card', '4242 4242 4242 4242')
  await daniel.press('main form button')
  await daniel.await(paid, 60)
  await banner.look('renewal-paid')
  await daniel.press('main a[href^="/applications/"]')
  await daniel.await('main .ashlar-progress, main h1')
  await banner.look('renewed')

  await daniel.open(`/services/${service}`)
  await daniel.press(`main form[action="/apply/${service}"] button`)
  await daniel.choose('act', 'issue')
  await daniel.press(next)
  await daniel.page.fill('[name="workers-0-worker-number"]', workers[0][0])

  await grace.open('/mandates/given')
  await look('mandates-given')
  await grace.press('main button[formaction$="/revoke"]')
  await look('mandate-revoked')
  await daniel.press(next)
  await daniel.look('mandate-ended')
  const said = await daniel.page.locator('main').innerText()
  const asked = await daniel.page.locator('[name="months"]').count()
  holds(stage, 'A mandate that is taken back ends in the middle of a form', asked === 0, said.slice(0, 200))
  await daniel.open('/acting')
  holds(stage, 'and he cannot choose the hotel any more', (await daniel.page.getByLabel(hotel).count()) === 0)
  await daniel.close()

  const uses = (await usesOf(grace)).map(({ text }) => text)
  await look('who-used-the-data-of-the-hotel')
  holds(
    stage,
    'The hotel’s log of uses names who acted for it',
    uses.some((text) => text.includes('Daniel Okoro')),
    uses.slice(0, 5).join(' | '),
  )
  holds(
    stage,
    'Every page of the mandate’s holder said for whom',
    banner.without.length === 0,
    banner.without.join(', '),
  )
}

type Look = Visitor['look']
