// Acting for others through the pages: choosing for whom, giving, accepting and revoking mandates, and what both sides see.
import assert from 'node:assert/strict'
import test, { after, before } from 'node:test'
import { type Browser, type Page, portalHouse } from './fixture-test.ts'

let home: Awaited<ReturnType<typeof portalHouse>>
before(async () => {
  home = await portalHouse()
})
after(async () => {
  await home?.stop()
})

const says = (page: Page, pattern: RegExp) =>
  assert.ok(
    pattern.test(page.text),
    `${pattern} is not in: ${page.text
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .slice(0, 3000)}`,
  )
const act = async (browser: Browser, represented: string) =>
  browser.send(await browser.open('/acting'), { represented }, '/acting')
const liam = { kind: 'person', number: '02-034490-6', 'born-day': '2', 'born-month': '3', 'born-year': '1990' }

test('a parent acts for a child, and a director for a company: every page says so, and one goes back', async () => {
  const browser = await home.visitor('grace')
  const choose = await browser.open('/acting')
  says(choose, /Rose Okoro[\s\S]*As parent\./)
  says(choose, /Blue Reef Hotel[\s\S]*As director\./)

  const acting = await act(browser, home.personId('blue-reef'))

  says(acting, /You, Grace Okoro, act for .*Blue Reef Hotel/)
  says(await browser.open('/services'), /You, Grace Okoro, act for/)
  const back = await act(browser, 'myself')
  assert.ok(!/act for <strong>/.test(back.text))
  assert.equal((await act(browser, home.personId('viktor'))).status, 403)
})

test('a mandate is given, accepted, used and revoked; the represented person sees who did what', async () => {
  const amina = await home.visitor('amina')
  const empty = await amina.send(await amina.open('/mandates/new'), {})
  assert.equal(empty.status, 422)
  says(empty, /Choose a person or an organisation/)
  const wrong = await amina.send(empty, { ...liam, 'born-year': '1991' })
  says(wrong, /Nobody was found/)
  const given = await amina.send(wrong, { ...liam, services: 'criminal-record-extract' })
  says(given, /The mandate is given/)
  says(given, /L\. P\.[\s\S]*Not accepted yet/)

  const holder = await home.visitor('liam')
  assert.ok(!/أمينة/.test((await holder.open('/acting')).text))
  const offered = await holder.open('/mandates')
  const id = /\/mandates\/([0-9a-f-]{36})\/accept/.exec(offered.text)![1]!
  says(
    await holder.post(`/mandates/${id}/accept`, { side: 'held', _token: tokenOn(offered) }),
    /You accepted the mandate/,
  )
  await act(holder, home.personId('amina'))
  const purpose = await holder.send(await holder.open('/services/criminal-record-extract'))
  const names = await holder.send(purpose, { purpose: 'employment' })
  const check = await holder.send(names)
  says(check, /أمينة الحداد/)
  const done = await holder.send(check)
  await home.jobs.idle()
  const reference = /\/applications\/([A-Z]+-[\w-]+)/.exec(done.path)![1]!

  const seen = await amina.open(`/applications/${reference}`)
  says(seen, /by Liam Park, for the applicant/)
  says(await amina.open('/my-data'), /Liam Park, who acts for you/)

  // In the middle of another application the mandate is revoked: nothing more can be done with it.
  const again = await holder.send(await holder.open('/services/criminal-record-extract'))
  const list = await amina.open('/mandates/given')
  says(await amina.post(`/mandates/${id}/revoke`, { side: 'given', _token: tokenOn(list) }), /The mandate has ended/)
  const late = await holder.send(again, { purpose: 'visa' })
  assert.ok(!/Check your answers/.test(late.title))
  assert.ok(late.status >= 400 || /Sign in/.test(late.title), `${late.status} ${late.title}`)
  assert.deepEqual(home.faults, [])
})

test('what the mandate does not cover is refused in words, and nothing changes', async () => {
  const chloe = await home.visitor('chloe')
  await chloe.send(await chloe.open('/mandates/new'), { ...liam, services: 'fine' })
  const holder = await home.visitor('liam')
  const offered = await holder.open('/mandates')
  const id = /\/mandates\/([0-9a-f-]{36})\/accept/.exec(offered.text)![1]!
  await holder.post(`/mandates/${id}/accept`, { side: 'held', _token: tokenOn(offered) })
  await act(holder, home.personId('chloe'))

  const refused = await holder.send(await holder.open('/services/criminal-record-extract'))

  assert.equal(refused.status, 403)
  says(refused, /Your mandate does not cover this/)
  assert.equal((await holder.open('/apply/00000000-0000-4000-8000-000000000000')).status, 404)
  // Nor are the mail, papers, records and settings of whom one acts for any matter of a mandate for some services.
  for (const path of ['/messages', '/documents', '/my-data', '/my-data/records', '/account'])
    assert.equal((await holder.open(path)).status, 403, path)
  const first = await holder.open('/')
  assert.equal(first.status, 200)
  assert.ok(!/href="\/messages"|href="\/my-data"|href="\/documents"/.test(first.text))
})

test('the pages speak three languages, and nobody who did not sign in sees them', async () => {
  const browser = await home.visitor('grace')
  await act(browser, home.personId('blue-reef'))

  for (const path of ['/acting', '/mandates', '/mandates/given', '/mandates/new'])
    for (const language of ['en', 'ar', 'fr']) {
      const page = await browser.open(`${path}?lang=${language}`)
      assert.equal(page.status, 200, `${path} ${language}`)
    }
  assert.deepEqual(home.missing, [])
  for (const path of ['/acting', '/mandates', '/mandates/new']) says(await home.browser().open(path), /Sign in/)
})

const tokenOn = ({ text }: Page): string => /name="_token" value="([^"]*)"/.exec(text)?.[1] ?? ''
