// The office through its pages, as a browser without a script sees them, on a real database, with the portal beside it.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test, { after, before } from 'node:test'
import { parse } from 'yaml'
import { type Browser, type Page, portalHouse } from '../portal/fixture-test.ts'
import { officePages } from './index.ts'

let home: Awaited<ReturnType<typeof portalHouse>>
before(async () => {
  const blockTexts = new URL('../../blocks/decisions/texts/', import.meta.url)
  home = await portalHouse({
    texts: [blockTexts, new URL('./texts/', import.meta.url)],
    staff: ['office.use'],
    open: officePages,
  })
})
after(async () => {
  await home?.stop()
})

const main = ({ text }: Page): string => text.replace(/^[\s\S]*<main/, '<main').replace(/<\/main>[\s\S]*$/, '')
const readable = (page: Page): string =>
  main(page)
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
const says = (page: Page, pattern: RegExp) =>
  assert.ok(pattern.test(readable(page)), `${pattern} not in: ${readable(page)}`)
const saysNot = (page: Page, pattern: RegExp) =>
  assert.ok(!pattern.test(readable(page)), `${pattern} in: ${readable(page)}`)
const linkOn = (page: Page, pattern: RegExp): string => {
  const found = [...main(page).matchAll(/href="([^"]*)"/g)].map(([, href]) => href!.replaceAll('&amp;', '&'))
  const href = found.find((one) => pattern.test(one))
  assert.ok(href, `no link ${pattern} on ${page.path}`)
  return href
}
const caseLink = /^\/office\/cases\/[\w-]+$/

/** Liam asks for an extract; somebody has a name like his. Gives his browser and his application's reference. */
async function doubtful(): Promise<{ liam: Browser; reference: string }> {
  const liam = await home.visitor('liam')
  let page = await liam.send(await liam.open('/services/criminal-record-extract'))
  page = await liam.send(page, { purpose: 'employment' })
  page = await liam.send(await liam.send(page))
  await home.jobs.idle()
  return { liam, reference: /\/applications\/([A-Z]+-[\w-]+)/.exec(page.path)![1]! }
}

async function openFirst(officer: Browser): Promise<Page> {
  return officer.open(linkOn(await officer.open('/office'), caseLink))
}

/** Decides whatever is open, so that each test begins with an empty queue. */
async function clear(): Promise<void> {
  const sana = await home.visitor('sana')
  for (;;) {
    const queue = await sana.open('/office')
    if (!main(queue).includes('href="/office/cases/')) return
    const page = await sana.open(linkOn(queue, caseLink))
    const decide = await sana.open(/action="([^"]*\/decide)"/.exec(page.text)![1]!)
    await sana.send(decide, { outcome: 'differentPerson', 'reason-differentPerson': 'otherParents' }, '/decide')
    await home.jobs.idle()
  }
}

test('the queue shows what is to do and until when, and nothing of whom it concerns', async () => {
  const { reference } = await doubtful()
  const sana = await home.visitor('sana')

  const queue = await sana.open('/office')

  says(queue, new RegExp(reference))
  says(queue, /Is this the same person\?/)
  says(queue, /14 days left/)
  saysNot(queue, /Liam|Park/)
  await clear()
})

test('late, today and later differ in words, and an empty view says so', async () => {
  await doubtful()
  const sana = await home.visitor('sana')

  const nothing = await sana.open('/office?view=late')
  home.clock.move('+14d')
  const today = await sana.open('/office?view=today')
  home.clock.move('+2d')
  const late = await sana.open('/office?view=late')

  says(nothing, /Nothing is waiting/)
  says(today, /Due today/)
  says(late, /2 days late/)
  await clear()
})

