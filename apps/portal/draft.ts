// A draft as its pages need it: opened for whoever may go on with it, with its form as it stands now.
import type { DraftView, Receipt } from '@ashlar/cases'
import type { FormPage, Page, PublicService } from '@ashlar/catalogue'
import type { Visit } from '@ashlar/face'
import { NotSignedIn } from '@ashlar/kernel/http'
import { isProblem } from '@ashlar/kernel/problem'
import type { Context } from '@ashlar/kernel/sql'
import { type Site, subjectOf } from './site.ts'
import { type Words, wordsOf } from './words.ts'

export interface OpenDraft {
  draft: DraftView
  service: PublicService
  context: Context
  words: Words
}

/** The draft, or the receipt if it was sent already. Throws DraftNotFound; NotSignedIn if it may be whose it is then. */
export async function openDraft(site: Site, visit: Visit, id: string): Promise<OpenDraft | { sent: Receipt }> {
  const guest = site.guests.guestOf(visit, 'apply')
  if (subjectOf(visit) === undefined) {
    if (guest === undefined) throw NotSignedIn()
    const found = await find(site, visit, id, guest)
    if (found === undefined) throw NotSignedIn()
    return found
  }
  const context = site.guests.contextOf(visit, 'apply')
  const own = await find(site, visit, id, context)
  if (own !== undefined) return own
  // Begun without signing in, and signed in meanwhile: the draft goes over to the person.
  if (guest !== undefined) {
    const before = await find(site, visit, id, guest)
    if (before !== undefined && 'sent' in before) return before
    if (before !== undefined) {
      const { code } = await site.cases.resumeCode(id, guest)
      return toOpen(site, visit, await site.cases.resumeDraft(code, context), context)
    }
  }
  return toOpen(site, visit, await site.cases.getDraft(id, context), context)
}

async function find(
  site: Site,
  visit: Visit,
  id: string,
  context: Context,
): Promise<OpenDraft | { sent: Receipt } | undefined> {
  const draft = await unlessNotFound(site.cases.getDraft(id, context))
  if (draft !== undefined) return toOpen(site, visit, draft, context)
  // What is not open any more and can still be "sent" was sent: the receipt is the same every time.
  const sent = await unlessNotFound(site.cases.submit(id, context))
  return sent && { sent }
}

const unlessNotFound = <T>(found: Promise<T>): Promise<T | undefined> =>
  found.catch((error: unknown) => {
    if (isProblem(error) && error.code === 'draft-not-found') return undefined
    throw error
  })

export async function toOpen(site: Site, visit: Visit, draft: DraftView, context: Context): Promise<OpenDraft> {
  const service = await site.catalogue.get(draft.service.id)
  return { draft, service, context, words: wordsOf(visit, service, site.faces.country) }
}

/** Addresses of our own below /apply/<draft>/; a page of a service by such a name is addressed otherwise. */
const taken = new Set(['check', 'save', 'discard'])

export const pageHref = (draft: string, page: string): string =>
  `/apply/${draft}/${taken.has(page) || page.startsWith('page-') ? `page-${page}` : page}`

export const pageOfAddress = (address: string): string => address.replace(/^page-/, '')

/** The page on which evidence was looked for that is not there; '' if no answer can mend it. */
export function lostPage({ draft: { form } }: Pick<OpenDraft, 'draft'>): string | undefined {
  const [lost] = form.missing
  return lost === undefined ? undefined : (lost.page ?? '')
}

/** Where the applicant goes on: what is missing, the first page to do, or the check. */
export function nextHref(open: Pick<OpenDraft, 'draft'>): string {
  const { draft } = open
  const lost = lostPage(open)
  const page = lost === undefined || lost === '' ? (draft.form.stop ?? draft.form.next?.page)?.id : lost
  return page === undefined ? `/apply/${draft.id}/check` : pageHref(draft.id, page)
}

/** A page that is shown as the form stands now, with the questions that are asked on it. */
export function findPage({ draft }: OpenDraft, id: string): FormPage | undefined {
  return draft.form.pages.find(({ page }) => page.id === id)
}

export function isMoved(error: unknown): boolean {
  return isProblem(error) && error.code === 'draft-moved-on'
}

/** The page before this one; undefined for the first. */
export function pageBefore({ draft }: OpenDraft, id: string): Page | undefined {
  const { pages } = draft.form
  return pages[pages.findIndex(({ page }) => page.id === id) - 1]?.page
}

/** The page after this one, whether or not it is done; undefined after the last. */
export function pageAfter({ draft }: OpenDraft, id: string): Page | undefined {
  const { pages } = draft.form
  const at = pages.findIndex(({ page }) => page.id === id)
  return at < 0 ? undefined : pages[at + 1]?.page
}
