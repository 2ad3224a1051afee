// What of the queue is shown: read from the address, written into links, and said in words.
import { type QueueChoice, queueSorts, queueStatuses } from '@ashlar/cases'
import { type TProperties, Type } from 'typebox'

const Word = Type.Optional(Type.String({ maxLength: 100 }))

/** Built-in views, by their name in the address. */
export const views = {
  due: {},
  unclaimed: { unclaimed: true },
  mine: { mine: true },
  late: { due: 'late' },
  today: { due: 'today' },
  'second-look': { status: 'second-look' },
} satisfies Record<string, QueueChoice>
export type ViewName = keyof typeof views

export const applicantKinds = ['person', 'organisation', 'anonymous'] as const
export const dues = ['late', 'today', 'week'] as const

export const ChoiceFields = {
  view: Word,
  service: Word,
  status: Word,
  assignee: Word,
  due: Word,
  applicant: Word,
  unit: Word,
  search: Word,
  sort: Word,
} satisfies TProperties

export type ChoiceForm = { [name in keyof typeof ChoiceFields]?: string }

const oneOf = <T extends string>(values: readonly T[], value: string | undefined): T | undefined =>
  values.find((one) => one === value)

/** The view, and what narrows it. What an address says that is none of ours is passed over. */
export function readChoice(form: ChoiceForm, withView = true): QueueChoice {
  const view = withView ? views[(form.view ?? 'due') as ViewName] : undefined
  const assignee = form.assignee || undefined
  const status = oneOf(queueStatuses, form.status)
  const due = oneOf(dues, form.due)
  const applicant = oneOf(applicantKinds, form.applicant)
  const sort = oneOf(queueSorts, form.sort)
  return {
    ...view,
    ...(form.service ? { service: form.service } : {}),
    ...(status ? { status } : {}),
    ...(assignee === 'nobody'
      ? { unclaimed: true }
      : assignee === 'me'
        ? { mine: true }
        : assignee
          ? { assignee }
          : {}),
    ...(due ? { due } : {}),
    ...(applicant ? { applicant } : {}),
    ...(form.unit ? { unit: form.unit } : {}),
    ...(form.search?.trim() ? { search: form.search.trim() } : {}),
    ...(sort ? { sort } : {}),
  }
}

/** The other way: the fields of the form that give this choice. */
export function toForm({ mine, unclaimed, assignee, ...choice }: QueueChoice): ChoiceForm {
  const who = mine ? 'me' : unclaimed ? 'nobody' : assignee
  return { ...choice, ...(who === undefined ? {} : { assignee: who }) }
}

export function hrefOf(form: ChoiceForm & { after?: string }, path = '/office'): string {
  const set = Object.entries(form).filter(([name, value]) => value && !(name === 'view' && value === 'due'))
  return set.length === 0 ? path : `${path}?${new URLSearchParams(set as [string, string][])}`
}
