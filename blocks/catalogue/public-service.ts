// The compiled definition of a public service: what every other block reads. Plain JSON; FEEL expressions stay source text.

import type { Shape } from '@ashlar/kernel/feel'

/** Where and by whom a service may be used. */
export type Channel = 'web' | 'counter' | 'phone' | 'api' | 'event'
export type SignIn = 'none' | 'low' | 'substantial' | 'high'

/** A FEEL expression as written, e.g. `fine.amount * price.percent / 100`. */
export type Feel = string

/** A term of the law: '30 days', '10 working days', '2 hours', '1 month'. */
export type Term = string

/**
 * One version of one public service. Immutable once published.
 *
 * Facts that FEEL sees, in the form and in the flow:
 * - `answers`, and each answer by its own name (unanswered: null, an unanswered list: [])
 * - `applicant`: { id, kind: 'person' | 'organisation' | 'anonymous', name }; id is null when nobody signed in
 * - each evidence by name: `by` gives the record's fields, or null when there is none; `many: true` gives a list of
 *   records; `match` gives { count, bestScore, records: [{ …fields, score }] }, best first
 * - each rule result by the rule's name; each fee by its name, as Money { value: minor units, currency }
 * - each task and `ask` by its name in camelCase: `confirmMatch` = { outcome, reason, note, by, at, expired: true when
 *   the outcome was supposed by the law } ; null before it
 * - `payment` of the last `pay`: { state: 'settled' | 'rejected' | 'expired', reference, amount: Money, paidAt }
 * - each issued output by its name in camelCase: { id, reference, verifyUrl, issuedAt, validUntil }
 * - `case`: { id, reference, submittedAt }, `submittedAt`, `today`, `now`, `language`
 *
 * Names: facts and the values that they can take are in camelCase (questions, evidence, rules, fees, options, outcomes,
 * reasons), for FEEL and ICU read them; what has an address or a file is in kebab-case (services, registers, pages,
 * tasks, messages, outputs, results).
 *
 * In rules money is a plain number in the currency's own unit: 200 is 200.00 VRD. What is charged is Money.
 */
export interface PublicService {
  id: string
  version: string
  /** sha256 of the canonical bytes of every file of the service, in hex. */
  hash: string
  /** draft: something that it needs is not offered yet, or its texts are not complete; it can be read, not used. */
  status: 'draft' | 'active' | 'withdrawn'
  /** The competent authority: an agency id, and the tenant of its cases. */
  authority: string
  law: string[]
  audience: ('person' | 'organisation' | 'anyone')[]
  channels: Channel[]
  signIn: SignIn
  /** Opening letters of public references, e.g. 'CR'. */
  prefix: string
  lifeEvents: string[]
  languages: string[]
  parties: Record<string, Party>
  evidence: Record<string, Evidence>
  form: Page[]
  rules: Record<string, RuleTable>
  fees: Record<string, Fee>
  flow: FlowItem[]
  clock?: Clock
  messages: Record<string, Message>
  outputs: Record<string, Output>
  appeal?: Appeal
  /** By this service one appeals: what each of its results does to the contested decision, the fact `contested`. */
  contests?: Record<string, 'confirms' | 'replaces' | 'sends-back' | 'leaves'>
  /** What holds if the applicant withdraws; percent of the fees that go back. */
  withdrawal?: { refund?: number; law?: string; not?: boolean }
  /** What only one running case may be about. */
  onePer?: Feel
  /** Reasons for which an officer asks for information. */
  asks?: Record<string, { law?: string }>
  archive?: Archive & { results?: Record<string, Archive> }
  offers: Offer[]
  /** Where else a case may come from: an event of a register or of another agency. */
  starts: Start[]
  /** language → flattened key → ICU message. See `textKeys` for the keys that a service must have. */
  texts: Record<string, Record<string, string>>
  /** Letter templates and other files of the folder by path: 'letters/extract.typ' → source. */
  files: Record<string, string>
  /** Which facts expressions may read, and of which type each is; what is known at the end of the flow. */
  facts: Record<string, Shape>
  /** Every step, question type, party, evidence and clock that the definition uses and a block must offer. */
  needs: Need[]
}

