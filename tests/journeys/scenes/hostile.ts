// Input that was not meant: names of any script, forms that are stale, sent twice or far too large, and what is not one's own.
import { query } from '../../trust/people.ts'
import { holds, type Stage } from '../stage.ts'
import { type Visitor, visitor } from '../visitor.ts'

const service = 'criminal-record-extract'
const next = 'main button.govuk-button:not([name]):visible'

/** As people are called, and as somebody may try to be. */
const names = [
  'Nguyễn Thị Minh Khai',
  'أمينة بنت منصور الحداد',
  'Олександра Ковальчук-Шевченко',
  '林雪梅',
  'สมชาย ใจดี',
  'ሰላማዊት ገብረ',
  'O’Brien-D’Arcy',
  'José 👩‍👩‍👧 Muñoz',
  '<script>alert(1)</script>',
  '{{7*7}} #eval("1") @x',
]

export async function hostile(stage: Stage): Promise<void> {
  const grace = await visitor(stage)
  await grace.open('/as/grace')
  await anyName(stage, grace)
  await staleForm(stage, grace)
  await sentManyTimes(stage, grace)
  await tooLarge(stage, grace)
  await notOnesOwn(stage, grace)
  await grace.close()
}

async function begin(person: Visitor): Promise<void> {
  await person.open(`/services/${service}`)
  await person.press(`main form[action="/apply/${service}"] button`)
  if ((await person.page.locator('input[name="draft"]').count()) === 0) return
  await person.choose('draft', 'new')
  await person.press(next)
}

async function anyName(stage: Stage, person: Visitor): Promise<void> {
  await begin(person)
  await person.choose('purpose', 'other')
  await person.fill('otherPurpose', 'Жаңа жұмыс 🎓 "quoted" & <b>bold</b>')
  await person.press(next)
  for (const [at, name] of names.entries()) {
    if (at > 0) await person.press('main button[name="_list"][value^="add"]')
    await person.page.locator('[name="otherNames"]').nth(at).fill(name)
  }
  await person.press(next)
  const shown = await person.page.locator('main').innerText()
  const missing = names.filter((name) => !shown.includes(name))
  if (new URL(person.page.url()).pathname.endsWith('/check')) {
    holds(stage, 'Names of any script come back as they were written', missing.length === 0, missing.join(' | '))
    await person.look('names-of-any-script')
    await person.press('main form[action$="/check"] button:not([formaction])')
    await person.await('main a[href$=".pdf"]', 60)
    const href = await person.page.locator('main a[href$=".pdf"]').first().getAttribute('href')
    const answer = await person.context.request.get(new URL(href ?? '', stage.product.url).href)
    holds(stage, 'and a letter can be set with them', answer.ok(), answer.status())
    return
  }
  await person.look('names-refused')
  holds(stage, 'Names of any script are accepted', false, shown.slice(0, 300))
}

/** The same page of one draft in two tabs: the second does not overwrite the first, and keeps what was typed. */
async function staleForm(stage: Stage, person: Visitor): Promise<void> {
  await begin(person)
  const second = await person.context.newPage()
  await second.goto(person.page.url())
  await person.choose('purpose', 'visa')
  await person.press(next)
  await second.check('input[name="purpose"][value="other"]')
  await second.fill('[name="otherPurpose"]', 'kept while it is refused')
  await Promise.all([second.waitForNavigation(), second.locator(next).first().click()])
  const typed = await second.inputValue('[name="otherPurpose"]')
  const chosen = await second.locator('input[name="purpose"]:checked').getAttribute('value')
  holds(
    stage,
    'A form that is behind is shown again with what was typed',
    typed === 'kept while it is refused' && chosen === 'other',
    `${chosen} ${typed}`,
  )
  await second.close()
}

