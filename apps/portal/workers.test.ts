// Work permits through the pages: an employer's director and a holder of a mandate ask for several workers in one go.
import assert from 'node:assert/strict'
import test, { after, before } from 'node:test'
import { type Browser, type Page, portalHouse } from './fixture-test.ts'

let home: Awaited<ReturnType<typeof portalHouse>>
before(async () => {
  home = await portalHouse({ services: ['work-permit'] })
})
after(async () => {
  await home?.stop()
})

const readable = (text: string) =>
  text
    .replace(/^[\s\S]*<main/, '<main')
    .replace(/<footer[\s\S]*$/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
const says = ({ text }: Page, pattern: RegExp) =>
  assert.ok(
    pattern.test(readable(text)) || pattern.test(text),
    `${pattern} is not in: ${readable(text).slice(0, 2500)}`,
  )
const saysNot = ({ text }: Page, pattern: RegExp) =>
  assert.ok(!pattern.test(readable(text)) && !pattern.test(text), `${pattern} is in: ${readable(text).slice(0, 2500)}`)
const tokenOn = ({ text }: Page): string => /name="_token" value="([^"]*)"/.exec(text)?.[1] ?? ''
const act = async (browser: Browser, represented: string) =>
  browser.send(await browser.open('/acting'), { represented }, '/acting')

const five = [
  ['02-034490-6', '1990-03-02'],
  ['08-029964-2', '08/02/1996'],
  ['27-108301-7', '27.10.1983'],
  ['21-055120-6', '1994-05-21'],
  ['03-116402-2', '1991-11-03'],
]

/** As far as the page on which the workers are named. */
async function toWorkers(browser: Browser): Promise<Page> {
  const what = await browser.send(await browser.open('/services/work-permit'))
  says(what, /Blue Reef Hotel/)
  return browser.send(what, { act: 'issue' })
}

/** Daniel, with a mandate of the company for work permits up to so much. */
async function daniel(limit: string): Promise<Browser> {
  const grace = await home.visitor('grace')
  await act(grace, home.personId('blue-reef'))
  await grace.send(await grace.open('/mandates/new'), {
    kind: 'person',
    number: '02-119043-8',
    'born-day': '2',
    'born-month': '11',
    'born-year': '1990',
    services: 'work-permit',
    limit,
  })
  const browser = await home.visitor('daniel')
  const offered = await browser.open('/mandates')
  const id = /\/mandates\/([0-9a-f-]{36})\/accept/.exec(offered.text)![1]!
  await browser.post(`/mandates/${id}/accept`, { side: 'held', _token: tokenOn(offered) })
  await act(browser, home.personId('blue-reef'))
  return browser
}

test('a surcharge beyond the limit of the mandate cannot be paid by its holder', async () => {
  const browser = await daniel('1000')
  const workers = await toWorkers(browser)
  const months = await browser.send(workers, { 'workers-list': '27-108301-7,1983-10-27' })
  const check = await browser.send(months, { months: '16' })
  says(check, /960\.00/)
  const sent = await browser.send(check)
  await home.jobs.idle()
  const reference = /(WP-\d\d-[\w-]+)/.exec(sent.path)![1]!
  const bill = /\/pay\/([0-9a-f-]{36})/.exec((await browser.open(`/applications/${reference}`)).text)![1]!

  const refused = await browser.send(await browser.open(`/pay/${bill}?of=${reference}`), {}, '/pay/')

  assert.equal((await home.payments.get(bill)).amount.value, 105_600)
  assert.equal(refused.status, 403)
  says(refused, /Your mandate does not cover this/)
})