test('a case shows its facts with their source, and why the rules say what they say', async () => {
  await doubtful()
  const sana = await home.visitor('sana')

  const page = await openFirst(sana)

  says(page, /Liam Park/)
  says(page, /From the Population register, \d+ \w+ 2026/)
  says(page, /From the Criminal records, looked up while the case was worked on/)
  says(page, /Entry CR-2011-00873/)
  says(
    page,
    /An entry is so alike that a person has to look at it\. Criminal Records Act s\.14\(4\) Needed in every other case/,
  )
  says(page, /Likeness of the nearest: less than 0\.75/)
  says(
    page,
    /What would give another result If “Likeness of the nearest” were: less than 0\.75 \(it is: 0\.\d+\) – The nearest entry is too unlike to be the same person\. \( ?Criminal Records Act s\.14\(2\) ?\)/,
  )
  await clear()
})

test('a colleague is told who is at it, and neither takes nor decides it', async () => {
  await doubtful()
  const [sana, karim] = [await home.visitor('sana'), await home.visitor('karim')]
  const seen = await openFirst(karim)
  const decide = await karim.open(/action="([^"]*\/decide)"/.exec(seen.text)![1]!)

  await sana.send(await openFirst(sana), {}, '/claim')
  const taken = await karim.send(seen, {}, '/claim')
  const refused = await karim.send(decide, { outcome: 'samePerson', 'reason-samePerson': 'courtFileAgrees' }, '/decide')
  const queue = await karim.open('/office')

  says(taken, /A colleague has taken this task meanwhile/)
  says(taken, /Sana Rahimi is looking at this/)
  assert.equal(refused.status, 409)
  says(refused, /A colleague has taken this task meanwhile/)
  says(queue, /Sana Rahimi is looking at this/)
  await sana.send(await openFirst(sana), {}, '/release')
  await clear()
})

test('the next case is the one that the law wants first, and is taken', async () => {
  const { reference } = await doubtful()
  await doubtful()
  const sana = await home.visitor('sana')

  const page = await sana.send(await sana.open('/office'), {}, '/office/next')

  says(page, new RegExp(reference))
  says(page, /You are looking at this/)
  await clear()
})

test('a decision needs an outcome, a reason of it, and a case as it was read', async () => {
  await doubtful()
  const sana = await home.visitor('sana')
  const page = await openFirst(sana)
  const decide = await sana.open(/action="([^"]*\/decide)"/.exec(page.text)![1]!)

  const nothing = await sana.send(decide, {}, '/decide')
  const noReason = await sana.send(decide, { outcome: 'samePerson' }, '/decide')
  const foreign = await sana.send(decide, { outcome: 'samePerson', 'reason-samePerson': 'otherPhoto' }, '/decide')
  const long = await sana.send(decide, { outcome: 'samePerson', note: 'x'.repeat(4001) }, '/decide')
  await sana.send(page, { text: 'Where were you born?' }, '/ask')
  const stale = await sana.send(
    decide,
    { outcome: 'samePerson', 'reason-samePerson': 'courtFileAgrees', note: 'kept' },
    '/decide',
  )

  assert.match(nothing.title, /^Error: /)
  says(nothing, /Choose what you decide/)
  assert.match(main(nothing), /href="#outcome"/)
  says(noReason, /Choose the reason for it/)
  assert.match(main(noReason), /href="#reason-samePerson"/)
  assert.match(main(noReason), /value="samePerson" checked/)
  says(foreign, /Choose the reason for it/)
  says(long, /Write at most 4,000 characters/)
  says(stale, /The case has changed since you opened it/)
  assert.match(main(stale), /value="courtFileAgrees" checked/)
  assert.match(main(stale), />\s*kept<\/textarea>/)
  await clear()
})