/** Something that a definition uses and a block must offer; the same words in Offers. */
export interface Need {
  what: 'step' | 'question' | 'party' | 'evidence' | 'clock' | 'trigger'
  /** 'payments.collect', 'table', 'invited organisation', 'credential', … */
  name: string
  /** Where in service.yaml, as a path: 'flow/3/pay'. */
  at: string
}

export interface Party {
  is: 'person' | 'organisation' | 'either'
  /** applicant: who applies. invited: joins the case by invitation. informed: is told. staff: another agency. */
  joins: 'applicant' | 'invited' | 'informed'
  minAge?: number
  /** Who may act for the applicant, besides the applicant: 'parent', 'guardian', 'mandate', 'director'. */
  representedBy: string[]
  /** FEEL that gives the party's id when it is not the applicant. */
  from?: Feel
  /** Where to write to a party who has no account: FEEL for 'name', 'email', 'phone'. */
  contact: Record<string, Feel>
}

/** What a register, or a credential that the person presents, already knows; never asked. */
export interface Evidence {
  register?: string
  /** Alternatives, tried in order: the first whose `when` holds and whose keys are all known. Keys name fields of the register. */
  by: { when?: Feel; keys: Record<string, Feel> }[]
  /** Search with a score from 0 to 1 over the fields that the register's `matching` names; a value may be a list. */
  match?: Record<string, Feel>
  fields: string[]
  purpose: string
  agreement: string
  /** form: looked up before the first page that needs it. flow: by a `look-up` item. */
  at: 'form' | 'flow'
  many: boolean
  when?: Feel
  /** In place of a register: the type of a credential that the person presents. */
  credential?: string
}

/** One page of the form: one question, or few that belong together. */
export interface Page {
  id: string
  when?: Feel
  /** A page that ends the form: it tells why the person cannot go on, and asks nothing. */
  stop: boolean
  /** Evidence that is shown on the page, with its source. */
  show: string[]
  questions: Question[]
}

export type QuestionType =
  | 'text'
  | 'longText'
  | 'choice'
  | 'choices'
  | 'yesNo'
  | 'date'
  | 'number'
  | 'money'
  | 'email'
  | 'phone'
  | 'list'
  | 'name'
  | 'file'
  | 'confirm'
  | 'record'
  | 'address'
  | 'place'
  | 'table'
  | 'party'
  | 'bankAccount'
  | 'appointment'
  | 'credential'
  | 'sign'

export interface Question {
  /** camelCase; the name of the fact. */
  name: string
  type: QuestionType
  optional: boolean
  when?: Feel
  /** choice, choices */
  options: string[]
  /** list: the type of an item. record: the evidence (`many: true`) to choose from. party: the party. */
  of?: string
  /** record: the fields that are shown of each record. */
  show: string[]
  /** record: the field that becomes the answer. */
  key?: string
  /** record, choice: offers "none of these"; the answer is then 'none'. */
  none: boolean
  /** text, list, table: how many; number, money: how much; date: FEEL-free bounds in ISO form or 'today'. */
  min?: number | string
  max?: number | string
  /** A number's decimals; 0 if absent. */
  decimals?: number
  /** A linear pattern in words of the country's own: 'A' letter, '9' digit, '*' either, rest as it stands. */
  like?: string
  /** file: media types and megabytes. */
  accept: string[]
  /** table: its columns. */
  columns: Question[]
  /** FEEL that gives the first value, shown for correction. */
  prefill?: Feel
}

/** A decision table, which compiles to DMN; or a decision of a .dmn file, which then has no rows here. */
export interface RuleTable {
  name: string
  /** Which of the rows that apply decide; first if absent. */
  hit?: HitPolicy
  /** input name → FEEL; of a model, the names of its input data */
  inputs: Record<string, Feel>
  rows: RuleRow[]
  outputs?: Record<string, { values?: Feel[]; otherwise?: Feel }>
  /** Paths of facts that are kept with each decision besides those that it reads: what the fees that are made of it read. */
  keeps?: string[]
  model?: RuleModel
}

/** DMN 1.5, 8.2.10. */
export type HitPolicy =
  | 'first'
  | 'unique'
  | 'any'
  | 'priority'
  | 'rule order'
  | 'output order'
  | 'collect'
  | 'collect sum'
  | 'collect min'
  | 'collect max'
  | 'collect count'

