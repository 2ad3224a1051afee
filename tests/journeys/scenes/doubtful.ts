// A name like one in the records: the officer's queue, a colleague, a question that stops the clock, the decision, the letter.
import { query, signInOfficer } from '../../trust/people.ts'
import { holds, type Stage, stopwatch } from '../stage.ts'
import { type Visitor, visitor } from '../visitor.ts'
import { applyForExtract } from './clean-extract.ts'
import { countOpenings, type Openings, usesOf } from './data-log.ts'

const send = 'main button.govuk-button:not([name]):visible'

export async function doubtful(stage: Stage): Promise<void> {
  const sana = await visitor(stage)
  const openings = countOpenings(stage, sana)
  await sana.open('/demo')
  await sana.press('main a[href="/as/sana"]')
  await sana.look('queue-empty')

  const liam = await visitor(stage)
  await applyForExtract(liam, 'liam', false)
  const watch = stopwatch()
  await liam.await('main .govuk-panel')
  await liam.look('being-checked')
  await liam.press('main a[href^="/applications/"]')
  const reference = new URL(liam.page.url()).pathname.split('/')[2]!

  // It stands in the queue by itself, and says nothing of who it is.
  await sana.await('[data-queue] tbody th a')
  stage.figures['from submission to the open queue'] = `${watch.seconds()} s`
  await sana.look('queue')
  const queue = await sana.page.locator('main').innerText()
  holds(stage, 'No name stands in the queue', !/liam|park/i.test(queue), queue)
  holds(stage, 'The reference does', queue.includes(reference), queue)
  await keys(stage, sana)

  const task = await colleague(stage, sana, openings)
  await question(stage, sana, liam, reference)
  await decision(stage, sana, liam, task)
  await letters(stage, liam)
  await outsideTheQueue(stage, openings, new URL(sana.page.url()).pathname)
  await inTheLog(stage, liam, openings)
  await askWhy(stage, sana, liam)
  await sana.close()
  await liam.close()
}

/** J moves, Enter opens, ? shows what there is. */
async function keys(stage: Stage, sana: Visitor): Promise<void> {
  const focus = () => sana.page.evaluate(() => document.activeElement?.closest('[data-queue]') !== null)
  await sana.page.keyboard.press('?')
  const isShown = await sana.page.evaluate(() => document.activeElement?.id === 'keys')
  await sana.page.keyboard.press('j')
  holds(stage, 'J moves to a case and ? to the list of keys', isShown && (await focus()))
  await Promise.all([sana.page.waitForNavigation(), sana.page.keyboard.press('Enter')])
  await sana.look('case')
  const main = await sana.page.locator('main').innerText()
  holds(stage, 'Enter opens it, and the name is there now', main.includes('Liam Park'))
}

/** Karim of the same office has the case open, too; Sana is quicker. */
async function colleague(stage: Stage, sana: Visitor, openings: Openings): Promise<string> {
  const karim = await visitor(stage, { token: await signInOfficer(stage.product, 'karim'), withScript: false })
  openings.of(karim)
  const path = new URL(sana.page.url()).pathname
  await karim.open(path)
  await sana.press('main form[action$="/claim"] button')
  await sana.look('case-taken')
  const claimed = await sana.page.locator('main form[action$="/release"]').getAttribute('action')
  await karim.press('main form[action$="/claim"] button')
  await karim.look('taken-by-a-colleague')
  holds(stage, 'A colleague who comes later is told', (await karim.page.locator('.moj-banner--warning').count()) === 1)
  await karim.open(`${claimed?.replace(/release$/, 'decide')}`)
  await karim.page.check('input[name="outcome"]')
  await karim.page.check('input[name^="reason-"]')
  await karim.press(send)
  holds(stage, 'and cannot decide it', (await karim.page.locator('.govuk-error-summary').count()) === 1)
  await karim.open('/office')
  await karim.look('queue-of-the-colleague')
  const note = await karim.page.locator('.ashlar-queue__note').innerText()
  holds(stage, 'The queue says who is looking at it', note.includes('Sana Rahimi'), note)
  await karim.close()
  return claimed?.split('/')[5] ?? ''
}

