// A child is born: the hospital tells, the mother claims, the other parent signs, and four agencies do their part, one of
// them when its system is up again.
import { holds, type Stage } from '../stage.ts'
import { type Visitor, visitor } from '../visitor.ts'

const next = 'main button.govuk-button:not([name]):visible'
const send = 'main form[action$="/check"] button:not([formaction])'
const switchTo = (mode: string) =>
  `main form[action="/demo/agencies/social-insurance/benefits"] button[value="${mode}"]`
const waiting = 'main table .govuk-tag--yellow'

export async function havingAChild(stage: Stage): Promise<void> {
  const operator = await visitor(stage)
  await operator.open('/demo/agencies')
  await operator.press(switchTo('down'))
  await operator.press('main form[action="/demo/occasions/birth"] button')
  await operator.look('agencies-down')

  const olena = await visitor(stage)
  await olena.open('/as/olena')
  await offered(stage, olena)
  await claimed(stage, olena)
  await signed(stage)
  await oneAgencyDown(stage, olena)
  await comesBack(stage, operator, olena)
  await olena.close()
  await operator.close()
}

async function offered(stage: Stage, olena: Visitor): Promise<void> {
  for (let tries = 0; tries < 20 && !(await olena.page.locator('form[action^="/offers/"]').count()); tries++) {
    await olena.page.waitForTimeout(300)
    await olena.open('/')
  }
  await olena.look('offered')
  const offers = await olena.page.locator('form[action$="/taking"]').count()
  holds(stage, 'What a hospital told is offered to the mother', offers === 1, offers)
  await olena.press('form[action$="/taking"] button')
  const path = new URL(olena.page.url()).pathname
  holds(stage, 'The form begins where nothing is known yet', path.endsWith('/name'), path)
}

async function claimed(stage: Stage, olena: Visitor): Promise<void> {
  await olena.fill('childName', 'Софія')
  await olena.press(next)
  await olena.look('birth-parents')
  await olena.fill('otherParent-number', '03-116402-2')
  await olena.fill('otherParent-born-day', '3')
  await olena.fill('otherParent-born-month', '11')
  await olena.fill('otherParent-born-year', '1991')
  await olena.choose('acknowledged', 'yes')
  await olena.press(next)
  await olena.choose('livesWith', 'both')
  await olena.press(next)
  await olena.choose('extras', 'birthGrant')
  await olena.choose('extras', 'patientRegister')
  if (!(await olena.page.locator('[name="account"]').isVisible())) await olena.press(next)
  await olena.fill('account', 'GB82 WEST 1234 5698 7654 33')
  await olena.press(next)
  await olena.look('birth-wrong-account')
  const errors = await olena.page.locator('.govuk-error-summary a[href="#account"]').count()
  holds(stage, 'A slip in an account number is found', errors === 1, errors)
  await olena.fill('account', 'GB82 WEST 1234 5698 7654 32')
  await olena.press(next)
  await olena.page.check('input[name="declared"]')
  await olena.press(next)
  await olena.look('birth-check')
  await olena.press(send)
}

async function signed(stage: Stage): Promise<void> {
  const kofi = await visitor(stage)
  await kofi.open('/as/kofi')
  for (let tries = 0; tries < 30 && !(await kofi.page.locator('a[href^="/requests/"]').count()); tries++) {
    await kofi.page.waitForTimeout(300)
    await kofi.open('/')
  }
  await kofi.press('a[href^="/requests/"]')
  await kofi.look('co-sign')
  await kofi.choose('_outcome', 'agree')
  await kofi.press(next)
  await kofi.close()
}

/** Everything but the one leg is done, and the page says which waits, since when, and why. */
async function oneAgencyDown(stage: Stage, olena: Visitor): Promise<void> {
  await olena.open('/life-events/having-a-child')
  for (let tries = 0; tries < 40 && !(await olena.page.locator(waiting).count()); tries++) {
    await olena.page.waitForTimeout(300)
    await olena.page.reload()
  }
  await olena.look('life-event-waits')
  holds(
    stage,
    'The page of the life event says which agency is waited for',
    (await olena.page.locator(waiting).count()) === 1,
  )
  await olena.open('/documents')
  const papers = await olena.page.locator('main a[href^="/documents/"]').count()
  holds(stage, 'The certificate is there while one agency is down', papers > 0, papers)
}

async function comesBack(stage: Stage, operator: Visitor, olena: Visitor): Promise<void> {
  await operator.open('/demo/agencies')
  await operator.look('agencies-waiting')
  await operator.press(switchTo('up'))
  await olena.open('/life-events/having-a-child')
  for (let tries = 0; tries < 40 && (await olena.page.locator(waiting).count()); tries++) {
    await olena.page.waitForTimeout(300)
    await olena.page.reload()
  }
  holds(stage, 'It is told when it comes back, by itself', (await olena.page.locator(waiting).count()) === 0)

  const samir = await visitor(stage)
  await samir.open('/as/samir')
  await samir.press('[data-queue] tbody th a')
  await samir.look('leg-of-health')
  const page = await samir.page.locator('main').innerText()
  holds(stage, 'An officer sees their own leg, and of the account nothing', !page.includes('GB82'), page)
  await samir.press('main form[action$="/claim"] button')
  await samir.press('main form[action$="/decide"] button, main a[href$="/decide"]')
  await samir.choose('outcome', 'enrol')
  await samir.press(next)
  await samir.close()

  await olena.open('/life-events/having-a-child')
  for (
    let tries = 0;
    tries < 40 && !(await olena.page.locator('main .ashlar-card .govuk-tag--green').count());
    tries++
  ) {
    await olena.page.waitForTimeout(300)
    await olena.page.reload()
  }
  await olena.look('life-event-done')
  const green = await olena.page.locator('main .govuk-tag--green').count()
  holds(stage, 'When the last agency is done, so is all', green >= 3, green)
}
