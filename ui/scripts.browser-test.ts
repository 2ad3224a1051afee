// The scripts in Chromium under the real content security policy, and what pages do without them:
// `node ui/scripts.browser-test.ts`

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium, type Page } from 'playwright-core'
import { citizenTheme } from './examples/face.ts'
import {
  button,
  characterCount,
  errorSummary,
  type Html,
  html,
  keys,
  page,
  passwordInput,
  queueTable,
  scriptFile,
  serviceNavigation,
  tag,
  textInput,
} from './index.ts'

const browserPath =
  process.env.ASHLAR_CHROMIUM ??
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)

let changes = 0
let posts = 0
const listeners = new Set<ServerResponse>()

function form(): Html {
  return html`
    ${errorSummary({ titleText: 'There is a problem', errorList: [{ text: 'Enter a plate', href: '#plate' }] })}
    <form method="post" action="/slow" novalidate>
      ${textInput({ name: 'plate', label: { text: 'Plate' } })}
      ${characterCount({ name: 'why', maxlength: 10, label: { text: 'Why' }, textareaDescriptionText: 'At most %{count}', charactersUnderLimitText: { one: '%{count} left', other: '%{count} left' }, charactersAtLimitText: 'None left', charactersOverLimitText: { one: '%{count} too many', other: '%{count} too many' } })}
      ${passwordInput({ name: 'code', label: { text: 'Code' }, showPasswordText: 'Show', showPasswordAriaLabelText: 'Show code', hidePasswordText: 'Hide' })}
      ${button({ text: 'Send' })}
    </form>`
}

function queue(): Html {
  const row = (reference: string) => ({
    value: reference,
    reference,
    href: `#${reference}`,
    selectLabel: `Select ${reference}`,
    cells: [changes],
  })
  return html`
    ${changes > 0 && tag({ text: 'New' })}
    <input data-search aria-label="Search">
    ${keys({ label: 'Keyboard', keys: [{ keys: ['J'], text: 'down' }], off: 'Off' })}
    ${queueTable({ caption: 'Queue', reference: { text: 'Case' }, columns: [{ text: 'Changes' }], select: { name: 'case', head: 'Select' }, rows: [row('A'), row('B')] })}`
}

function documentOf(path: string, nonce: string): string {
  const content = path === '/queue' ? queue() : path === '/menu' ? html`<p>menu</p>` : form()
  const main =
    path === '/queue'
      ? html`<main data-live="/live?since=${changes}" data-live-text="Changed">${content}</main>`
      : html`<main>${content}</main>`
  const navigation = serviceNavigation({
    navigationLabel: 'Main',
    menuButton: { text: 'Menu' },
    navigation: [
      { text: 'Home', href: '#' },
      { text: 'Services', href: '#' },
    ],
  })
  return page({ lang: 'en', dir: 'ltr', title: path, nonce, theme: citizenTheme, body: html`${navigation}${main}` })
}

const server = createServer((request, response) => {
  const path = request.url ?? '/'
  if (path === scriptFile.path)
    return void response.writeHead(200, { 'content-type': scriptFile.type }).end(scriptFile.body)
  if (path.startsWith('/live')) {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': here\n\n')
    if (Number(path.split('=')[1]) < changes) response.write('data: queue\n\n')
    listeners.add(response)
    request.on('close', () => listeners.delete(response))
    return
  }
  if (path === '/slow') {
    posts++
    return void setTimeout(() => response.writeHead(204).end(), 300)
  }
  const nonce = Math.random().toString(36).slice(2)
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'`,
  })
  response.end(documentOf(path, nonce))
})

