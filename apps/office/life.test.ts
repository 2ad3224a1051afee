// Proves through the office’s pages: a longer term with its reason, messages, reasons for asking, and what is contested.
import assert from 'node:assert/strict'
import test, { after, before } from 'node:test'
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
  assert.deepEqual([home?.faults, home?.missing], [[], []])
})

const readable = ({ text }: Page): string =>
  text
    .replace(/^[\s\S]*<main/, '<main')
    .replace(/<\/main>[\s\S]*$/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
const says = (page: Page, pattern: RegExp) => assert.match(readable(page), pattern)

async function openFirst(officer: Browser): Promise<Page> {
  const queue = await officer.open('/office')
  const href = /href="(\/office\/cases\/[0-9a-f-]{36})"/.exec(queue.text)?.[1]
  assert.ok(href, readable(queue))
  return officer.open(href)
}

/** Liam's extract is doubtful, and an officer says that it is him; he contests that. */
async function appealed(): Promise<{ liam: Browser; appeal: string }> {
  const liam = await home.visitor('liam')
  const sana = await home.visitor('sana')
  let page = await liam.send(await liam.open('/services/criminal-record-extract'))
  page = await liam.send(page, { purpose: 'employment' })
  page = await liam.send(await liam.send(page))
  await home.jobs.idle()
  const reference = /\/applications\/([A-Z]+-[\w-]+)/.exec(page.path)![1]!
  const seen = await openFirst(sana)
  const asked = await sana.send(seen, { text: 'Which court?', reason: 'unclear' }, '/ask')
  says(asked, /Stopped while an answer is awaited: something is not clear\./)
  const request = /\/applications\/[\w-]+\/requests\/[\w-]+/.exec(
    (await liam.open(`/applications/${reference}`)).text,
  )![0]
  await liam.send(await liam.open(request), { text: 'None.' }, '/requests/')
  await home.jobs.idle()
  const decide = /action="([^"]*\/decide)"/.exec((await openFirst(sana)).text)![1]!
  await sana.send(await sana.open(decide), { outcome: 'samePerson', 'reason-samePerson': 'courtFileAgrees' }, '/decide')
  await home.jobs.idle()
  page = await liam.send(await liam.open(`/applications/${reference}/appeal`), {}, '/appeal')
  page = await liam.send(page, { ground: 'factsWrong' })
  page = await liam.send(await liam.send(page, { statement: 'It is somebody else.' }))
  await home.jobs.idle()
  return { liam, appeal: /\/applications\/([A-Z]+-[\w-]+)/.exec(page.path)![1]! }
}

test('an appeal: what is contested, a longer term for a reason of the law, messages, and reminders', async () => {
  const { liam, appeal } = await appealed()
  const amal = await home.visitor('amal')

  const page = await openFirst(amal)
  const extended = await amal.send(page, { reason: 'hearingNeeded' }, '/extension')
  const again = await amal.send(page, { reason: 'hearingNeeded' }, '/extension')
  const written = await amal.send(extended, { text: 'We will hear you.' }, '/messages')
  const seen = await liam.open(`/applications/${appeal}`)
  const read = await amal.open(written.path.replace(/\?.*/, ''))
  await home.clock.move('+110d')
  await home.jobs.idle()
  const queue = await amal.open('/office')

  says(page, /The contested decision/)
  says(page, /It is the same person: The court file agrees/)
  says(page, /Contests the decision CR-/)
  says(extended, /Made longer by 30 days, until .*: a hearing is needed\./)
  says(again, /The term cannot be made longer, or not once more\.|This case has moved on/)
  says(written, /أمل الحسن .* not read yet We will hear you\./)
  says(seen, /The office .* We will hear you\./)
  says(seen, /Made longer by 30 days/)
  says(read, /read .* We will hear you\./)
  says(queue, /reminders? of (a )?legal terms?/)
  for (const language of ['ar', 'fr']) assert.equal((await amal.open(`/office?lang=${language}`)).status, 200)
})