test('a question stops the clock of the law, the answer sets it going, and both are read in the office', async () => {
  const { liam, reference } = await doubtful()
  const sana = await home.visitor('sana')
  const page = await openFirst(sana)

  const empty = await sana.send(page, { text: '  ' }, '/ask')
  const asked = await sana.send(page, { text: 'Where were you born?' }, '/ask')
  const queue = await sana.open('/office')
  home.clock.move('+3d')
  const application = await liam.open(`/applications/${reference}`)
  await liam.send(await liam.open(linkOn(application, /\/requests\//)), { text: 'In Belmar 벨마르 🙂' }, '/requests/')
  await home.jobs.idle()
  const answered = await sana.open(page.path)

  assert.equal(empty.status, 422)
  says(empty, /Write it in a few words/)
  says(asked, /Waits for applicant/)
  says(asked, /Clock stopped/)
  says(queue, /Clock stopped/)
  says(answered, /To decide/)
  says(answered, /In Belmar 벨마르 🙂/)
  says(answered, /14 days left/)
  await clear()
})

test('an ask on a case that changed keeps what was typed, and a question can be taken back', async () => {
  await doubtful()
  const sana = await home.visitor('sana')
  const page = await openFirst(sana)
  const asked = await sana.send(page, { text: 'The first?' }, '/ask')

  const stale = await sana.send(page, { text: 'The second?' }, '/ask')
  const back = await sana.send(asked, {}, '/withdraw')

  assert.equal(stale.status, 412)
  assert.match(main(stale), />\s*The second\?<\/textarea>/)
  says(back, /Taken back/)
  says(back, /To decide/)
  await clear()
})

test('outside the queue a case asks why, and the person sees who looked and why', async () => {
  const { liam } = await doubtful()
  const sana = await home.visitor('sana')
  const { path } = await openFirst(sana)
  const staff = Object.values(home.country.staff).map((one) => ({ ...one, door: true }))
  await home.identity.publishStaff(staff.map((one) => (one.id === 'karim' ? { ...one, roles: ['clerk'] } : one)))
  const karim = await home.visitor('karim')

  const why = await karim.open(path)
  const empty = await karim.send(why, { reason: ' ' }, '/open')
  const shown = await karim.send(empty, { reason: 'A call from the court' }, '/open')
  const again = await karim.open(path)
  const person = await karim.open(`${path}/person`)
  const other = await home.visitor('karim')
  const foreign = await (await home.visitor('yusuf')).open(path)
  const uses = await liam.open('/my-data')

  says(why, /Why do you open this case\?/)
  saysNot(why, /Liam/)
  assert.match(empty.title, /^Error: /)
  says(shown, /Liam Park/)
  assert.equal(shown.path, path, 'why is in no address')
  says(again, /Liam Park/)
  says(person, /Liam Park/)
  says(await other.open(path), /Why do you open this case\?/)
  says(shown, /This is work for: Records officer/)
  assert.equal(foreign.status, 404, 'another agency knows nothing of it')
  says(uses, /A call from the court/)
  await home.identity.publishStaff(staff)
  await clear()
})

test('a decided case shows its document, and the reading of the letter is one more', async () => {
  await doubtful()
  const sana = await home.visitor('sana')
  const { path } = await openFirst(sana)
  await clear()

  const closed = await sana.open(path)
  const pdf = await sana.open(linkOn(closed, /^\/office\/documents\//))
  const later = await sana.post(`${path}/ask`, { text: 'Too late?', version: '9', _token: tokenOn(closed) })

  says(closed, /Extract issued/)
  says(closed, /The parents differ/)
  assert.equal(pdf.headers['content-type'], 'application/pdf')
  assert.ok([200, 412].includes(later.status))
  saysNot(later, /Waits for applicant/)
})

const tokenOn = ({ text }: Page): string => /name="_token" value="([^"]*)"/.exec(text)![1]!

test('a letter is previewed before the decision: nothing is decided, issued or kept', async () => {
  const { liam } = await doubtful()
  const sana = await home.visitor('sana')
  const page = await openFirst(sana)
  const decide = await sana.open(/action="([^"]*\/decide)"/.exec(page.text)![1]!)
  const to = decide.path.replace(/decide$/, 'preview')
  const form = { outcome: 'differentPerson', 'reason-differentPerson': 'otherParents', _token: tokenOn(decide) }

  const before = main(await liam.open('/documents'))
  const pdf = await sana.post(to, form)
  const noReason = await sana.post(to, { outcome: 'differentPerson', _token: tokenOn(decide) })
  await home.jobs.idle()

  assert.equal(pdf.headers['content-type'], 'application/pdf')
  assert.equal(pdf.bytes.subarray(0, 4).toString(), '%PDF')
  assert.equal(noReason.status, 422)
  says(noReason, /Choose the reason for it/)
  says(await sana.open(page.path), /To decide/)
  assert.equal(main(await liam.open('/documents')), before)
  await clear()
})

test('views are kept and shared, filters are said in words, and the list leaves as CSV and XLSX without formulas', async () => {
  const { reference } = await doubtful()
  const [sana, karim] = [await home.visitor('sana'), await home.visitor('karim')]

  const filtered = await sana.open('/office?service=criminal-record-extract&assignee=nobody')
  const kept = await sana.send(filtered, { name: '=Nobody’s extracts', shared: 'yes' }, '/office/views')
  const shared = await karim.open('/office')
  const csv = await sana.open('/office/queue.csv?view=due')
  const xlsx = await sana.open('/office/queue.xlsx')
  const none = await sana.open('/office?search=XX-99')
  const found = await sana.open(`/office?search=${reference.slice(0, 8).toLowerCase()}`)

  says(filtered, /Shown only/)
  says(kept, /=Nobody’s extracts/)
  says(shared, /=Nobody’s extracts shared 1/)
  assert.match(csv.text, new RegExp(`"${reference}","[^"]+","Is this the same person\\?"`))
  assert.match(String(xlsx.headers['content-disposition']), /queue-2026-\d\d-\d\d\.xlsx/)
  assert.equal(xlsx.bytes.subarray(0, 2).toString(), 'PK')
  says(none, /Nothing is waiting/)
  says(found, new RegExp(reference))
  await sana.send(await sana.open(linkOn(kept, /assignee=nobody/)), {}, '/drop')
  saysNot(await karim.open('/office'), /Nobody’s extracts/)
  await clear()
})

test('many are handed over after a look at each, and it is undone', async () => {
  await doubtful()
  await doubtful()
  const [sana, karim] = [await home.visitor('sana'), await home.visitor('karim')]
  const queue = await sana.open('/office')
  const tasks = [...main(queue).matchAll(/name="task" value="([^"]*)"/g)].map(([, id]) => id!)

  const nothing = await sana.post('/office/bulk/new', { act: 'assign', _token: tokenOn(queue) })
  const whom = await sana.post('/office/bulk/new', {
    act: 'assign',
    task: tasks[0]!,
    all: 'yes',
    _token: tokenOn(queue),
  })
  const dry = await sana.send(whom, { to: 'karim' }, '/office/bulk')
  const done = await sana.send(dry, {}, '/start')
  const his = await karim.open('/office?view=mine')
  const undone = await sana.send(done, {}, '/undo')

  says(nothing, /Select at least one case/)
  says(dry, /It will be done with 2 cases/)
  says(done, /2 done/)
  says(his, /Given to you/)
  says(undone, /2 undone/)
  says(await karim.open('/office?view=mine'), /Nothing is waiting/)
  await clear()
})

test('many are decided alike with one reason, wait ten minutes, and only then the letters go out', async () => {
  const { liam } = await doubtful()
  await doubtful()
  const sana = await home.visitor('sana')
  const queue = await sana.open('/office')
  const before = main(await liam.open('/documents'))

  const ask = await sana.post('/office/bulk/new', { act: 'decide', all: 'yes', _token: tokenOn(queue) })
  const nothing = await sana.send(ask, {}, '/office/bulk')
  const dry = await sana.send(ask, { outcome: 'differentPerson otherParents' }, '/office/bulk')
  const held = await sana.send(dry, {}, '/start')
  await home.jobs.idle()
  const during = main(await liam.open('/documents'))
  await home.clock.move('PT11M')
  await home.jobs.idle()
  const done = await sana.open(held.path)

  says(ask, /The parents differ/)
  assert.equal(nothing.status, 422)
  says(held, /2 wait until it can no longer be undone/)
  says(held, /You can undo it until/)
  assert.equal(during, before)
  says(done, /2 done/)
  assert.notEqual(main(await liam.open('/documents')), before)
})

test('who leads sees the board of the team, shares out, and hands over; others do not', async () => {
  await doubtful()
  const [sana, karim] = [await home.visitor('sana'), await home.visitor('karim')]

  const board = await karim.open('/office/team')
  const shared = await karim.send(board, {}, '/office/team/share')
  const refused = await sana.open('/office/team')
  const queue = await karim.open('/office')
  const page = await karim.open(linkOn(queue, caseLink))
  const whom = await karim.open(linkOn(page, /hand-over$/))

  says(board, /nobody.{1,6}s yet/)
  says(board, /Due in the next two weeks/)
  says(shared, /1 case was shared out/)
  assert.equal(refused.status, 403)
  says(queue, /With Sana Rahimi|Given to you/)
  says(whom, /open case/)
  for (const language of ['ar', 'fr']) saysNot(await karim.open(`/office/team?lang=${language}`), /\boffice\.[a-z]/)
  await clear()
})

test('who has an interest says so, and the case is for a colleague', async () => {
  await doubtful()
  const [sana, karim] = [await home.visitor('sana'), await home.visitor('karim')]
  const page = await openFirst(sana)

  await sana.send(page, {}, '/conflict')
  const seen = await sana.open(page.path)
  const taken = await karim.send(await karim.open('/office'), {}, '/office/next')

  says(seen, /You have declared an interest in this case/)
  assert.ok(!main(seen).includes('/decide'))
  assert.equal(taken.path, page.path)
  const decide = await karim.open(/action="([^"]*\/decide)"/.exec(taken.text)![1]!)
  await karim.send(decide, { outcome: 'differentPerson', 'reason-differentPerson': 'otherParents' }, '/decide')
  await home.jobs.idle()
})

test('who is no officer comes nowhere, and an address that is none is told so', async () => {
  await doubtful()
  const [sana, liam] = [await home.visitor('sana'), await home.visitor('liam')]
  const { path } = await openFirst(sana)

  assert.equal((await liam.open('/office')).status, 403)
  assert.equal((await liam.open(path)).status, 403)
  assert.equal((await home.browser().open('/office')).path, '/sign-in?next=%2Foffice')
  assert.equal((await sana.open('/office/cases/not-a-case')).status, 404)
  assert.equal((await sana.open('/office?after=nonsense')).status, 400)
  await clear()
})

test('every page of the office stands in Arabic and French, too', async () => {
  await doubtful()
  const sana = await home.visitor('sana')
  const { path, text } = await openFirst(sana)
  const decide = /action="([^"]*\/decide)"/.exec(text)![1]!

  for (const language of ['ar', 'fr'])
    for (const place of [
      '/office',
      '/office?view=late',
      path,
      `${path}/person`,
      decide,
      '/office/questions',
      '/office/find',
    ])
      saysNot(
        await sana.open(`${place}${place.includes('?') ? '&' : '?'}lang=${language}`),
        /\b(office|decision)\.[a-z]/,
      )

  assert.deepEqual(home.missing, [])
  await clear()
})

test('the texts of all languages have the same keys', () => {
  const keysOf = (tree: object, at = ''): string[] =>
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === 'object' ? keysOf(value as object, `${at}${key}.`) : [`${at}${key}`],
    )
  const [en, ar, fr] = ['en', 'ar', 'fr'].map((language) =>
    keysOf(parse(readFileSync(new URL(`./texts/${language}.yaml`, import.meta.url), 'utf8')) as object).sort(),
  )
  assert.deepEqual(ar, en)
  assert.deepEqual(fr, en)
  assert.deepEqual(home.faults, [])
})