const checks: Record<string, (page: Page, address: string) => Promise<void>> = {
  'An error summary has the focus, and its link leads to the field': async (page, address) => {
    await page.goto(`${address}/form`)
    assert.equal(await page.evaluate(() => document.activeElement?.className), 'govuk-error-summary')

    await page.click('.govuk-error-summary a')

    assert.equal(await page.evaluate(() => document.activeElement?.id), 'plate')
  },
  'Characters are counted in the words of the page': async (page, address) => {
    await page.goto(`${address}/form`)
    await page.fill('#why', 'seven c')
    assert.equal(await page.textContent('#why-info'), '3 left')

    await page.fill('#why', 'eleven char')

    assert.equal(await page.textContent('#why-info'), '1 too many')
  },
  'A form that was sent is not sent twice': async (page, address) => {
    await page.goto(`${address}/form`)
    posts = 0

    await page.evaluate(() => {
      const send = document.querySelector<HTMLButtonElement>('form button[type=submit]')
      send?.click()
      send?.click()
      send?.click()
    })
    await page.waitForTimeout(600)

    assert.equal(posts, 1)
  },
  'A password can be shown and hidden': async (page, address) => {
    await page.goto(`${address}/form`)

    await page.click('.govuk-js-password-input-toggle')

    assert.equal(await page.getAttribute('#code', 'type'), 'text')
    assert.equal(await page.textContent('.govuk-js-password-input-toggle'), 'Hide')
  },
  'A change elsewhere is shown and said, what was ticked stays': async (page, address) => {
    await page.goto(`${address}/queue`)
    await page.waitForFunction(() => document.querySelector('[role=status]'))
    await page.check('[aria-label="Select B"]')
    while (listeners.size === 0) await page.waitForTimeout(20)

    changes++
    for (const listener of listeners) listener.write('data: queue\n\n')
    await page.waitForFunction(() => document.querySelector('[role=status]')?.textContent === 'Changed')

    assert.equal(await page.textContent('tbody tr:first-child td:last-child > span:last-child'), String(changes))
    assert.equal(await page.isChecked('[aria-label="Select B"]'), true)
    // Its styles came along, although their nonce was another.
    assert.equal(
      await page.evaluate(() => getComputedStyle(document.querySelector('.govuk-tag') as Element).display),
      'inline-block',
    )
    // The keys are still offered, and do what they say.
    await page.keyboard.press('?')
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'keys')
  },
  'What changed while the line was broken is shown when it is there again': async (page, address) => {
    await page.goto(`${address}/queue`)
    while (listeners.size === 0) await page.waitForTimeout(20)
    const drawn = changes
    let fetched = 0
    page.on('request', (request) => {
      if (request.url().endsWith('/queue')) fetched++
    })

    for (const listener of listeners) listener.end()
    changes++
    await page.waitForFunction(() => document.querySelector('[role=status]')?.textContent === 'Changed')
    await page.waitForTimeout(300)
    for (const listener of listeners) listener.end()
    await page.waitForTimeout(2500)

    const main = await page.getAttribute('main', 'data-live')
    assert.deepEqual([main, fetched, listeners.size], [`/live?since=${drawn + 1}`, 1, 1])
  },
  'Nothing is taken from under somebody who types': async (page, address) => {
    await page.goto(`${address}/queue`)
    await page.fill('[data-search]', 'Mara')
    while (listeners.size === 0) await page.waitForTimeout(20)

    changes++
    for (const listener of listeners) listener.write('data: queue\n\n')
    await page.waitForTimeout(500)

    assert.equal(await page.inputValue('[data-search]'), 'Mara')
  },
  'Keys move, tick and search, and can be switched off': async (page, address) => {
    const focus = () => page.evaluate(() => document.activeElement?.textContent)
    await page.goto(`${address}/queue`)
    await page.waitForSelector('[data-keys]')
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    assert.equal(await focus(), 'B')
    await page.keyboard.press('k')
    assert.equal(await focus(), 'A')
    await page.keyboard.press('x')
    assert.equal(await page.isChecked('[aria-label="Select A"]'), true)
    await page.keyboard.press('/')
    await page.keyboard.type('jk')
    assert.equal(await page.inputValue('[data-search]'), 'jk')

    await page.check('[data-keys-off]')
    await page.reload()
    await page.keyboard.press('j')

    assert.equal(await page.isChecked('[data-keys-off]'), true)
    assert.notEqual(await focus(), 'A')
  },
  'On a phone the menu folds and opens': async (page, address) => {
    await page.setViewportSize({ width: 375, height: 700 })
    await page.goto(`${address}/menu`)
    assert.equal(await page.isVisible('#navigation'), false)

    await page.click('text=Menu')

    assert.equal(await page.isVisible('#navigation'), true)
  },
}

async function run(address: string): Promise<boolean> {
  const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox', '--disable-gpu'] })
  let failed = 0
  try {
    for (const [name, check] of Object.entries(checks)) {
      const page = await browser.newPage()
      const refused: string[] = []
      page.on(
        'console',
        (message) => message.type() === 'error' && !message.text().includes('favicon') && refused.push(message.text()),
      )
      page.on('pageerror', (error) => refused.push(error.message))
      try {
        await check(page, address)
        assert.deepEqual(refused, [], 'The browser refused something or a script failed')
        console.log(`ok: ${name}`)
      } catch (error) {
        failed++
        console.error(`not ok: ${name}\n${error instanceof Error ? error.message : error}`)
      }
      await page.close()
    }
    // Without a script the menu is open, the keys are not offered, the description of the limit stands.
    const plain = await browser.newPage({ javaScriptEnabled: false, viewport: { width: 375, height: 700 } })
    await plain.goto(`${address}/form`)
    const shown = [
      await plain.isVisible('#navigation'),
      !(await plain.isVisible('.govuk-js-password-input-toggle')),
      (await plain.textContent('#why-info')) === 'At most 10',
    ]
    await plain.goto(`${address}/queue`)
    shown.push(!(await plain.isVisible('[data-keys]')))
    if (shown.includes(false)) failed++
    console.log(`${shown.includes(false) ? 'not ok' : 'ok'}: Without a script everything is there`)
  } finally {
    await browser.close()
  }
  console.log(`scripts: ${Object.keys(checks).length + 1} checks, ${failed} failed`)
  return failed === 0
}

if (browserPath === undefined) {
  console.log('scripts: 0 checks: there is no Chromium here. Install it, or set ASHLAR_CHROMIUM to its path.')
  process.exitCode = 1
} else {
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const ok = await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  if (!ok) process.exitCode = 1
  server.closeAllConnections()
  server.close()
}
