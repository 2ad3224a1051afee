// Somebody at a browser: goes to pages, presses and fills in, and has every page examined and kept as a picture.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Locator, Page } from 'playwright-core'
import { examine, type Watched, watch } from './examination.ts'
import type { Stage } from './stage.ts'

export interface Visitor {
  page: Page
  context: BrowserContext
  /** What was pressed and what was filled in, since `start`. */
  effort: { presses: number; fields: number }
  /** Goes to a page of the product by its address. */
  open(path: string): Promise<void>
  /** Presses something that leads to another page. */
  press(what: string | Locator): Promise<void>
  /** Presses something that stays on the page. */
  touch(what: string | Locator): Promise<void>
  choose(name: string, value: string): Promise<void>
  fill(name: string, text: string): Promise<void>
  /** Follows an item of the navigation; on a phone it is behind the menu. */
  navigate(href: string): Promise<void>
  /** Examines the page and keeps a picture of it. */
  look(name: string): Promise<void>
  /** Waits until something is there; without a script the page is asked for again, as people do. */
  await(what: string, seconds?: number): Promise<void>
  /** Forgets what the browser complained of: a network that we took away ourselves. */
  forgive(): void
  close(): Promise<void>
}

export interface VisitorOptions {
  /** The session of somebody whom the doors do not show. */
  token?: string
  withScript?: boolean
  width?: number
}

export async function visitor(stage: Stage, options: VisitorOptions = {}): Promise<Visitor> {
  const { product, browser, language, examined } = stage
  const width = options.width ?? stage.width
  const withScript = options.withScript ?? true
  const context = await browser.newContext({
    viewport: { width, height: width < 600 ? 812 : 900 },
    javaScriptEnabled: withScript,
    locale: language,
    acceptDownloads: true,
  })
  context.setDefaultTimeout(45_000)
  const cookie = (name: string, value: string) => ({ name, value, url: product.url })
  await context.addCookies([cookie('ashlar_language', language)])
  if (options.token) await context.addCookies([cookie('ashlar_session', options.token)])
  return sit(await context.newPage())

  async function sit(page: Page): Promise<Visitor> {
    const watched: Watched = watch(page)
    const effort = { presses: 0, fields: 0 }
    const locate = (what: string | Locator) => (typeof what === 'string' ? page.locator(what).first() : what)
    const self: Visitor = {
      page,
      context,
      effort,
      open: async (path) => void (await page.goto(new URL(path, product.url).href)),
      press: async (what) => {
        effort.presses += 1
        await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), locate(what).click()])
      },
      touch: async (what) => {
        effort.presses += 1
        await locate(what).click()
      },
      choose: async (name, value) => {
        effort.presses += 1
        await page.check(`input[name="${name}"][value="${value}"]`)
      },
      fill: async (name, text) => {
        effort.fields += 1
        await page.fill(`[name="${name}"]`, text)
      },
      navigate: async (href) => {
        const link = page.locator(`nav a[href="${href}"]`).first()
        if (!(await link.isVisible())) await self.touch('button[aria-controls="navigation"]')
        await self.press(link)
      },
      look: async (name) => {
        stage.pictures += 1
        const folder = join(stage.folder, language)
        mkdirSync(folder, { recursive: true })
        const number = String(stage.pictures).padStart(2, '0')
        const kind = `${width < 600 ? '-phone' : ''}${withScript ? '' : '-no-script'}`
        await page.screenshot({ path: join(folder, `${number}-${name}${kind}.png`), fullPage: true })
        const look = { name, language, direction: stage.direction, width, withScript }
        if (withScript) return examine(examined, watched, look)
        // Without scripts nothing can be run in the page, so the same markup is examined in a twin of it.
        const twin = await browser.newPage({ viewport: page.viewportSize() })
        await twin.setContent(await page.content())
        await examine(examined, { ...watched, page: twin, at: page.url() }, look)
        await twin.close()
      },
      await: async (what, seconds = 45) => {
        if (withScript) return void (await page.waitForSelector(what, { state: 'attached', timeout: seconds * 1000 }))
        const until = Date.now() + seconds * 1000
        while (!(await page.locator(what).count())) {
          if (Date.now() > until) throw new Error(`${what} did not come within ${seconds} s`)
          await page.waitForTimeout(300)
          await page.reload()
        }
      },
      forgive: () => void watched.complaints.splice(0),
      close: () => context.close(),
    }
    return self
  }
}