export interface RuleModel {
  /** In the folder of the service. */
  file: string
  /** As the file names it. */
  decision: string
  /** The text of the file, and of those that it imports. */
  xml: string
  imports: string[]
  /** What it gives, as far as the file says it. */
  shape: Shape
  /** The provisions that rows of its tables name. */
  law: string[]
  /** Nobody declared it under `rules:`; it is there to be named by `decide:`. */
  implied: boolean
}

export interface RuleRow {
  /** input name → FEEL unary test; an input that is absent may be anything. */
  if: Record<string, string>
  /** output name → FEEL */
  then: Record<string, Feel>
  law: string
  /** Key of the sentence that explains the row: text `rule.<rule>.reason.<reason>`. */
  reason?: string
}

export interface Fee {
  name: string
  /** FEEL that gives a number in the currency's own unit, rounded half up to its minor unit. */
  amount: Feel
  law?: string
  /** When it is shown in the form. */
  when?: Feel
}

export type FlowItem =
  | LookUpItem
  | DecideItem
  | TaskItem
  | AskItem
  | PayItem
  | RefundItem
  | IssueItem
  | NotifyItem
  | WriteItem
  | WhenItem
  | ChooseItem
  | ParallelItem
  | EachItem
  | WaitItem
  | OnItem
  | CloseItem
  | StepItem

export interface LookUpItem {
  kind: 'look-up'
  evidence: string
}

export interface DecideItem {
  kind: 'decide'
  rule: string
}

/** Work for a person in an office. Its result is the fact named in camelCase: { outcome, reasons, by, at }. */
export interface TaskItem {
  kind: 'task'
  name: string
  /** The name in camelCase. */
  saveAs: string
  role: string
  /** The agency whose people do it, if not the authority of the service. */
  agency?: string
  unit?: Feel
  /** Facts that the officer sees, by name. */
  facts: string[]
  outcomes: string[]
  /** Outcomes that need a reason, as keys of texts `task.<name>.reason.<reason>`. */
  reasons: Record<string, string[]>
  within?: Term
  /** The outcome that the law supposes when nobody decided in time. */
  onExpiry?: string
  /** How many people must agree; more than one is a panel. */
  panel?: { of: number; agree: number }
  fourEyes: boolean
  /** Who confirms a decision before it takes effect: always, when it holds, or this share of them (0 to 1). */
  second?: { role: string; sample: number; when?: Feel }
  /** What whoever does it must be able to do. */
  skills?: string[]
  /** Whether an officer may decide many at once. */
  bulk?: boolean
  /** Answers that the officer fills in. */
  questions: Question[]
}

/** A question to a party of the case; the clock pauses until it is answered. Fact: { outcome, answers, at }. */
export interface AskItem {
  kind: 'ask'
  name: string
  saveAs: string
  party: string
  /** Facts that a party which is not the applicant sees, by name. */
  facts: string[]
  questions: Question[]
  outcomes: string[]
  within?: Term
  onExpiry?: string
  message?: string
}

export interface PayItem {
  kind: 'pay'
  fee: string
  /** The party who pays; the applicant if absent. */
  party?: string
  /** Unique reference of the order over all cases, so that one debt is charged once; the case's own if absent. */
  reference?: Feel
  within?: Term
}

/** Gives back what was paid for `fee` in this case, or the payment with the reference that `payment` gives. */
export interface RefundItem {
  kind: 'refund'
  fee?: string
  payment?: Feel
  /** FEEL, a part of what was paid, in the currency's own unit. */
  amount?: Feel
  reason: string
}

/** Makes a letter or a credential; the fact has the output's name in camelCase. */
export interface IssueItem {
  kind: 'issue'
  output: string
  saveAs: string
}

export interface NotifyItem {
  kind: 'notify'
  message: string
}

/** Writes to a register under an agreement that allows it. */
export interface WriteItem {
  kind: 'write'
  register: string
  /** Fields that find the record; empty: a new record. */
  key: Record<string, Feel>
  set: Record<string, Feel>
  agreement: string
  purpose: string
  saveAs?: string
  undo: FlowItem[]
}

export interface WhenItem {
  kind: 'when'
  when: Feel
  then: FlowItem[]
  else: FlowItem[]
}

