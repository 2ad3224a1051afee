// An officer's day without a mouse: queue, search, a kept view, many at once with undo, the next case, a decision, the team's board.
import type { Page } from 'playwright-core'
import { query, signInOfficer } from '../../trust/people.ts'
import { holds, type Stage } from '../stage.ts'
import { type Visitor, visitor } from '../visitor.ts'
import { contestAsGuests } from './contested.ts'

/** More than the stops of any page: whoever does not come to it by Tab cannot use it. */
const MOST_STOPS = 120

export async function dayByKeyboard(stage: Stage): Promise<void> {
  const references = await contestAsGuests(stage, 3)
  const yusuf = await visitor(stage)
  await yusuf.open('/as/yusuf')
  await yusuf.await('[data-queue] tbody tr:nth-child(3) th a')
  const hands = handsOn(yusuf.page)
  await manyAtOnce(stage, yusuf, hands)
  await keptView(stage, yusuf, hands, references[2] ?? '')
  await nextCase(stage, yusuf, hands)
  await keysOff(stage, yusuf, hands)
  await yusuf.close()
  await teamBoard(stage)
}

/** What can be done with a keyboard, and nothing else. */
function handsOn(page: Page) {
  const press = (key: string) => page.keyboard.press(key)
  const isAt = (selector: string) =>
    page.evaluate((selector) => document.activeElement?.matches(selector) ?? false, selector)
  return {
    press,
    isAt,
    type: (text: string) => page.keyboard.type(text),
    /** Tabs on until it has the focus. */
    async to(selector: string): Promise<void> {
      for (let stops = 0; stops < MOST_STOPS; stops += 1) {
        if (await isAt(selector)) return
        await press('Tab')
      }
      throw new Error(`${selector} is not reached by ${MOST_STOPS} times Tab on ${new URL(page.url()).pathname}`)
    },
    /** Presses a key that leads to another page. */
    async go(key = 'Enter'): Promise<void> {
      await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), press(key)])
    },
  }
}

type Hands = ReturnType<typeof handsOn>

async function manyAtOnce(stage: Stage, yusuf: Visitor, hands: Hands): Promise<void> {
  const { page } = yusuf
  await hands.press('?')
  holds(stage, 'By keyboard: ? leads to the list of keys', await hands.isAt('#keys, [data-keys]'))
  await hands.press('j')
  await hands.press('x')
  await hands.press('j')
  await hands.press('x')
  const ticked = await page.locator('[data-queue] tbody input:checked').count()
  holds(stage, 'J and X tick two cases', ticked === 2, ticked)
  await yusuf.look('keyboard-two-ticked')
  await hands.to('button[name="act"][value="note"]')
  await hands.go()
  await yusuf.look('many-note')
  await hands.to('#note')
  await hands.type('Asked for the photo 📷')
  await hands.to('#go')
  await hands.go()
  await yusuf.look('many-dry-run')
  const rows = await page.locator('main tbody tr').count()
  const before = await stateOfBulk(stage)
  holds(
    stage,
    'The dry run shows both rows, and has done nothing',
    rows === 2 && before === 'prepared',
    `${rows} ${before}`,
  )
  const notesBefore = await notesOf(stage)
  await hands.to('form[action$="/start"] button')
  await hands.go()
  await yusuf.look('many-under-way')
  await hands.to('form[action$="/undo"] button')
  await hands.go()
  await yusuf.look('many-undone')
  const after = await stateOfBulk(stage)
  const notes = (await notesOf(stage)) - notesBefore
  holds(
    stage,
    'Undone within ten minutes, nothing is left of it',
    after === 'undone' && notes === 0,
    `${after}, ${notes} notes`,
  )
  await hands.to('.govuk-back-link')
  await hands.go()
}

const notesOf = async ({ product }: Stage): Promise<number> =>
  (await query<{ count: number }>(product, `select count(*)::int as count from cases.timeline where kind = 'note'`))[0]!
    .count

const stateOfBulk = async ({ product }: Stage): Promise<string | undefined> =>
  (await query<{ state: string }>(product, 'select state from cases.bulk order by id desc limit 1'))[0]?.state

