// The portal through its pages, as a browser without a script sees them, on a real database.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import test, { after, before } from 'node:test'
import { gzipSync } from 'node:zlib'
import { type Browser, type Page, PROVIDER, portalHouse } from './fixture-test.ts'

let home: Awaited<ReturnType<typeof portalHouse>>
before(async () => {
  home = await portalHouse()
})
after(async () => {
  await home?.stop()
})

/** assert.match that shows what people would read, not the markup. */
const says = (text: string, pattern: RegExp) => assert.ok(pattern.test(text), `${pattern} is not in: ${readable(text)}`)
const saysNot = (text: string, pattern: RegExp) => assert.ok(!pattern.test(text), `${pattern} is in: ${readable(text)}`)
const readable = (text: string) =>
  text
    .replace(/^[\s\S]*<main/, '<main')
    .replace(/<footer[\s\S]*$/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .slice(0, 1500)

const hrefOn = ({ text }: Page, pattern: RegExp): string => {
  const found = [...text.matchAll(/href="([^"]*)"/g)].map(([, href]) => href!.replaceAll('&amp;', '&'))
  const href = found.find((one) => pattern.test(one))
  assert.ok(href, `no link ${pattern}`)
  return href
}
const referenceIn = ({ path }: Page): string => /\/applications\/([A-Z]+-[\w-]+)/.exec(path)![1]!

/** A guest finds a fine and says what to do about it; gives the page after that. */
async function findFine(browser: Browser, number: string, plate: string, intent: string): Promise<Page> {
  const start = await browser.open('/services/fine')
  const find = await browser.send(start)
  const found = await browser.send(find, { fineNumber: number, plate })
  return browser.send(found, { intent })
}

async function askForExtract(browser: Browser): Promise<Page> {
  const purpose = await browser.send(await browser.open('/services/criminal-record-extract'))
  const names = await browser.send(purpose, { purpose: 'employment' })
  return browser.send(names)
}

test('a person gets a clean extract: asked once, shown with its source, sent once, issued', async () => {
  const browser = await home.visitor('grace')

  const check = await askForExtract(browser)
  says(check.title, /^Check your answers/)
  says(check.text, /From the Population register, looked up on 25 November 2026/)
  says(check.text, /Grace Adeyemi/)

  const done = await browser.send(check)
  await home.jobs.idle()
  const reference = referenceIn(done)
  const later = await browser.open(`/applications/${reference}/done`)
  says(later.text, /Extract issued/)
  says(later.text, new RegExp(reference))

  const pdf = await browser.open(hrefOn(later, /\.pdf$/))
  assert.equal(pdf.headers['content-type'], 'application/pdf')
  says((await browser.open('/documents')).text, /Extract from the criminal record/)
  says((await browser.open('/messages')).text, /Your extract is ready/)
  const uses = await browser.open('/my-data')
  says(uses.text, /Ministry of Justice \(automatic\)/)
  says(uses.text, new RegExp(`/applications/${reference}`))
  assert.deepEqual(home.faults, [])
})

test('a choice is checked on the server, and said at the question and on top', async () => {
  const browser = await home.visitor('chloe')
  const purpose = await browser.send(await browser.open('/services/criminal-record-extract'))

  const nothing = await browser.send(purpose)
  const other = await browser.send(purpose, { purpose: 'other', otherPurpose: '' })
  const wrong = await browser.send(purpose, { purpose: '<script>alert(1)</script>' })

  assert.equal(nothing.status, 422)
  says(nothing.title, /^Error: /)
  says(nothing.text, /href="#purpose"/)
  assert.equal(other.status, 422)
  says(other.text, /href="#otherPurpose"/)
  says(other.text, /value="other" checked/)
  assert.equal(wrong.status, 422)
  saysNot(wrong.text, /<script>alert/)
})

test('a question that depends on a choice stands under it, so that it is asked without a script', async () => {
  const browser = await home.visitor('chloe')
  const purpose = await browser.open('/apply/criminal-record-extract')
  const page = purpose.title.startsWith('You have begun') ? await browser.send(purpose) : purpose

  says(page.text, /id="conditional-[\w-]+"[^>]*>[\s\S]*name="otherPurpose"/)
})

test('lists grow and shrink without a script, and nothing typed is lost', async () => {
  const browser = await home.visitor('viktor')
  const purpose = await browser.send(await browser.open('/services/criminal-record-extract'))
  const names = await browser.send(purpose, { purpose: 'visa' })

  const two = await browser.send(names, { otherNames: ['Вітя Коваль'], _list: 'add otherNames' })
  const one = await browser.send(two, { otherNames: ['Вітя Коваль', 'V. K.'], _list: 'remove otherNames 0' })
  const check = await browser.send(one, { otherNames: ['V. K.', ''] })

  assert.equal((two.text.match(/name="otherNames"/g) ?? []).length, 2)
  says(two.text, /value="Вітя Коваль"/)
  assert.equal((one.text.match(/name="otherNames"/g) ?? []).length, 1)
  says(check.text, /V\. K\./)
})

test('who is too young is told so, and cannot send', async () => {
  const browser = await home.visitor('tomas')

  const stop = await browser.send(await browser.open('/services/criminal-record-extract'))
  const id = /\/apply\/([\w-]{36})/.exec(stop.path)?.[1]
  const sent = await browser.post(`/apply/${id}/check`, { _token: tokenOn(await browser.open('/')) })

  says(stop.text, /You are too young for this service/)
  saysNot(stop.text, /name="purpose"/)
  says(sent.text, /You are too young for this service/)
})

test('a guest pays a fine at the price of its day, and follows it from another device', async () => {
  const browser = home.browser()
  const contact = await findFine(browser, 'f 2026 01203', 'fo 5518', 'pay')
  const check = await browser.send(contact, { receiptTo: 'chloe@example.org' })
  says(check.text, /VRD 225\.00/)
  says(check.text, /Within a year, 25% is taken off\./)
  says(check.text, /Road Traffic Act s\.41\(4\)/)

  const bill = await browser.send(check)
  says(bill.title, /^Pay VRD 225\.00/)
  says(bill.text, /Road Traffic Act s\.41\(4\)/)
  const id = /\/pay\/([\w-]{36})/.exec(bill.path)![1]!
  const away = await browser.send(bill, {}, '/pay/')
  assert.equal(away.path, `${PROVIDER}/${id}`)
  says(String(bill.headers['content-security-policy']), /form-action 'self' https:\/\/pay\.example/)

  const back = await browser.open(
    new URL(home.checkouts.at(-1)!.returnUrl).pathname + new URL(home.checkouts.at(-1)!.returnUrl).search,
  )
  says(back.text, /We are waiting for the payment provider/)
  says(back.text, /http-equiv="refresh"/)
  await home.pay(id)
  const paid = await browser.open(back.path)
  says(paid.title, /^Paid/)

  const reference = /of=([\w-]+)/.exec(bill.path)![1]!
  const done = await browser.open(`/applications/${reference}/done`)
  const link = hrefOn(done, /\?key=/)
  const elsewhere = home.browser()
  says((await elsewhere.open(`/applications/${reference}`)).title, /^Sign in/)
  const followed = await elsewhere.open(link)
  says(followed.text, /Receipt for a traffic fine/)
  assert.equal((await elsewhere.open(hrefOn(followed, /\.pdf/))).headers['content-type'], 'application/pdf')
  const other = link.replace(reference, 'FN-26-22222-22222')
  says((await elsewhere.open(other)).title, /^Sign in/)

  // The link opens this application, and nothing else of the same guest.
  const second = await browser.send(
    await browser.send(await findFine(browser, 'F-2026-00988', 'QN-0731', 'pay'), { receiptTo: '' }),
  )
  await browser.send(second, {}, '/pay/')
  await home.pay(/\/pay\/([\w-]{36})/.exec(second.path)![1]!)
  const secondReference = /of=([\w-]+)/.exec(second.path)![1]!
  const mine = hrefOn(await browser.open(`/applications/${secondReference}`), /\.pdf/)
  assert.equal((await browser.open(mine)).status, 200)
  const key = link.split('?')[1]
  assert.equal((await elsewhere.open(`${mine}?of=${reference}&${key}`)).status, 404)
  says((await elsewhere.open(`${mine}?${key}`)).title, /^Sign in/)
  says((await elsewhere.open(`/applications/${secondReference}?${key}`)).title, /^Sign in/)
  assert.deepEqual(home.faults, [])
})

test('two who pay one fine each come back to their own page, and the provider learns of neither application', async () => {
  const [one, two] = [home.browser(), home.browser()]
  const way = async (browser: typeof one) => {
    const contact = await findFine(browser, 'F-2026-00731', 'PV-2201', 'pay')
    const bill = await browser.send(await browser.send(contact, { receiptTo: '' }))
    await browser.send(bill, {}, '/pay/')
    return /of=([\w-]+)/.exec(bill.path)![1]!
  }
  const [first, second] = [await way(one), await way(two)]

  const { pathname, search } = new URL(home.checkouts.at(-1)!.returnUrl)
  assert.equal(search, '')
  const back = [await one.open(pathname), await two.open(pathname)]
  assert.deepEqual(
    back.map(({ path }) => /of=([\w-]+)/.exec(path)?.[1]),
    [first, second],
  )
  for (const page of back) says(page.text, /We are waiting for the payment provider/)
  says((await home.browser().open(pathname)).title, /^Sign in/)
})

test('a payment that fails is said to have failed, and can be tried again', async () => {
  const browser = home.browser()
  const contact = await findFine(browser, 'F-2026-00731', 'PV-2201', 'pay')
  const bill = await browser.send(await browser.send(contact, { receiptTo: '' }))
  const id = /\/pay\/([\w-]{36})/.exec(bill.path)![1]!
  await browser.send(bill, {}, '/pay/')
  await home.fail(id)

  const back = await browser.open(bill.path.replace(id, `${id}/back`))

  says(back.text, /The payment did not go through/)
  says(back.text, /Nothing was charged/)
  assert.equal((await browser.send(back, {}, '/pay/')).path, `${PROVIDER}/${id}`)
})

test('a fine that is not there is said at the question, and the rest is kept', async () => {
  const browser = home.browser()
  const find = await browser.send(await browser.open('/services/fine'))

  const lost = await browser.send(find, { fineNumber: 'F-2026-77777', plate: 'PV-1042' })
  const ahead = await browser.open(lost.path.replace('/find', '/intent'))

  assert.equal(lost.status, 422)
  says(lost.text, /We cannot find that fine/)
  says(lost.text, /value="PV-1042"/)
  says(ahead.path, /\/find$/)
})

test('what a choice would cost stands beside it', async () => {
  const browser = home.browser()
  const find = await browser.send(await browser.open('/services/fine'))

  const found = await browser.send(find, { fineNumber: 'F-2026-00012', plate: 'HB-3390' })

  says(found.text, /To pay today: VRD 150\.00\. After a year there is no discount\./)
  says(found.text, /It is too late to contest this fine/)
})

test('an objection with a file goes to an officer, whose question comes back to the applicant', async () => {
  const browser = await home.visitor('grace')
  const which = await browser.send(await browser.open('/services/fine'))
  const intent = await browser.send(which, { fineChosen: 'F-2026-00417' })
  const ground = await browser.send(intent, { intent: 'contest' })
  const statement = await browser.send(ground, { ground: 'signHidden' })
  const bad = await browser.sendFile(statement, 'proof', exe, { statement: 'لم تكن العلامة ظاهرة\n因为树' })
  assert.equal(bad.status, 422)
  says(bad.text, /Only PDF, JPEG and PNG files are taken/)
  says(bad.text, /因为树/)
  const check = await browser.sendFile(bad, 'proof', pdf)
  says(check.text, /photo\.pdf/)
  const done = await browser.send(check)
  await home.jobs.idle()
  const reference = referenceIn(done)

  const page = await browser.open(`/applications/${reference}`)
  says(page.text, /With an officer: Decide the objection/)
  const context = home.country.staff.yusuf!
  const officer = {
    tenant: context.agency,
    actor: { kind: 'staff' as const, id: 'yusuf' },
    unit: 'traffic',
    roles: context.roles,
    purpose: 'case-work',
    channel: 'web' as const,
    trace: 't',
  }
  const { tasks } = await home.cases.queue({}, officer)
  const task = tasks.find((one) => one.reference === reference)!
  await home.cases.ask({ case: task.caseId, text: 'Which <tree> was it?', version: task.version }, officer)

  const asked = await browser.open('/')
  says(asked.text, /Answer a question about: Pay or contest a traffic fine/)
  const question = await browser.open(hrefOn(asked, /\/requests\//))
  says(question.text, /Which &lt;tree&gt; was it\?/)
  const empty = await browser.send(question, { text: '' }, '/requests/')
  assert.equal(empty.status, 422)
  const answered = await browser.send(question, { text: 'شجرة الليمون' }, '/requests/')
  says(answered.path, new RegExp(`/applications/${reference}$`))
  const twice = await browser.send(question, { text: 'شجرة الليمون' }, '/requests/')
  says(twice.path, new RegExp(`/applications/${reference}$`))
  assert.deepEqual(home.faults, [])
})

test('sent twice at once, again with the Back button, and from a second tab: one application', async () => {
  const browser = await home.visitor('somchai')
  const check = await askForExtract(browser)
  const tab = { ...check }

  const answers = await Promise.all([browser.send(check), browser.send(tab), browser.send(check)])
  const again = await browser.send(check)

  assert.equal(new Set([...answers, again].map(referenceIn)).size, 1)
  await home.jobs.idle()
  const list = await browser.open('/applications')
  assert.equal((list.text.match(/<article/g) ?? []).length, 1)
})

test('a form of a page that was changed elsewhere is not saved over it, and what was typed is still there', async () => {
  const browser = await home.visitor('mei')
  const first = await browser.send(await browser.open('/services/criminal-record-extract'))
  const stale = { ...first }
  await browser.send(first, { purpose: 'adoption' })

  const late = await browser.send(stale, { purpose: 'other', otherPurpose: 'A <b>boat</b>' })
  const same = await browser.send(stale, { purpose: 'adoption' })

  assert.equal(late.status, 409)
  says(late.text, /changed in another window/)
  says(late.text, /value="A &lt;b&gt;boat&lt;\/b&gt;"/)
  says(same.path, /other-names$/)
  const now = await browser.send(late, { purpose: 'visa' })
  says(now.path, /other-names$/)
})

test('another person’s draft, application, bill, document and message are not there', async () => {
  const owner = await home.visitor('mei')
  const other = await home.visitor('liam')
  const page = await owner.open('/apply/criminal-record-extract')
  const id = formIds(page)
  const grace = await home.visitor('grace')
  const application = hrefOn(await grace.open('/applications'), /^\/applications\/CR/)
  const document = hrefOn(await grace.open('/documents'), /\.pdf$/)
  const message = hrefOn(await grace.open('/messages'), /^\/messages\//)

  for (const path of [`/apply/${id}`, `/apply/${id}/purpose`, `/apply/${id}/check`, application, document, message]) {
    const answer = await other.open(path)
    assert.equal(answer.status, 404, path)
    says(answer.title, /There is no such|Page not found/)
  }
  const token = tokenOn(await other.open('/'))
  assert.equal((await other.post(`/apply/${id}/purpose`, { _token: token, purpose: 'visa' })).status, 404)
  assert.equal((await other.post(`/apply/${id}/check`, { _token: token })).status, 404)
  says((await home.browser().open(application)).title, /^Sign in/)
})

test('a draft is resumed by its code on another device, once', async () => {
  const browser = home.browser()
  const find = await browser.send(await browser.open('/services/fine'))
  const kept = await browser.send(find, { fineNumber: 'F-2026-00988', plate: 'QN-0731', _then: 'later' })
  const code = /<bdi dir="ltr">([2-9A-Z]{4} [2-9A-Z]{4})<\/bdi>/.exec(kept.text)![1]!
  const elsewhere = home.browser()

  const wrong = await elsewhere.send(await elsewhere.open('/resume'), { code: 'ZZZZ-2222' })
  const resumed = await elsewhere.send(await elsewhere.open('/resume'), { code: code.toLowerCase() })
  const again = await home.browser().post('/resume', { code })

  assert.equal(wrong.status, 422)
  says(resumed.path, /\/intent$/)
  says(resumed.text, /F-2026-00988/)
  assert.equal(again.status, 422)
})

test('a draft is deleted when one says so twice', async () => {
  const browser = home.browser()
  const find = await browser.send(await browser.open('/services/fine'))
  const id = formIds(find)

  const sure = await browser.open(`/apply/${id}/discard`)
  const list = await browser.send(sure, {}, '/discard')

  says(sure.text, /They cannot be brought back/)
  saysNot(list.text, /Not sent/)
  says((await browser.open(`/apply/${id}`)).title, /^Sign in/)
})

test('a draft that a guest began is theirs after they sign in', async () => {
  const browser = home.browser()
  const find = await browser.send(await browser.open('/services/fine'))
  const intent = await browser.send(find, { fineNumber: 'F-2026-00988', plate: 'QN-0731' })
  const { token } = await home.identity.openDoor('daniel', { ip: '127.0.0.1' })
  browser.cookies.set('ashlar_session', token)

  const after = await browser.open(intent.path)

  assert.equal(after.status, 200)
  says(after.text, /F-2026-00988/)
  says((await browser.open('/applications')).text, /Not sent/)
})

test('signing in by code goes on to where one was going, and to no other website', async () => {
  const browser = home.browser()
  const sign = await browser.send(await browser.open('/services/criminal-record-extract'))
  says(sign.title, /^Sign in/)
  const bad = await browser.send(sign, { address: 'nobody' }, '/sign-in')
  assert.equal(bad.status, 422)
  const code = await browser.send(sign, { address: 'liam@people.example' }, '/sign-in')
  await home.jobs.idle()

  const wrong = await browser.send(code, { code: '000000' }, '/sign-in/code')
  const right = await browser.send(code, { code: home.mails.at(-1)!.text }, '/sign-in/code')

  assert.equal(wrong.status, 422)
  says(right.path, /\/apply\/[\w-]{36}\/purpose$/)
  const out = await browser.post('/sign-out', { _token: tokenOn(right) })
  assert.equal(out.path, '/')
  for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example', '/sign-in'])
    saysNot((await browser.open(`/sign-in?next=${encodeURIComponent(next)}`)).text, /value="[^"]*evil/)
})

test('a form from before one signed out is not lost: it can be sent again', async () => {
  const browser = await home.visitor('viktor')
  const page = await browser.send(await browser.open('/apply/criminal-record-extract'), { draft: 'new' })
  browser.cookies.delete('ashlar_session')

  const out = await browser.send(page, { purpose: 'other', otherPurpose: 'Ein Boot' })
  assert.equal(out.status, 401)
  says(out.text, /What you typed is still here/)
  const { token } = await home.identity.openDoor('viktor', { ip: '127.0.0.1' })
  browser.cookies.set('ashlar_session', token)
  const expired = await browser.send(out, {}, '/apply/')
  assert.equal(expired.status, 403)
  const sent = await browser.send(expired, {}, '/apply/')

  says(sent.path, /other-names$/)
})

test('switching the language keeps page and draft', async () => {
  const browser = await home.visitor('amina')
  const page = await browser.send(await browser.open('/services/criminal-record-extract'))

  const arabic = await browser.open(hrefOn(page, /\?lang=ar$/))
  const names = await browser.send(arabic, { purpose: 'visa' })

  says(arabic.text, /<html class="govuk-template" lang="ar" dir="rtl">/)
  says(arabic.text, /لماذا تحتاج|ما الغرض|الغرض/)
  says(names.text, /dir="rtl"/)
  says(names.path, /other-names$/)
})

test('the languages of a page lead to no other website, wherever one came from', async () => {
  const browser = home.browser()
  const fields = { _token: tokenOn(await browser.open('/verify')), text: 'x' }

  const page = await browser.post('/verify', fields, { referer: 'http://localhost:8080/.//elsewhere.example' })

  says(page.text, /href="\/elsewhere\.example\?lang=ar"/)
})

test('anybody checks a document: genuine, changed, unknown, no code', async () => {
  const grace = await home.visitor('grace')
  const document = await grace.open(hrefOn(await grace.open('/documents'), /^\/documents\/[\w-]{36}$/))
  const code = hrefOn(document, /verify#/)
  const anybody = home.browser()
  const page = await anybody.open('/verify')
  const [head, payload, signature] = code.split('#')[1]!.split('.') as [string, string, string]
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { facts: Record<string, unknown> }
  claims.facts.fullName = 'Somebody Else'
  const forged = `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`

  const good = await anybody.send(page, { text: code }, '/verify')
  const changed = await anybody.send(page, { text: forged }, '/verify')
  const none = await anybody.send(page, { text: 'hello' }, '/verify')
  const reference = /CR-26-[\w-]+/.exec(document.text)![0]
  const known = await anybody.open(`/verify?reference=${reference}`)
  const unknown = await anybody.open('/verify?reference=CR-26-22222-22222')

  says(good.title, /^Genuine and valid/)
  says(good.text, /Grace Okoro/)
  says(changed.title, /^Not genuine/)
  says(none.title, /^That is no code/)
  says(known.title, /^Genuine and valid/)
  saysNot(known.text.split('id="verify-data"')[0]!, /Grace Okoro/)
  says(unknown.title, /^Not known|^That is no code/)
  says(page.text, /"keys":\[\{/)
})

test('a person asks why their data was used, once, and sees the answer', async () => {
  const browser = await home.visitor('grace')
  const log = await browser.open('/my-data')
  const ask = await browser.open(hrefOn(log, /\/my-data\/uses\//))

  const empty = await browser.send(ask, { question: ' ' }, '/uses/')
  const asked = await browser.send(ask, { question: 'Wozu <b>?</b>' }, '/uses/')

  assert.equal(empty.status, 422)
  says(asked.text, /Wozu &lt;b&gt;/)
  says(asked.text, /has not answered yet/)
  const records = await browser.open('/my-data/records')
  says(records.text, /14-206417-3/)
})

test('hostile input is refused in plain words, and nothing faults', async () => {
  const browser = await home.visitor('liam')
  const page = await browser.send(await browser.open('/apply/criminal-record-extract'), { draft: 'new' })
  const token = tokenOn(page)
  const id = formIds(page)
  const big = 'x'.repeat(10 * 1024 * 1024)
  const refusals: [string, Promise<Page>, number[]][] = [
    ['10 MB', browser.send(page, { purpose: big }), [413]],
    ['NUL', browser.send(page, { purpose: 'a\u0000b' }), [400]],
    ['NUL in the address', browser.open('/services/%00'), [400]],
    ['broken escape', browser.open('/services/%E0%A4%A'), [400]],
    ['no draft', browser.open('/apply/nonsense'), [404]],
    ['no uuid', browser.open('/pay/1'), [404]],
    ['no bill', browser.open('/pay/01900000-0000-7000-8000-000000000001'), [404]],
    ['no document', browser.open('/documents/x'), [404]],
    ['no document as PDF', browser.open('/documents/x.pdf'), [404]],
    ['no message', browser.open('/messages/x'), [404]],
    ['no use', browser.open('/my-data/uses/x'), [404]],
    ['no application', browser.open("/applications/'; drop table cases.case"), [404]],
    ['a cursor of nobody', browser.open('/applications?after=%ff'), [200, 400]],
    ['a cursor of messages', browser.open('/messages?after=zz'), [200, 400]],
    ['a cursor of uses', browser.open('/my-data?after=zz'), [200, 400]],
    ['no such page', browser.open(`/apply/${id}/nothing`), [200]],
    ['JSON', browser.ask('POST', `/apply/${id}/purpose`, { type: 'application/json', payload: '[1]' }), [415]],
    ['no version', browser.post(`/apply/${id}/purpose`, { _token: token, purpose: 'visa' }), [409]],
    [
      'a poisoned field',
      browser.post(`/apply/${id}/purpose`, { _token: token, __proto__x: '1', constructor: '1' }),
      [400],
    ],
    ['no token', browser.post(`/apply/${id}/purpose`, { purpose: 'visa' }), [403]],
    [
      'another website',
      browser.post(`/apply/${id}/purpose`, { _token: token }, { origin: 'https://evil.example' }),
      [403],
    ],
    ['a draft service', browser.open('/services/work-permit'), [404]],
    ['any word', browser.open('/services?q=%F0%9F%A6%84%20%D8%A7'), [200]],
    ['a long code', home.browser().post('/verify', { text: 'a'.repeat(100_000) }), [200]],
    ['a key of nobody', home.browser().open('/applications/CR-26-22222-22222?key=AAAA'), [200]],
  ]

  for (const [name, answer, statuses] of refusals) {
    const { status, title } = await answer
    assert.ok(statuses.includes(status), `${name}: ${status} ${title}`)
    assert.notEqual(title, '', name)
  }
  assert.deepEqual(home.faults, [])
})

test('names of every script and letters that could be markup come back as they were typed', async () => {
  const browser = await home.visitor('chloe')
  const purpose = await browser.send(await browser.open('/apply/criminal-record-extract'), { draft: 'new' })
  const names = ['Ὀδυσσεύς', "O'Brien & <Söhne>", 'ગાંધી', '𐎀𐎁', '👩‍👩‍👧', 'a\u202eb', 'Nguyễn Thị Ánh', '"quoted"']

  const list = await browser.send(purpose, { purpose: 'visa' })
  const check = await browser.send(list, { otherNames: names })

  says(check.title, /^Check your answers/)
  for (const name of ['Ὀδυσσεύς', 'O&#39;Brien &amp; &lt;Söhne&gt;', 'ગાંધી', '𐎀𐎁', 'Nguyễn Thị Ánh'])
    assert.ok(check.text.includes(name), name)
})

test('a person chooses how to be told', async () => {
  const browser = await home.visitor('grace')

  const saved = await browser.send(await browser.open('/account'), { channels: 'sms', language: 'fr' }, '/account')

  says(saved.text, /Saved\./)
  says(saved.text, /value="sms" checked/)
  saysNot(saved.text, /value="email" checked/)
  says(saved.text, /value="fr" checked/)
})

test('a page that is open hears of its own application', async () => {
  const browser = await home.visitor('grace')
  const application = hrefOn(await browser.open('/applications'), /^\/applications\/CR/)

  const stranger = await (await home.visitor('liam')).open(`/live${application}`)

  says((await browser.open(application)).text, new RegExp(`data-live="/live${application}\\?since=\\d`))
  assert.equal(stranger.status, 404)
})

/** What is heavier than the first round trip carries, compressed, style included. */
const tooHeavy = (pages: { bytes: Buffer; path: string }[]) =>
  pages.filter(({ bytes }) => gzipSync(bytes).length > 14_336)

test('every page fits into the first round trip, in every language', async () => {
  const languages = home.country.languages.map(({ code }) => code)
  for (const language of languages) {
    await crawl(home.browser(), language)
    await crawl(await home.visitor('grace'), language)
    await crawl(await home.visitor('viktor'), language)
  }
  const sizes = home.seen.map(({ bytes, path }) => ({ path, size: gzipSync(bytes).length }))
  const largest = sizes.reduce((most, one) => (one.size > most.size ? one : most))
  const different = new Set(home.seen.map(({ path }) => path)).size
  console.log(
    `weight: ${home.seen.length} pages examined, ${different} addresses, ${languages.length} languages; largest ${largest.size} bytes: ${largest.path}`,
  )

  assert.ok(home.seen.length > 200)
  assert.deepEqual(tooHeavy(home.seen), [])
  const planted = { path: '/planted', bytes: randomBytes(15_000) }
  assert.deepEqual(tooHeavy([...home.seen, planted]), [planted])
  assert.deepEqual(home.faults, [])
})

/** Follows every link of ours from the home page. */
async function crawl(browser: Browser, language: string): Promise<void> {
  const waiting = [`/?lang=${language}`]
  const known = new Set(waiting)
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const page = await browser.open(path)
    assert.ok(page.status < 400, `${path}: ${page.status}`)
    says(page.text, new RegExp(`<html class="govuk-template" lang="${language}"`))
    for (const [, found] of page.text.matchAll(/<a [^>]*href="(\/[^"#]*)"/g)) {
      const href = found!.replaceAll('&amp;', '&')
      if (known.has(href) || /[?&]lang=|\.pdf|^\/developers/.test(href) || known.size > 80) continue
      known.add(href)
      waiting.push(href)
    }
  }
}

test('no page lacks a text in any language', () => {
  assert.deepEqual([...new Set(home.missing)], [])
})

const exe = { name: 'virus.pdf', type: 'application/pdf', bytes: Buffer.from('MZ\u0090\u0000 this is a program') }
const pdf = {
  name: 'photo.pdf',
  type: 'application/pdf',
  bytes: Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF'),
}

const tokenOn = ({ text }: Page): string => /name="_token" value="([^"]*)"/.exec(text)?.[1] ?? ''
const formIds = ({ text, path }: Page): string =>
  /\/apply\/([\w-]{36})/.exec(path)?.[1] ?? /value="([\w-]{36})"/.exec(text)?.[1] ?? ''