test('five workers in one go: a pasted list, one bill, a permit for each who may have one, a letter for who may not', async () => {
  const browser = await home.visitor('grace')
  const first = await browser.send(await browser.open('/services/work-permit'))
  says(first, /For whom you act/)
  await act(browser, home.personId('blue-reef'))
  const workers = await toWorkers(browser)

  const list = (rows: string[][]) => ['worker;born', ...rows.map((row) => row.join(';'))].join('\n')
  const wrong = await browser.send(workers, {
    'workers-list': list([...five.slice(0, 2), ['08-029964-2', '1996-02-09'], ['', '1990-01-01']]),
  })
  assert.equal(wrong.status, 422)
  says(wrong, /Row 4: Answer: Person/)
  const unknown = await browser.send(workers, {
    'workers-list': list([...five.slice(0, 2), ['08-029964-2', '1996-02-09']]),
  })
  assert.equal(unknown.status, 422)
  says(unknown, /Row 3: Nobody has this number and date of birth/)
  saysNot(unknown, /Somchai|สมชาย|Liam/)
  assert.equal((unknown.text.match(/name="workers-\d+-worker-number"/g) ?? []).length, 3)

  const months = await browser.send(unknown, { 'workers-list': list(five) })
  const check = await browser.send(months, { months: '12' })
  says(check, /Check your answers/)
  says(check, /5\. 03-116402-2/)
  saysNot(check, /Kofi|Somchai/)
  // 24 people, 9 of them nationals: 60 a month.
  says(check, /3,600\.00/)
  const pay = await browser.send(check)
  const reference = /of=([A-Z]+-[\w-]+)/.exec(pay.path)?.[1] ?? /\/applications\/([A-Z]+-[\w-]+)/.exec(pay.path)![1]!
  await home.jobs.idle()
  const bill = /\/pay\/([0-9a-f-]{36})/.exec((await browser.open(`/applications/${reference}`)).text)![1]!
  // Four may have one, and one of them entered 120 days ago: 10% more. Kofi's contract is only offered.
  assert.equal((await home.payments.get(bill)).amount.value, 60 * 12 * 410)
  await home.pay(bill)
  await home.jobs.idle()

  const done = await browser.open(`/applications/${reference}`)
  says(done, /Permits issued/)
  says(done, /by Grace Okoro, for the applicant/)
  says(done, /Refusal of a work permit/)
  says(await browser.open('/messages'), /Work permits: 4 of 5/)
  assert.deepEqual(home.faults, [])

  const worker = await home.visitor('somchai')
  says(await worker.open('/documents'), /Work permit/)
  says(await worker.open('/messages'), /Your work permit is ready/)
  says(await worker.open('/my-data'), /Ministry of Labour/)
  saysNot(await (await home.visitor('kofi')).open('/documents'), /Work permit/)
  // The permits are on the register: what the company asks for next sees them.
  const again = await toWorkers(browser)
  const twice = await browser.send(again, { 'workers-list': list(five.slice(0, 1)) })
  const sent = await browser.send(await browser.send(twice, { months: '6' }))
  await home.jobs.idle()
  says(await browser.open(`/applications/${/([A-Z]+-\d\d-[\w-]+)/.exec(sent.path)![1]}`), /Refused/)
})

test('a mandate for work permits up to an amount: within it one applies, beyond it one is told, and for nothing else', async () => {
  const browser = await daniel('1000')
  const workers = await toWorkers(browser)
  const months = await browser.send(workers, { 'workers-list': '08-029964-2,1996-02-08' })
  const dear = await browser.send(months, { months: '24' })
  says(dear, /1,440\.00/)

  const beyond = await browser.send(dear)
  assert.equal(beyond.status, 403)
  says(beyond, /Your mandate does not cover this/)

  const draft = /\/apply\/([0-9a-f-]{36})/.exec(dear.text)![1]!
  const cheap = await browser.send(await browser.open(`/apply/${draft}/months`), { months: '12' })
  const fine = await browser.send(cheap)
  assert.equal(fine.status, 200)
  assert.equal(
    (await browser.send(await browser.open('/services/criminal-record-extract'))).path.startsWith('/acting'),
    true,
  )
  assert.deepEqual(home.faults, [])
})

test('the pages of the form speak three languages; rows are added and taken away without a script', async () => {
  const browser = await home.visitor('grace')
  await act(browser, home.personId('blue-reef'))
  const start = await browser.open('/services/work-permit')
  const page = await browser.post('/apply/work-permit', { draft: 'new', _token: tokenOn(start) })
  const workers = await browser.send(page, { act: 'issue' })
  const two = await browser.send(workers, { 'workers-0-worker-number': 'first', _list: 'add-row workers' })
  says(two, /name="workers-1-worker-number"/)
  const one = await browser.send(two, { 'workers-1-worker-number': 'second', _list: 'remove-row workers 0' })
  says(one, /name="workers-0-worker-number"[^>]*value="second"|value="second"[^>]*name="workers-0-worker-number"/)
  saysNot(one, /workers-1-worker-number/)

  for (const language of ['ar', 'fr'])
    assert.equal((await browser.open(`${workers.path}?lang=${language}`)).status, 200)
  assert.deepEqual(home.missing, [])
})
