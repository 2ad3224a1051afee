// What every page of a journey is examined for: accessibility, weight, words, direction, width, and what the browser refused.
import { readFileSync } from 'node:fs'
import type { Page, Response } from 'playwright-core'
import { inspect } from './inspect.ts'

const axe = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')

/** Bytes of a citizen's page as it travels, style included: what the first round trip of TCP carries. */
export const MOST_BYTES = 14 * 1024

export interface Finding {
  where: string
  rule: string
  text: string
}

export interface Look {
  name: string
  language: string
  direction: 'ltr' | 'rtl'
  width: number
  withScript: boolean
}

/** What a page has been told and has said since it was looked at last. */
export interface Watched {
  page: Page
  /** Its address, where the page that is examined is a twin of it. */
  at?: string
  /** The last document that came. */
  document?: Response
  complaints: string[]
}

export interface Examined {
  pages: number
  axeRules: number
  byLanguage: Record<string, number>
  largest: { bytes: number; where: string }
  findings: Finding[]
}

export const nothingExamined = (): Examined => ({
  pages: 0,
  axeRules: 0,
  byLanguage: {},
  largest: { bytes: 0, where: '' },
  findings: [],
})

export function watch(page: Page): Watched {
  const watched: Watched = { page, complaints: [] }
  page.on('response', (response) => {
    const request = response.request()
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) watched.document = response
  })
  page.on('console', (message) => {
    // A page that answers "not found" or "look at it again" is no fault of the page.
    const isOwnStatus = message.text().startsWith('Failed to load resource') && message.location().url === page.url()
    if (message.type() === 'error' && !isOwnStatus) watched.complaints.push(message.text())
  })
  page.on('pageerror', (error) => watched.complaints.push(error.message))
  return watched
}

/** Looks at the page as it stands and adds what it finds. */
export async function examine(examined: Examined, watched: Watched, look: Look, most = MOST_BYTES): Promise<void> {
  const { page } = watched
  const path = new URL(watched.at ?? page.url()).pathname.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…')
  const where = `${look.language} ${look.width} ${look.withScript ? '' : 'no script '}${look.name} ${path}`
  const note = (rule: string, text: string) => void examined.findings.push({ where, rule, text })
  examined.pages += 1
  examined.byLanguage[look.language] = (examined.byLanguage[look.language] ?? 0) + 1

  for (const { rule, text } of await page.evaluate(inspect, look)) note(rule, text)
  await page.evaluate(axe)
  const { violations, rules } = await page.evaluate(async () => {
    const found = await (globalThis as unknown as { axe: Axe }).axe.run()
    return {
      rules: found.passes.length + found.violations.length + found.inapplicable.length,
      violations: found.violations.map(({ id, help, nodes }) => ({ id, help, at: nodes.map(({ html }) => html) })),
    }
  })
  examined.axeRules = rules
  for (const { id, help, at } of violations) note(`axe ${id}`, `${help}: ${at.join(' ').slice(0, 300)}`)

  const bytes = await weightOf(watched.document)
  const isCitizens = !path.startsWith('/office')
  if (isCitizens && bytes > examined.largest.bytes) examined.largest = { bytes, where }
  if (isCitizens && bytes > most) note('weight', `${bytes} bytes, ${most} at most`)

  for (const complaint of watched.complaints.splice(0)) note('browser', complaint)
}

/** The body as it came, compressed. */
async function weightOf(document: Response | undefined): Promise<number> {
  if (document === undefined) return 0
  await document.finished()
  return (await document.request().sizes()).responseBodySize
}

interface Axe {
  run(): Promise<{
    passes: unknown[]
    inapplicable: unknown[]
    violations: { id: string; help: string; nodes: { html: string }[] }[]
  }>
}
