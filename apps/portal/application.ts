// One application as its pages need it: opened for whoever may follow it, and its state in words. One truth: the case.
import type { ApplicationSummary, ApplicationView, RequestView } from '@ashlar/cases'
import type { PublicService } from '@ashlar/catalogue'
import type { IssuedDocument } from '@ashlar/documents'
import type { Visit } from '@ashlar/face'
import type { Context } from '@ashlar/kernel/sql'
import type { Bill } from '@ashlar/payments'
import type { CardProps, TagProps } from '@ashlar/ui'
import { queried, type Site } from './site.ts'
import { resultText, type Words, wordsOf } from './words.ts'

export interface OpenApplication {
  view: ApplicationView
  service: PublicService
  words: Words
  context: Context
  bills: Bill[]
  documents: IssuedDocument[]
  /** Of the database, before any of this was read. */
  moment: string
}

/** Throws ApplicationNotFound, also for another person's; NotSignedIn for who is nobody. */
export async function openApplication(site: Site, visit: Visit, reference: string): Promise<OpenApplication> {
  const context = site.guests.followerOf(visit, reference)
  const moment = await site.live.moment()
  const view = await site.cases.getApplication(reference, context)
  const [service, bills, documents] = await Promise.all([
    site.catalogue.get(view.service.id, view.service.version),
    site.payments.billsOfCase(view.caseId),
    site.documents.ofCase(view.caseId, context),
  ])
  return { view, service, words: wordsOf(visit, service, site.faces.country), context, bills, documents, moment }
}

/** The address of another page of the same application, with the key of a guest's link if that is how one came. */
export function ofApplication(visit: Visit, path: string): string {
  const key = queried(visit, 'key')
  return key === undefined ? path : `${path}${path.includes('?') ? '&' : '?'}key=${encodeURIComponent(key)}`
}

export const openBill = (bills: Bill[]): Bill | undefined =>
  bills.find(({ state }) => state === 'requested' || state === 'pending')

export const openRequest = (requests: RequestView[]): RequestView | undefined =>
  requests.find(({ state }) => state === 'open')

/** Received, being worked on, done: every application goes through these, whatever its process. */
const STEPS = 3

export interface State {
  tag: TagProps
  progress: NonNullable<CardProps['progress']>
  /** "Step 2 of 3: an officer is looking at it" */
  step: string
  /** By when, or that it is late, or since when it is done. */
  promise?: string
}

export function stateOf(
  visit: Visit,
  words: Words,
  view: Pick<
    ApplicationSummary,
    'status' | 'waitsFor' | 'stuck' | 'result' | 'deadline' | 'overdue' | 'paused' | 'closedAt'
  >,
  owes = view.waitsFor === 'payments.collect',
): State {
  const { t } = visit
  const isClosed = view.status === 'closed'
  const kind = isClosed
    ? 'closed'
    : owes
      ? 'to-pay'
      : view.status === 'suspended'
        ? 'asked'
        : view.stuck
          ? 'stuck'
          : view.status
  const value = isClosed ? STEPS : view.status === 'received' ? 1 : 2
  const now =
    isClosed && view.result !== undefined ? resultText(visit, words, view.result) : t(`portal.status.${kind}.step`)
  const step = t('portal.application.step', { value, max: STEPS, step: now })
  const promise = promiseOf(visit, view)
  return {
    tag: {
      text: isClosed && view.result !== undefined ? now : t(`portal.status.${kind}.tag`),
      classes: tagColours[kind],
    },
    progress: { value, max: STEPS, label: t('portal.application.progress', { value, max: STEPS }) },
    step,
    ...(promise === undefined ? {} : { promise }),
  }
}

const tagColours: Record<string, string> = {
  closed: 'govuk-tag--green',
  'to-pay': 'govuk-tag--yellow',
  asked: 'govuk-tag--yellow',
  stuck: 'govuk-tag--orange',
}

function promiseOf(
  { t, date }: Visit,
  { closedAt, deadline, overdue, paused, status }: Parameters<typeof stateOf>[2],
): string | undefined {
  if (status === 'closed') return closedAt && t('portal.application.closed', { at: date(closedAt) })
  if (paused) return t('portal.application.paused')
  if (deadline === undefined) return undefined
  return t(overdue ? 'portal.application.late' : 'portal.application.due', { by: date(deadline) })
}
