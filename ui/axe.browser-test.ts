// axe over every example and every example page in Chromium, left to right and right to left: `node ui/axe.browser-test.ts`

import { existsSync, readFileSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { loadExamples } from './examples/examples.ts'
import { examplePages } from './examples/pages.ts'
import { exampleDocument } from './gallery.ts'

const axe = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')
const browserPath =
  process.env.ASHLAR_CHROMIUM ??
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)

/** An example is a piece of a page: it needs no heading of its own, nor a landmark for all of its content. */
const ofWholePages = ['page-has-heading-one', 'region', 'heading-order', 'landmark-one-main', 'skip-link']

interface Found {
  rule: string
  help: string
  target: string
}

interface Axe {
  run(
    context: Document,
    options: object,
  ): Promise<{
    violations: { id: string; help: string; nodes: { target: unknown[]; html: string }[] }[]
    passes: unknown[]
  }>
}

async function examine(page: Page, markup: string, without: string[] = []): Promise<Found[]> {
  await page.setContent(markup)
  await page.evaluate(axe)
  const { violations } = await page.evaluate(
    (rules) => (globalThis as unknown as { axe: Axe }).axe.run(document, { rules }),
    Object.fromEntries(without.map((rule) => [rule, { enabled: false }])),
  )
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, html }) => ({ rule: id, help, target: `${target.join(' ')} ${html.slice(0, 120)}` })),
  )
}

async function overflow(page: Page): Promise<Found[]> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  return wide > 0 ? [{ rule: 'reflow', help: `The page is ${wide} points wider than the screen`, target: 'html' }] : []
}

/** What a page without these checks would let through. If axe does not find both, the examination is worth nothing. */
async function plantedFaults(page: Page): Promise<string[]> {
  const planted = {
    'image-alt': '<img src="data:image/png;base64,iVBORw0KGgo=">',
    'color-contrast': '<p style="color:#bbb;background:#fff">Hardly to be read</p>',
    label: '<input type="text" name="nameless">',
  }
  const missed: string[] = []
  for (const [rule, markup] of Object.entries(planted)) {
    const found = await examine(
      page,
      `<!DOCTYPE html><html lang="en"><title>Planted</title><main><h1>Planted</h1>${markup}</main></html>`,
    )
    if (!found.some((one) => one.rule === rule)) missed.push(rule)
  }
  return missed
}

async function run(browser: Browser): Promise<boolean> {
  const examples = await loadExamples()
  const narrow = await browser.newPage({ viewport: { width: 375, height: 800 } })
  const wide = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  let examined = 0
  const all: (Found & { where: string })[] = []
  const note = (where: string, found: Found[]) => {
    examined++
    all.push(...found.map((one) => ({ where, ...one })))
  }
  for (const example of examples) {
    for (const dir of ['ltr', 'rtl'] as const)
      note(
        `${example.component} / ${example.name} / ${dir}`,
        await examine(wide, exampleDocument(example, dir), ofWholePages),
      )
  }
  for (const [name, draw] of Object.entries(examplePages)) {
    const markup = draw()
    for (const page of [wide, narrow]) {
      const width = page.viewportSize()?.width
      note(`page ${name} / ${width}`, [...(await examine(page, markup)), ...(await overflow(page))])
    }
    // The same page turned round: what is laid out by left and right would overlap or overflow.
    const turned = markup.includes('dir="rtl"')
      ? markup.replace('dir="rtl"', 'dir="ltr"')
      : markup.replace('dir="ltr"', 'dir="rtl"')
    note(`page ${name} / turned`, [...(await examine(narrow, turned)), ...(await overflow(narrow))])
  }
  const missed = await plantedFaults(wide)
  for (const { where, rule, help, target } of all) console.error(`${where}: ${rule}: ${help}\n    ${target}`)
  for (const rule of missed) console.error(`The planted fault ${rule} was not found.`)
  console.log(
    `axe: ${examined} documents examined (${examples.length} examples, ${Object.keys(examplePages).length} pages), ${all.length} violations; planted faults found: ${3 - missed.length} of 3`,
  )
  return all.length === 0 && missed.length === 0
}

if (browserPath === undefined) {
  console.log('axe: 0 documents examined: there is no Chromium here. Install it, or set ASHLAR_CHROMIUM to its path.')
  process.exitCode = 1
} else {
  const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox', '--disable-gpu'] })
  try {
    if (!(await run(browser))) process.exitCode = 1
  } finally {
    await browser.close()
  }
}
