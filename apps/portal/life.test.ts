// Proves through the portal’s pages: contest a decision in time and too late, withdraw, write to the office, read why.
import assert from 'node:assert/strict'
import test, { after, before } from 'node:test'
import type { Context } from '@ashlar/kernel/sql'
import { type Browser, formOn, type Page, portalHouse } from './fixture-test.ts'

let home: Awaited<ReturnType<typeof portalHouse>>
before(async () => {
  home = await portalHouse()
})
after(async () => {
  await home?.stop()
  assert.deepEqual(home?.faults, [])
})

const readable = ({ text }: Page): string =>
  text
    .replace(/^[\s\S]*<main/, '<main')
    .replace(/<\/main>[\s\S]*$/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
const says = (page: Page, pattern: RegExp) => assert.match(readable(page), pattern)
const referenceOn = ({ path }: Page): string => /\/applications\/([A-Z]+-[\w-]+)/.exec(path)![1]!
const officer = (id: string, tenant: string, unit: string, ...roles: string[]): Context => ({
  tenant,
  actor: { kind: 'staff', id },
  roles,
  unit,
  purpose: 'case-work',
  channel: 'web',
  trace: 't',
})
const sana = officer('sana', 'justice', 'records', 'records-officer')
const amal = officer('amal', 'justice', 'appeals', 'appeals-officer')

/** An extract with somebody of a like name: it waits for an officer. */
async function doubtful(): Promise<{ liam: Browser; reference: string; caseId: string }> {
  const liam = await home.visitor('liam')
  let page = await liam.send(await liam.open('/services/criminal-record-extract'))
  if (page.path.startsWith('/apply/criminal')) page = await liam.send(page, { draft: 'new' })
  page = await liam.send(page, { purpose: 'employment' })
  page = await liam.send(await liam.send(page))
  await home.jobs.idle()
  const reference = referenceOn(page)
  const { caseId } = await home.cases.getApplication(reference, contextOf('liam'))
  return { liam, reference, caseId }
}

const contextOf = (name: string): Context => {
  const subject = home.personId(name)
  const actor = { kind: 'person' as const, id: subject }
  return { tenant: null, actor, subject, purpose: 'my-applications', channel: 'web', trace: 't' }
}

async function decide(caseId: string, by: Context, outcome: string, reason: string): Promise<void> {
  const view = await home.cases.getCase({ id: caseId }, by)
  const task = view.tasks.find(({ state }) => state === 'open')!
  await home.cases.decide({ task: task.id, outcome, reason, version: view.version }, by)
  await home.jobs.idle()
}

test('somebody contests a decision from its page; another officer decides, and both pages say how they hang together', async () => {
  const { liam, reference, caseId } = await doubtful()
  await decide(caseId, sana, 'samePerson', 'courtFileAgrees')
  const decided = await liam.open(`/applications/${reference}`)

  let page = await liam.open(`/applications/${reference}/appeal`)
  says(page, /Your appeal is decided by somebody who did not take part/)
  page = await liam.send(page, {}, '/appeal')
  page = await liam.send(page, { ground: 'factsWrong' })
  page = await liam.send(page, { statement: 'It is somebody else.' })
  page = await liam.send(page)
  await home.jobs.idle()
  const appeal = referenceOn(page)
  const between = await liam.open(`/applications/${reference}`)
  const lodged = await home.cases.getApplication(appeal, contextOf('liam'))
  await decide(lodged.caseId, amal, 'sendBack', 'notInvestigated')
  const end = await liam.open(`/applications/${reference}`)

  says(decided, /you can appeal to Ministry of Justice until \d+ December 2026/)
  assert.match(appeal, /^AP-/)
  says(between, new RegExp(`Was contested by ${appeal}`))
  says(await liam.open(`/applications/${appeal}`), new RegExp(`Contests the decision ${reference}`))
  says(end, /The decision is made again, by another officer/)
  says(end, /Is decided again in CR-/)
})

test('who is late is told the last day, and says why; without a reason nothing begins', async () => {
  const { liam, reference, caseId } = await doubtful()
  await decide(caseId, sana, 'samePerson', 'courtFileAgrees')
  home.clock.move('+40d')

  const page = await liam.open(`/applications/${reference}/appeal`)
  const empty = await liam.send(page, { lateBecause: '  ' }, '/appeal')
  const begun = await liam.send(empty, { lateBecause: 'I was in hospital.' }, '/appeal')

  says(page, /The time for an appeal to Ministry of Justice ended on/)
  assert.equal(empty.status, 422)
  says(empty, /Say why you could not contest it in time/)
  says(begun, /What is wrong with the decision\?/)
})

test('an application is withdrawn on its page, with a reason or without, and then nobody works on it', async () => {
  const { liam, reference, caseId } = await doubtful()

  const page = await liam.open(`/applications/${reference}/withdraw`)
  const gone = await liam.send(page, { reason: 'I found another job.' }, '/withdraw')
  await home.jobs.idle()
  const again = await liam.open(`/applications/${reference}/withdraw`)

  says(page, /Nobody works on it any more/)
  says(gone, /Withdrawn/)
  says(again, /You withdrew the application/)
  assert.equal(
    (await home.cases.queue({ limit: 100 }, sana)).tasks.some((task) => task.caseId === caseId),
    false,
  )
})

test('messages go both ways, in the words and the script of who wrote them, and say when they were read', async () => {
  const { liam, reference, caseId } = await doubtful()
  await home.cases.writeToApplicant({ case: caseId, text: 'We wait for the <court>.', key: 'a' }, sana)

  const page = await liam.open(`/applications/${reference}`)
  const sent = await liam.send(page, { text: 'شكرًا' }, '/messages')
  await liam.send(page, { text: 'شكرًا' }, '/messages')
  await home.cases.markMessagesRead(caseId, sana)
  const read = await liam.open(`/applications/${reference}`)

  says(page, /The office .* We wait for the &lt;court&gt;\./)
  says(sent, /You .* not read yet شكرًا/)
  says(read, /You .* read .* شكرًا/)
  const { life } = await home.cases.getCase({ id: caseId }, sana)
  assert.deepEqual(
    life.messages.map(({ side, readAt }) => [side, readAt !== undefined]),
    [
      ['office', true],
      ['applicant', true],
    ],
  )
})

test('the page says when the clock of the law started, why it stood still and until when it goes on, in every language', async () => {
  const { liam, reference, caseId } = await doubtful()
  const { version } = await home.cases.getCase({ id: caseId }, sana)
  await home.cases.ask({ case: caseId, text: 'Which court?', reason: 'unclear', version }, sana)

  const asked = await liam.open(`/applications/${reference}`)
  const [request] = await home.cases.requestsOf(contextOf('liam'))
  const question = await liam.open(`/applications/${reference}/requests/${request!.id}`)
  const answered = await liam.send(question, { text: 'None.' }, '/requests/')

  says(asked, /Started: the office has 30 days/)
  says(asked, /Stopped while an answer is awaited: something is not clear\./)
  says(question, /Why we ask: something is not clear\./)
  says(answered, /Goes on, until/)
  for (const language of ['ar', 'fr'])
    says(await liam.open(`/applications/${reference}?lang=${language}`), /المهلة القانونية|Le délai légal/)
  await liam.open(`/applications/${reference}?lang=en`)
  assert.deepEqual(home.missing, [])
})

test('two objections to one fine at the same moment are one case, and the second reads which', async () => {
  const contest = async () => {
    const guest = home.browser()
    let page = await guest.send(await guest.open('/services/fine'))
    page = await guest.send(page, { fineNumber: 'F-2026-00417', plate: 'PV-1042' })
    page = await guest.send(page, { intent: 'contest' })
    if (!/ground/.test(page.path)) return undefined
    page = await guest.send(page, { ground: 'notMine' })
    page = await guest.send(page, { statement: 'It was not me.' })
    page = await guest.send(page, { name: 'Grace', replyTo: 'grace@example.org' })
    return { guest, page }
  }
  const both = (await Promise.all([contest(), contest()])).filter((one) => one !== undefined)

  const sent = await Promise.all(both.map(({ guest, page }) => guest.send(page)))
  await home.jobs.idle()

  if (both.length === 2) {
    const refused = sent.find(({ status }) => status === 409)
    assert.ok(refused, sent.map(({ status }) => status).join(' '))
    says(refused, /FN-/)
  }
})

test('nobody writes on, withdraws or contests what is another’s', async () => {
  const { reference, liam } = await doubtful()
  const mine = await liam.open(`/applications/${reference}`)
  const grace = await home.visitor('grace')
  const { fields } = formOn(mine, '/messages')

  for (const place of ['appeal', 'withdraw'])
    assert.equal((await grace.open(`/applications/${reference}/${place}`)).status, 404)
  for (const place of ['messages', 'withdraw', 'appeal', 'extension'])
    assert.ok((await grace.post(`/applications/${reference}/${place}`, { ...fields, text: 'x' })).status >= 400)
})