/** Ten times the same form in one moment, and once more with the Back button. */
async function sentManyTimes(stage: Stage, person: Visitor): Promise<void> {
  await begin(person)
  await person.choose('purpose', 'volunteering')
  await person.press(next)
  await person.press(next)
  const form = person.page.locator('main form[action$="/check"]')
  const action = (await form.getAttribute('action')) ?? ''
  const token = await form.locator('input[name="_token"]').inputValue()
  const count = async () =>
    (await query<{ count: number }>(stage.product, 'select count(*)::int as count from cases.case'))[0]!.count
  const before = await count()
  const answers = await Promise.all(
    Array.from({ length: 10 }, () =>
      person.context.request.post(new URL(action, stage.product.url).href, {
        form: { _token: token },
        headers: { origin: stage.product.url },
        maxRedirects: 0,
      }),
    ),
  )
  const places = new Set(answers.map((answer) => `${answer.status()} ${answer.headers().location}`))
  holds(stage, 'Ten sendings of one form get one answer', places.size === 1, [...places].join(', '))
  holds(stage, 'and make one application', (await count()) === before + 1, (await count()) - before)
  await person.page.reload()
  holds(
    stage,
    'Who comes back to the form is led to the application',
    new URL(person.page.url()).pathname.startsWith('/applications/'),
    person.page.url(),
  )
}

async function tooLarge(stage: Stage, person: Visitor): Promise<void> {
  await begin(person)
  const address = person.page.url()
  const token = await person.page.locator('input[name="_token"]').first().inputValue()
  const answer = await person.context.request
    .post(address, {
      form: { _token: token, _version: '1', purpose: 'x'.repeat(10 * 2 ** 20) },
      headers: { origin: stage.product.url, accept: 'text/html' },
    })
    .catch((error: Error) => error)
  const isRefused = answer instanceof Error ? /EPIPE|ECONNRESET|socket/i.test(answer.message) : answer.status() === 413
  holds(
    stage,
    'Ten megabytes of a form are refused',
    isRefused,
    answer instanceof Error ? answer.message : answer.status(),
  )

  await person.choose('purpose', 'other')
  await person.page.locator('[name="otherPurpose"]').evaluate((field) => {
    ;(field as HTMLInputElement).maxLength = 524_288_000
    ;(field as HTMLInputElement).value = 'x'.repeat(10 * 2 ** 20)
  })
  await person.press(next).catch(() => undefined)
  const heading = await person.page
    .locator('h1')
    .first()
    .textContent({ timeout: 3000 })
    .catch(() => undefined)
  holds(stage, 'and the browser shows why', heading !== undefined && heading !== null, person.page.url())
  if (heading) await person.look('too-large')
  person.forgive()
  await person.open('/')
  const home = await person.page.locator('h1').count()
  holds(stage, 'The house goes on', home === 1)
}

/** Drafts, applications, documents and the office of others: as if they were not there. */
async function notOnesOwn(stage: Stage, grace: Visitor): Promise<void> {
  await begin(grace)
  const draft = new URL(grace.page.url()).pathname
  const hers = await query<{ reference: string; document: string }>(
    stage.product,
    'select c.reference, d.id as document from cases.case c join documents.document d on d.case_id = c.id limit 1',
  )
  const liam = await visitor(stage)
  await liam.open('/as/chloe')
  const found: string[] = []
  for (const path of [draft, `/applications/${hers[0]?.reference}`, `/documents/${hers[0]?.document}`]) {
    await liam.open(path)
    const text = await liam.page.locator('main').innerText()
    if ((await liam.page.locator('main form').count()) > 0 || /Grace|Okoro/.test(text)) found.push(path)
    const answer = await liam.context.request.get(new URL(path, stage.product.url).href, {
      headers: { accept: 'text/html' },
    })
    if (answer.status() !== 404) found.push(`${answer.status()} ${path}`)
  }
  await liam.look('not-found')
  holds(stage, 'What is somebody else’s is not found', found.length === 0, found.join(', '))
  await liam.open('/office')
  await liam.look('not-the-office')
  const office = await liam.context.request.get(`${stage.product.url}/office`, { headers: { accept: 'text/html' } })
  holds(stage, 'The office is closed to citizens', office.status() === 403, office.status())
  await liam.close()
}
