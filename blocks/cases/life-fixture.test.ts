// For tests of the life of a case: a small country on a real database, with officers, applicants and a stopped clock.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import * as catalogue from '@ashlar/catalogue'
import { decide } from '@ashlar/decisions'
import { createCalendar } from '@ashlar/kernel/calendar'
import type { Context } from '@ashlar/kernel/sql'
import { house } from '@ashlar/kernel/testing'
import { createWorkflow } from '@ashlar/workflow'
import { createCases } from './cases.ts'
import { countryFile, workingDays } from './lowland-test.ts'

const usual = `authority: labour
law: [Permit Act s.1]
audience: [anyone]
channels: [web, api]
sign-in: none
parties: { applicant: { is: either } }
form:
  - page: words
    questions:
      words: { type: text, max: 200 }
      pages: { type: number, optional: true }
`
const reading = `flow:
  - task: read
    role: reader
    facts: [words]
    outcomes: [grant, refuse]
    reasons: { refuse: [unclear, untrue] }
  - when: read.outcome = "grant"
    then:
      - close: granted
    else:
      - close: refused
`
const files = new Map<string, string>([
  countryFile(),
  [
    'services/licence/service.yaml',
    `service: licence
version: 1.0.0
prefix: LI
${usual}${reading}
clock:
  term: 30 days
  from: submitted
  on-breach: alarm
  law: Permit Act s.4
  remind: [3 days, 10 days]
  extend: { by: 14 days, times: 1, needs: reasons, reasons: [difficult, manyFiles], law: Permit Act s.5 }
  variants:
    - { when: words = "urgent", term: 5 working days, law: Permit Act s.6 }
appeal: { within: 30 days, to: justice, role: judge, results: [refused], suspends: true, law: Permit Act s.9, by: appeal }
withdrawal: { refund: 50, law: Permit Act s.7 }
archive: { after: 5 years, law: Archive Act s.2, results: { granted: { keep: true } } }
one-per: if words = "only one" then words else null
asks: { planMissing: { law: Permit Act s.3 } }
`,
  ],
  [
    'services/silence/service.yaml',
    `service: silence
version: 1.0.0
prefix: SI
${usual}${reading}
clock: { term: 20 days, from: submitted, on-breach: granted, law: Permit Act s.8, supposes: { read: grant } }
`,
  ],
  [
    'services/lapse/service.yaml',
    `service: lapse
version: 1.0.0
prefix: LA
${usual}${reading}
clock: { term: 20 days, from: submitted, on-breach: refused, law: Permit Act s.8 }
`,
  ],
  [
    'services/paid/service.yaml',
    `service: paid
version: 1.0.0
prefix: PD
${usual}${reading}
clock:
  term: 10 days
  from: submitted
  on-breach: refund
  refund: 50
  law: Permit Act s.8
  extend: { by: 1 month, times: 1, needs: consent }
`,
  ],
  [
    'services/checked/service.yaml',
    `service: checked
version: 1.0.0
prefix: CH
${usual}flow:
  - task: look
    role: reader
    facts: [words]
    outcomes: [complete]
  - step: cases.complete
  - task: read
    role: reader
    facts: [words]
    outcomes: [grant]
  - close: granted
clock: { term: 10 working days, from: complete, on-breach: alarm, law: Permit Act s.8, remind: [2 working days] }
`,
  ],
  [
    'services/appeal/service.yaml',
    `service: appeal
version: 1.0.0
authority: justice
prefix: AP
law: [Appeals Act s.1]
audience: [anyone]
channels: [web, api]
sign-in: none
parties: { applicant: { is: either } }
form:
  - page: grounds
    questions:
      grounds: { type: longText, max: 4000 }
flow:
  - task: decide-appeal
    role: judge
    facts: [contested, grounds]
    outcomes: [confirm, replace, sendBack]
  - choose:
      - when: decideAppeal.outcome = "confirm"
        then:
          - close: confirmed
      - when: decideAppeal.outcome = "replace"
        then:
          - close: replaced
      - else:
          - close: sent-back
contests: { confirmed: confirms, replaced: replaces, sent-back: sends-back }
clock: { term: 60 days, from: submitted, on-breach: alarm }
`,
  ],
])

const trace = { purpose: 'apply', channel: 'web' as const, trace: 't' }
export const guest = (): Context => {
  const subject = randomUUID()
  return { tenant: null, actor: { kind: 'anonymous', id: subject }, subject, ...trace }
}
export const officer = (id: string, more: Partial<Context> = {}): Context => ({
  tenant: 'labour',
  actor: { kind: 'staff', id },
  roles: ['reader'],
  unit: 'permits',
  ...trace,
  purpose: 'case-work',
  ...more,
})

export async function lifeHouse() {
  const { country, problems } = catalogue.readCountry('lowland', files)
  assert.deepEqual(problems, [])
  const home = await house({ blocks: ['cases', 'workflow'], at: '2026-03-02T09:00:00Z' })
  const definition = async (id: string) => country!.services[id]!
  const calendar = createCalendar(workingDays)
  const given: { case: string; percent: number; reason: string }[] = []
  const uses: unknown[] = []
  const kept = new Set<string>()
  const cases = createCases({
    ...home.cases,
    calendar,
    form: catalogue,
    decide,
    decimals: 2,
    leads: ['lead'],
    definition,
    lookUp: async () => assert.fail('nothing is looked up'),
    consent: {
      record: async (use: unknown) => {
        uses.push(use)
        return randomUUID()
      },
    },
    giveBack: async (order) => void given.push(order),
    holdsMore: async (person) => kept.has(person),
  })
  const workflow = createWorkflow({
    ...home.workflow,
    steps: cases.steps,
    definition,
    decide,
    calendar,
    money: (value) => ({ value, currency: 'LWD' }),
  })
  cases.followProcesses(workflow)
  await home.jobs.start()

  return {
    ...home,
    database: home.cases.sql,
    keys: home.cases.keys,
    cases,
    workflow,
    /** Fees that were to be given back. */
    given,
    uses,
    kept,
    /** An application, with its process at its first wait. */
    applied: async (service: string, context = guest(), words = 'please') => {
      const draft = await cases.startDraft({ service, language: 'en' }, context)
      await cases.saveDraft({ draft: draft.id, page: 'words', body: { words, pages: '' }, version: 1 }, context)
      const receipt = await cases.submit(draft.id, context)
      await home.jobs.idle()
      return { ...receipt, context }
    },
    /** The officer's decision on the open task of a case. */
    decided: async (caseId: string, outcome: string, by = officer('sana'), reason = 'unclear') => {
      const view = await cases.getCase({ id: caseId, reason: 'a test' }, by)
      const task = view.tasks.find(({ state }) => state === 'open' || state === 'claimed')!
      await cases.decide({ task: task.id, outcome, reason, version: view.version }, by)
      await home.jobs.idle()
    },
    moved: async (by: string) => {
      await home.clock.move(by)
      await home.jobs.idle()
    },
  }
}
