// A draft opened and sealed for its owner, and who may: what drafts and submissions share.
import type { Form, PublicService } from '@ashlar/catalogue'
import type { Clock } from '@ashlar/kernel/clock'
import { isUuid, type Pairwise } from '@ashlar/kernel/identifiers'
import type { Keys } from '@ashlar/kernel/keys'
import type { Context, Database } from '@ashlar/kernel/sql'
import type { Content } from './content.ts'
import { type DraftRow, draftStore } from './draft-store.ts'
import type { Forms } from './forms.ts'
import type { NamedParties } from './named-parties.ts'
import { DraftNotFound, PublicServiceNotOpen } from './problems.ts'

export interface DraftAccessNeeds {
  sql: Database
  clock: Clock
  keys: Pick<Keys, 'seal' | 'open'>
  pairwise: Pairwise
  forms: Forms
  parties: NamedParties
}

const MOST_REMEMBERED = 10_000

export type DraftAccess = ReturnType<typeof createDraftAccess>

export function createDraftAccess({ sql, clock, keys, pairwise, forms, parties }: DraftAccessNeeds) {
  const personOf = (context: Context) => pairwise.of('cases', subjectOf(context))

  const open = async (row: DraftRow): Promise<Content> =>
    JSON.parse((await keys.open(pairwise.back('cases', row.person), row.content!)).toString())

  const find = async (id: string, context: Context): Promise<DraftRow> => {
    if (!isUuid(id)) throw DraftNotFound()
    const row = await sql.read(context, (sql) => draftStore(sql).find(id, personOf(context)))
    if (row === undefined || (row.state !== 'open' && row.state !== 'submitted')) throw DraftNotFound()
    return row
  }

  /** Which service a draft is of, so that sending it needs one transaction; what is forgotten here needs two. */
  const services = new Map<string, string>()

  return {
    personOf,
    open,
    find,

    serviceOf: (draft: string): string | undefined => services.get(draft),
    remember: (draft: string, service: string): void => {
      if (services.size >= MOST_REMEMBERED) services.clear()
      services.set(draft, service)
    },

    seal: (row: Pick<DraftRow, 'person'>, content: Content) =>
      keys.seal(pairwise.back('cases', row.person), JSON.stringify(content)),

    findOpen: async (id: string, context: Context): Promise<DraftRow> => {
      const row = await find(id, context)
      if (row.state !== 'open' || row.expiresAt <= clock.now()) throw DraftNotFound()
      return row
    },

    /** A draft goes on under the newest version; answers that this one does not take are asked anew. */
    under: (service: PublicService, row: DraftRow, content: Content): Content => {
      if (row.serviceVersion === service.version) return content
      const { answers } = forms.readAnswers(service, content.answers, forms.contextFor(content, row.language))
      return { ...content, answers: parties.keep(service, answers, content.answers) }
    },
  }
}

export function isGuest({ actor }: Context): boolean {
  return actor.kind === 'anonymous'
}

function subjectOf({ subject }: Context): string {
  if (subject === undefined || !isUuid(subject)) throw DraftNotFound()
  return subject
}

export function applicantOf(context: Context, name: string | null | undefined): Content['applicant'] {
  if (isGuest(context)) return { id: null, kind: 'anonymous', name: name ?? null }
  const { represented } = context
  if (represented?.kind === 'organisation') return { id: represented.id, kind: 'organisation', name: name ?? null }
  return { id: subjectOf(context), kind: 'person', name: name ?? null }
}

/** Levels of assurance (eIDAS), the least first. */
const levels = ['none', 'low', 'substantial', 'high']

/** Who may apply: signed in as surely as the service asks, and for whom it lets them. Throws PublicServiceNotOpen. */
export function refuseClosed({ id, status, signIn, parties }: PublicService, context: Context): void {
  if (status !== 'active') throw PublicServiceNotOpen(id, `it is ${status}`)
  if (isGuest(context) && signIn !== 'none') throw PublicServiceNotOpen(id, 'it needs you to sign in')
  if (context.actor.kind !== 'person') return
  if (levels.indexOf(context.assurance ?? 'none') < levels.indexOf(signIn))
    throw PublicServiceNotOpen(id, `it needs a sign-in of the level ${signIn}`)

  const { is, representedBy } = parties.applicant ?? { is: 'person', representedBy: [] }
  const kind = context.represented?.kind ?? 'person'
  if (is !== 'either' && is !== kind) throw PublicServiceNotOpen(id, `it is not for a ${kind}`)
  if (context.represented?.kind === 'person' && representedBy.length === 0)
    throw PublicServiceNotOpen(id, 'nobody may apply for somebody else')
}

/** The pages that are not done, and what was looked for and not found. */
export function toDo({ pages, missing }: Form): string[] {
  const open = pages.filter(({ isComplete, page }) => !isComplete && !page.stop).map(({ page }) => page.id)
  return open.length > 0 ? open : missing.map(({ evidence }) => evidence)
}
