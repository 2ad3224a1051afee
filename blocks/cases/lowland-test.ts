// Of a small country for tests of this block: the files that are the same in every test, who applies, and what is refused.
import { randomUUID } from 'node:crypto'
import { isProblem } from '@ashlar/kernel/problem'
import type { Context } from '@ashlar/kernel/sql'

export const title = '{ en: Test }'

type SourceFile = [path: string, text: string]

export const countryFile = (people = 'population'): SourceFile => [
  'country.yaml',
  `country: lowland
version: 1.0.0
name: ${title}
languages: [{ code: en, name: English, direction: ltr }]
currency: { code: LWD, decimals: 2, name: ${title} }
zone: UTC
weekend: [0, 6]
holidays: []
people: ${people}
`,
]

export const populationFile: SourceFile = [
  'registries/population.yaml',
  `register: population
version: 1.0.0
authority: interior
law: [Population Act]
title: ${title}
about: person
person: personNumber
identifiers: [personNumber]
access: { self: [fullName] }
fields:
  personNumber: { is: person, required: true, label: ${title} }
  fullName: { is: name, personal: true, label: ${title} }
`,
]

/** Its days of work, for createCalendar. */
export const workingDays = { weekend: [6, 0], holidays: [], zone: 'UTC' }

/** Somebody who applies for themselves. */
export const person = (id: string = randomUUID(), more: Partial<Context> = {}): Context => ({
  tenant: null,
  actor: { kind: 'person', id },
  subject: id,
  assurance: 'high',
  purpose: 'apply',
  channel: 'web',
  trace: 'test',
  ...more,
})

/** For assert.rejects: refused with this code. */
export const code = (wanted: string) => (error: unknown) => isProblem(error) && error.code === wanted