async function question(stage: Stage, sana: Visitor, liam: Visitor, reference: string): Promise<void> {
  await liam.look('application')
  const path = new URL(sana.page.url()).pathname
  const second = await sana.context.newPage()
  const decide = await sana.page.locator('main form[action$="/decide"]').getAttribute('action')
  await second.goto(new URL(decide ?? '', stage.product.url).href)

  await sana.touch('#ask summary')
  await sana.press('#ask button')
  await sana.look('ask-empty')
  holds(stage, 'An empty question is refused in words', (await sana.page.locator('#ask-text-error').count()) === 1)
  await sana.page.fill('#ask-text', 'Where were you born?\nأين وُلدت؟')
  await sana.press('#ask button')
  await sana.look('asked')
  const isStopped = await sana.page.locator('.moj-identity-bar .govuk-tag--yellow').count()
  holds(stage, 'The clock of the law stands still', isStopped === 1)

  await liam.await('main a[href*="/requests/"]')
  await liam.look('asked')
  await liam.press('main a[href*="/requests/"]')
  await liam.look('request')
  await liam.fill('text', 'In Belmar. 🙂 벨마르에서 태어났습니다.')
  await liam.press(send)
  await liam.look('answered')
  await sana.await('main .ashlar-box .govuk-tag--green')
  await sana.look('answered')
  const main = await sana.page.locator('main').innerText()
  holds(stage, 'The answer comes by itself, in any script', main.includes('벨마르에서') && main.includes('🙂'))
  const goesOn = await sana.page.locator('.moj-identity-bar .govuk-tag--blue').count()
  holds(stage, 'The clock of the law goes on', goesOn === 1)

  // The page of the decision was opened before all that.
  await second.check('input[name="outcome"][value="differentPerson"]')
  await second.check('input[name="reason-differentPerson"][value="otherBirthplace"]')
  await Promise.all([second.waitForNavigation(), second.locator(send).first().click()])
  const kept = await second.locator('input[name="outcome"]:checked').getAttribute('value')
  const refused = await second.locator('.govuk-error-summary').count()
  holds(
    stage,
    'Nobody decides on a case that changed, and what was chosen stays',
    refused === 1 && kept === 'differentPerson',
  )
  await second.close()

  await sana.touch('#note summary')
  await sana.page.fill('#note-text', 'Saw the court file 📁')
  await sana.press('#note button')
  holds(stage, 'One is back at the case', new URL(sana.page.url()).pathname === path, reference)
}

async function decision(stage: Stage, sana: Visitor, liam: Visitor, task: string): Promise<void> {
  await sana.press('main form[action$="/decide"] button')
  await sana.look('decide')
  await sana.press(send)
  await sana.look('decide-nothing-chosen')
  const first = await sana.page.locator('.govuk-error-summary a').getAttribute('href')
  await sana.choose('outcome', 'differentPerson')
  await sana.press(send)
  const then = await sana.page.locator('.govuk-error-summary a').getAttribute('href')
  holds(
    stage,
    'A decision needs an outcome and a reason, and says so',
    first === '#outcome' && then === '#reason-differentPerson',
    `${first} ${then}`,
  )
  await sana.choose('reason-differentPerson', 'otherBirthplace')
  await sana.page.fill('#note', 'Born in Belmar, not in Saltmarsh.')
  await sana.press(send)
  const watch = stopwatch()
  await liam.await('main a[href$=".pdf"]')
  stage.figures['from decision to the applicant’s open page'] = `${watch.seconds()} s`
  await liam.look('decided')
  await sana.await('aside a[href^="/office/documents/"],.ashlar-columns__aside a[href^="/office/documents/"]')
  await sana.look('case-closed')
  const [row] = await query<{ outcome: string; decided_by: string }>(
    stage.product,
    'select outcome, decided_by from cases.decision where task = $1',
    [task],
  )
  holds(
    stage,
    'The decision is hers and stands once',
    row?.outcome === 'differentPerson' && row.decided_by === 'staff:sana',
    JSON.stringify(row),
  )
}

