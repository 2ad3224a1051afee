// "Who used my data" against what was really opened: every page that shows a case to an officer is counted as it goes out.
import type { Stage } from '../stage.ts'
import type { Visitor } from '../visitor.ts'

export interface Openings {
  /** Counts those of another officer, too. */
  of(officer: Visitor): void
  count(): number
  /** Asked for, and left before they came: the office may have read or not. */
  unseen(): number
}

/** A page of a case that came with its content; redirects, refusals and pages that ask why show nothing. */
export function countOpenings({ product }: Pick<Stage, 'product'>, officer: Visitor): Openings {
  let shown = 0
  let unseen = 0
  const isCase = (url: string) =>
    url.startsWith(product.url) &&
    /^\/office\/cases\/[^/]+(\/ask|\/notes|\/tasks\/[^/]+\/decide)?$/.test(new URL(url).pathname)
  const of = ({ context }: Visitor) => {
    context.on('requestfailed', (request) => {
      if (isCase(request.url())) unseen += 1
    })
    context.on('response', (response) => {
      if (!isCase(response.url()) || ![200, 409, 412, 422].includes(response.status())) return
      response.text().then(
        (text) => {
          // The page that asks why has no case to show yet.
          if (!text.includes('/open" novalidate')) shown += 1
        },
        () => {
          unseen += 1
        },
      )
    })
  }
  of(officer)
  return { of, count: () => shown, unseen: () => unseen }
}

/** All rows of the log, page by page. */
export async function usesOf(person: Visitor): Promise<{ text: string }[]> {
  const rows: { text: string }[] = []
  await person.open('/my-data')
  for (;;) {
    for (const text of await person.page.locator('main tbody tr').allInnerTexts()) rows.push({ text })
    const next = person.page.locator('main a[rel="next"]')
    if ((await next.count()) === 0) break
    await person.press(next.first())
  }
  await person.open('/my-data')
  return rows
}