async function keptView(stage: Stage, yusuf: Visitor, hands: Hands, reference: string): Promise<void> {
  const { page } = yusuf
  await hands.press('/')
  await hands.type(reference)
  await hands.go()
  const found = await page.locator('[data-queue] tbody th a').allInnerTexts()
  holds(stage, '/ searches the queue', found.length === 1 && found[0] === reference, found.join(', '))
  await hands.to('details:has(form[action="/office/views"]) summary')
  await hands.press('Enter')
  await hands.to('#view-name')
  await hands.type('Signs and trees')
  await hands.to('form[action="/office/views"] button')
  await hands.go()
  await yusuf.look('keyboard-kept-view')
  const kept = page.locator('nav a', { hasText: 'Signs and trees' })
  holds(stage, 'The search is kept as a view, with its count', (await kept.count()) === 1)
  await hands.to('nav a[href="/office"], .ashlar-header a[href="/office"], a[href="/office"]')
  await hands.go()
}

async function nextCase(stage: Stage, yusuf: Visitor, hands: Hands): Promise<void> {
  await hands.go('n')
  const path = new URL(yusuf.page.url()).pathname
  const isMine = await yusuf.page.locator('main form[action$="/release"]').count()
  holds(stage, 'N takes the case that the law wants next', path.startsWith('/office/cases/') && isMine === 1, path)
  await yusuf.look('keyboard-next-case')
  await hands.to('form[action$="/decide"] button')
  await hands.go()
  await hands.to('input[name="outcome"]')
  await hands.press('ArrowDown')
  await hands.press('Tab')
  await hands.to('input[name="reason-reject"]')
  await hands.press('Space')
  await hands.to('#note')
  await hands.type('The plate can be read.')
  await yusuf.look('keyboard-decide')
  await hands.to('form[action$="/decide"] button.govuk-button:not([name])')
  await hands.go()
  await yusuf.look('keyboard-decided')
  const [row] = await query<{ outcome: string; decided_by: string }>(
    stage.product,
    'select outcome, decided_by from cases.decision order by decided_at desc limit 1',
  )
  holds(
    stage,
    'A case is decided without a mouse',
    row?.outcome === 'reject' && row.decided_by === 'staff:yusuf',
    JSON.stringify(row),
  )
}

/** Single keys can be switched off, for who speaks to the computer (WCAG 2.1.4). */
async function keysOff(stage: Stage, yusuf: Visitor, hands: Hands): Promise<void> {
  await yusuf.open('/office')
  await hands.to('[data-keys-off]')
  await hands.press('Space')
  await hands.press('Tab')
  await hands.press('j')
  const moved = await hands.isAt('[data-queue] tbody th a')
  holds(stage, 'Keys that are switched off do nothing', !moved)
  await yusuf.page.reload()
  holds(stage, 'and stay off', await yusuf.page.locator('[data-keys-off]').isChecked())
}

async function teamBoard(stage: Stage): Promise<void> {
  const ines = await visitor(stage, { token: await signInOfficer(stage.product, 'ines') })
  await ines.open('/office')
  const hands = handsOn(ines.page)
  const menu = ines.page.locator('button[aria-controls="navigation"]')
  if (await menu.isVisible()) {
    await hands.to('button[aria-controls="navigation"]')
    await hands.press('Enter')
  }
  await hands.to('nav a[href="/office/team"]')
  await hands.go()
  await ines.look('team-board')
  const names = await ines.page.locator('main').innerText()
  holds(
    stage,
    'The board shows who has how much',
    names.includes('Yusuf Haddad') && names.includes('Inès Garnier'),
    names.slice(0, 300),
  )
  await hands.to('form[action="/office/team/share"] button')
  await hands.go()
  await ines.look('team-board-shared-out')
  const left = await query<{ count: number }>(
    stage.product,
    `select count(*)::int as count from cases.task where state = 'open' and claimed_by is null and role = 'traffic-officer'`,
  )
  holds(stage, 'What nobody had is shared out', left[0]?.count === 0, `${left[0]?.count} left`)
  await ines.close()
}