/** The letter, the message in the portal, and the mail. */
async function letters(stage: Stage, liam: Visitor): Promise<void> {
  await liam.navigate('/messages')
  await liam.look('messages')
  await liam.press('main a[href^="/messages/"]')
  await liam.look('message')
  await liam.open('/mailbox')
  await liam.await('main a[href^="/mailbox/"]')
  await liam.look('mailbox')
  await liam.press('main a[href^="/mailbox/"]')
  await liam.look('mail')
  const { messages } = (await (await fetch(`${stage.product.url}/sandbox/messages?search=liam`)).json()) as {
    messages: { to: string[]; subject: string }[]
  }
  holds(
    stage,
    'Mails went out, in one language: being checked, asked, and ready',
    messages.length === 3 && new Set(messages.map(({ subject }) => /[a-z]/.test(subject))).size === 1,
    messages.map(({ subject }) => subject),
  )
}

/** Karim is no records officer any more: he may still look, and says why. */
async function outsideTheQueue(stage: Stage, openings: Openings, path: string): Promise<void> {
  await query(stage.product, `update identity.account set roles = '{clerk}' where staff = 'karim'`)
  const karim = await visitor(stage, { token: await signInOfficer(stage.product, 'karim') })
  openings.of(karim)
  await karim.open('/office')
  const rows = await karim.page.locator('[data-queue] tbody tr').count()
  await karim.open(path)
  await karim.look('why')
  const before = await karim.page.locator('main').innerText()
  await karim.press('main form button')
  await karim.look('why-empty')
  holds(
    stage,
    'Outside one’s queue nothing is shown without a reason',
    rows === 0 && !before.includes('Liam') && (await karim.page.locator('#reason-error').count()) === 1,
  )
  await karim.fill('reason', 'A call from the court')
  await karim.press('main form button')
  await karim.look('case-outside-the-queue')
  holds(stage, 'With a reason it is', (await karim.page.locator('main').innerText()).includes('Liam Park'))
  await karim.close()
}

async function inTheLog(stage: Stage, liam: Visitor, openings: Openings): Promise<void> {
  await liam.open('/my-data')
  await liam.look('who-used-my-data')
  const uses = await usesOf(liam)
  const byOfficers = uses.filter(({ text }) => text.includes(stage.words.officer))
  holds(
    stage,
    'Each opening by an officer is in the person’s log, and no other',
    byOfficers.length >= openings.count() && byOfficers.length <= openings.count() + openings.unseen(),
    `${byOfficers.length} in the log, ${openings.count()} openings, ${openings.unseen()} left before they came`,
  )
  holds(
    stage,
    'and the reason of who came from outside',
    uses.some(({ text }) => text.includes('A call from the court')),
  )
  stage.figures['openings by officers, all in the log'] = openings.count()
}

async function askWhy(stage: Stage, sana: Visitor, liam: Visitor): Promise<void> {
  await liam.press('main a[href^="/my-data/uses/"]')
  await liam.look('ask-why')
  await liam.fill('question', 'Who called, and why?')
  await liam.press(send)
  await sana.navigate('/office/questions')
  await sana.look('questions')
  await sana.fill('answer', 'The court asked for the file.')
  await sana.press('main form button')
  await sana.look('questions-empty')
  await liam.page.reload()
  await liam.look('why-answered')
  const main = await liam.page.locator('main').innerText()
  holds(stage, 'Who asks why gets the answer', main.includes('The court asked for the file.'))
}