export interface ChooseItem {
  kind: 'choose'
  branches: { when: Feel; then: FlowItem[] }[]
  else: FlowItem[]
}

export interface ParallelItem {
  kind: 'parallel'
  legs: Record<string, FlowItem[]>
}

export interface EachItem {
  kind: 'each'
  in: Feel
  as: string
  do: FlowItem[]
  /** A list of what each gives, known afterwards. */
  collect?: { as: string; value: Feel }
}

export interface WaitItem {
  kind: 'wait'
  for?: Term
  /** FEEL that gives a date or date and time. */
  until?: Feel
}

/** Waits for the first of several things; the others are then forgotten. */
export interface OnItem {
  kind: 'on'
  branches: {
    /** An event of a register or an agency, and FEEL for the key that it must carry. */
    event?: string
    message?: string
    key?: Feel
    /** or time that passes */
    after?: Term
    do: FlowItem[]
  }[]
}

export interface CloseItem {
  kind: 'close'
  /** 'granted', 'refused', 'paid', …; text `result.<result>.title`. */
  result: string
}

/** Any step that a block offers, by its full name. */
export interface StepItem {
  kind: 'step'
  step: string
  with: Record<string, Feel>
  saveAs?: string
  within?: Term
  onExpiry?: string
  undo: FlowItem[]
}

/** The clock that the law sets for the whole case. It stops while an `ask` waits. */
export interface Clock {
  term: Term
  from: 'submitted' | 'complete'
  onBreach: 'alarm' | 'granted' | 'refused' | 'refund'
  law?: string
  /** Reminders to the office before the end, as terms. */
  remind: Term[]
  /** How it may be made longer: how often, and what that needs ('reasons', 'consent'). */
  extend?: { by: Term; times: number; needs?: 'reasons' | 'consent'; reasons?: string[]; law?: string }
  /** Task → the outcome that the law supposes if it waits when the term ends (granted, refused). */
  supposes?: Record<string, string>
  /** Percent of the fees that go back (refund); all if absent. */
  refund?: number
  /** Other terms for some cases; the first that fits. */
  variants: { when: Feel; term: Term; onBreach?: Clock['onBreach']; law?: string }[]
}

export interface Message {
  name: string
  channels: ('inbox' | 'email' | 'sms')[]
  /** The party who is told; the applicant if absent. */
  to: string
  /** Values for the texts `message.<name>.subject`, `.body`, `.sms`. */
  facts: Record<string, Feel>
}

export interface Output {
  name: string
  /** Path of a Typst template in the folder. */
  letter?: string
  /** Type of a verifiable credential. */
  credential?: string
  validFor?: Term
  /** Values for the template and the texts `letter.<name>.*`. */
  facts: Record<string, Feel>
  /** A signed QR that anyone can check. */
  qr: boolean
  to: string
}

export interface Appeal {
  within: Term
  /** The agency that hears it. */
  to: string
  role?: string
  results: string[]
  suspends: boolean
  law?: string
  /** The public service by which one appeals; its authority is `to`. */
  by: string
}

/** How long a case is kept after its end; without `after`, or with `keep`, for ever. */
export interface Archive {
  after?: Term
  keep?: boolean
  law?: string
}

/** Records of a register whose date comes near (`before`), or has passed so long ago (`after`); each once for each date. */
export interface TriggerRecords {
  register: string
  date: string
  before?: Term
  after?: Term
  /** They become `event`, with `daysLeft` until the date: less than 0 when it has passed. */
  fields: string[]
  purpose: string
  agreement: string
}

/** Tells a person of a service before they ask for it. Expressions read `event` and `today`. */
export interface Offer {
  name: string
  /** An event, or 'every: 1 day' and `records`. */
  event: string
  every?: Term
  records?: TriggerRecords
  when?: Feel
  person: Feel
  prefill: Record<string, Feel>
  message: string
  /** How long it stands. */
  lapses?: Term
}

/** Begins a case without anybody applying. Expressions read `event` and `today`. */
export interface Start {
  event: string
  every?: Term
  records?: TriggerRecords
  when?: Feel
  person?: Feel
  /** Facts and answers that the event fills in. */
  set: Record<string, Feel>
}
