// The schema of service.yaml: one public service, in the order in which one reads it.
import {
  amount,
  either,
  fact,
  factPattern,
  feel,
  flag,
  id,
  list,
  map,
  object,
  oneOf,
  optional,
  part,
  type Static,
  semver,
  Type,
  term,
  text,
  unary,
  whole,
} from './words.ts'

const questionTypes = [
  'text',
  'longText',
  'choice',
  'choices',
  'yesNo',
  'date',
  'number',
  'money',
  'email',
  'phone',
  'list',
  'name',
  'file',
  'confirm',
  'record',
  'address',
  'place',
  'table',
  'party',
  'bankAccount',
  'appointment',
  'credential',
  'sign',
] as const

const Party = object(
  {
    is: oneOf(['person', 'organisation', 'either'], 'What the party is.'),
    joins: optional(
      oneOf(
        ['applicant', 'invited', 'informed'],
        'How it comes into the case. `applicant` for the party of that name, else `invited`.',
      ),
    ),
    'min-age': optional(whole('The least age in years.')),
    'represented-by': optional(
      list(
        oneOf(['parent', 'guardian', 'mandate', 'director', 'heir'], 'A kind of representative.'),
        'Who may act for the party.',
      ),
    ),
    from: optional(feel('The id of the party, if it is not who applies.')),
    contact: optional(
      object(
        {
          name: optional(feel('Its name.')),
          email: optional(feel('Its e-mail address.')),
          phone: optional(feel('Its phone number.')),
        },
        'Where to write to a party without an account.',
      ),
    ),
  },
  'Somebody who takes part in the case.',
)

const keys = map('fact', feel('The value that the field must have.'), 'Fields of the register that find the record.')

const Evidence = object(
  {
    register: optional(id('The register that knows it.')),
    credential: optional(text('In place of a register: the type of a credential that the person presents.')),
    by: optional(
      either(
        'How the record is found: keys, or alternatives that are tried in order.',
        keys,
        list(
          object(
            { when: optional(feel('Only if this holds.')), keys },
            'One way to find it; taken if all its keys are known.',
          ),
          'Ways to find it.',
        ),
      ),
    ),
    match: optional(
      map('fact', feel('A value, or a list of values.'), 'A search with a score: fields that the register can match.'),
    ),
    many: optional(flag('Whether there may be several records.')),
    when: optional(feel('Only if this holds.')),
    fields: list(fact('A field of the register.'), 'The fields that are needed, and no more.'),
    purpose: id('What for; a purpose of the agreement.'),
    agreement: id('The agreement that allows it.'),
    at: oneOf(['form', 'flow'], '`form`: looked up before the page that needs it. `flow`: by a `look-up`.'),
  },
  'What a register already knows, so that nobody is asked.',
)

const questionParts = {
  type: oneOf([...questionTypes], 'What kind of answer it takes.'),
  optional: optional(flag('Whether it may be left out.')),
  when: optional(feel('Asked only if this holds.')),
  options: optional(list(fact('A value.'), 'The answers to choose from.')),
  of: optional(fact('list: the type of its items. record: the evidence to choose from. party: the party.')),
  show: optional(list(fact('A field.'), 'record: the fields shown of each.')),
  key: optional(fact('record: the field that becomes the answer.')),
  none: optional(flag('Offers "none of these"; the answer is then `none`.')),
  min: optional(amount('The least length, number or date; `today` for a date.')),
  max: optional(amount('The greatest length, number or date; megabytes of a file.')),
  decimals: optional(whole('How many decimals a number may have.')),
  like: optional(text('What it looks like: A a letter, 9 a digit, * either; everything else as it stands.')),
  accept: optional(list(text('A media type.'), 'file: what is accepted.')),
  prefill: optional(feel('What stands there at first.')),
}

const Column = object(questionParts, 'A column.')

const Question = object(
  { ...questionParts, columns: optional(map('fact', Column, 'table: its columns.')) },
  'A question. Its label is the text `question.<name>.label`.',
)

const Page = object(
  {
    page: id('The name of the page. Its title is the text `page.<page>.title`.'),
    when: optional(feel('Shown only if this holds.')),
    stop: optional(flag('A page that says why one cannot go on, and asks nothing.')),
    show: optional(list(fact('An evidence.'), 'What is shown, with its source.')),
    questions: optional(map('fact', Question, 'Its questions; one, or few that belong together.')),
  },
  'A page of the form.',
)

const Row = object(
  {
    if: map('fact', unary('A test: "<= 14", "[1..5]", \'"visa"\', "true".'), 'A test for each input that matters.'),
    // biome-ignore lint/suspicious/noThenProperty: the word of the language of rules
    then: map('fact', feel('What comes out.'), 'The outputs.'),
    law: text('The provision that says so.'),
    reason: optional(fact('Key of the sentence that explains it: `rule.<rule>.reason.<reason>`.')),
  },
  'A row; of those whose tests all hold, the first decides, or those that `hit` says.',
)

const hitPolicies = [
  'first',
  'unique',
  'any',
  'priority',
  'rule order',
  'output order',
  'collect',
  'collect sum',
  'collect min',
  'collect max',
  'collect count',
] as const

const ModelRule = object(
  {
    model: Type.String({ pattern: '^[^/\\\\].*\\.dmn$', maxLength: 200, description: 'A .dmn file of the service.' }),
    decision: optional(text('Its name in the file; if absent, the one whose name means the rule.')),
    inputs: optional(
      map('any', feel('The value.'), 'Input data of the model that are not the facts of the same name.'),
    ),
  },
  'A decision of a .dmn file.',
)

const TableRule = object(
  {
    hit: optional(
      oneOf(
        [...hitPolicies],
        'Which of the rows that apply decide (DMN): first where nothing is said; unique: only one may apply; any: several, ' +
          'if they say the same; priority: the most important output; the others give a list, or count it up.',
      ),
    ),
    inputs: map('fact', feel('What is tested.'), 'The inputs.'),
    outputs: optional(
      map(
        'fact',
        object(
          {
            values: optional(list(feel('A value.'), 'Possible values, the most important first.')),
            otherwise: optional(feel('The value if no row applies.')),
          },
          'What is known of an output.',
        ),
        'Outputs of which more is to be said.',
      ),
    ),
    rows: list(Row, 'The rows, in order.'),
  },
  'A table of the law.',
)

const Rule = either('A table of the law, or a decision of a .dmn file.', ModelRule, TableRule)

const Fee = object(
  {
    amount: feel('A number in the unit of the currency.'),
    law: optional(text('The provision that sets it.')),
    when: optional(feel('When it is owed.')),
  },
  'What has to be paid.',
)

const sets = map('fact', feel('The value.'), 'Fields and their new values.')
const undo = optional(part<FlowSource[]>('flow'))
const within = optional(term('How long it may take.'))
const step = (what: string) => `${what.charAt(0).toUpperCase()}${what.slice(1)}`

const LookUp = object({ 'look-up': fact('The evidence.') }, step('looks something up, now.'))
const Decide = object({ decide: fact('The rule.') }, step('applies a rule.'))
const Task = object(
  {
    task: id('The name of the task. Texts: `task.<name>.title`, `task.<name>.outcome.<outcome>`.'),
    role: id('The role of those who do it.'),
    agency: optional(id('The agency whose people do it, if it is another one.')),
    unit: optional(feel('The unit that gets it.')),
    facts: optional(list(fact('A fact.'), 'What they see.')),
    outcomes: list(fact('An outcome.'), 'How it can end.'),
    reasons: optional(
      map('fact', list(fact('A reason.'), 'Reasons to choose from.'), 'Outcomes that need a reason, and which.'),
    ),
    within,
    'on-expiry': optional(fact('The outcome that the law supposes if nobody decides in time.')),
    panel: optional(object({ of: whole('How many people.', 2), agree: whole('How many must agree.', 1) }, 'A panel.')),
    'four-eyes': optional(flag('Whether a second person of the same role must always confirm. Short for `second`.')),
    second: optional(
      object(
        {
          role: id('The role of those who confirm; never who decided first.'),
          sample: optional(
            amount('How many of the decisions, drawn by lot: 10%. All, if neither this nor `when` is given.'),
          ),
          when: optional(feel('When it is always confirmed. It sees the decision as `outcome`.')),
        },
        'A second person confirms before the decision takes effect.',
      ),
    ),
    skills: optional(list(id('A skill.'), 'What whoever does it must be able to do; see staff.yaml.')),
    bulk: optional(flag('Whether an officer may decide many of them at once.')),
    questions: optional(map('fact', Question, 'What the officer fills in.')),
  },
  step('work for a person in an office.'),
)
const Ask = object(
  {
    ask: id('The name of the question. Text: `ask.<name>.title`.'),
    party: optional(fact('Who is asked; the applicant if absent.')),
    facts: optional(list(fact('A fact.'), 'What a party that is not the applicant sees of the case.')),
    questions: optional(map('fact', Question, 'The questions.')),
    outcomes: optional(list(fact('An outcome.'), 'What can be chosen.')),
    within,
    'on-expiry': optional(fact('The outcome that the law supposes if there is no answer.')),
    message: optional(id('The message that asks.')),
  },
  step('asks a party; the clock of the case stops until it answers.'),
)
const Pay = object(
  {
    pay: fact('The fee.'),
    party: optional(fact('Who pays; the applicant if absent.')),
    reference: optional(feel('A reference that is unique over all cases, so that one debt is charged once.')),
    within,
  },
  step('asks for money.'),
)
const Refund = object(
  {
    refund: either(
      'The fee of this case, or a payment.',
      fact('The fee.'),
      object(
        {
          fee: optional(fact('The fee.')),
          payment: optional(feel('The reference of a payment.')),
          amount: optional(feel('A part of it.')),
          reason: fact('Text `refund.<reason>`.'),
        },
        'What is given back.',
      ),
    ),
  },
  step('gives money back.'),
)
const Issue = object({ issue: id('The output.') }, step('makes a letter or a credential.'))
const Notify = object({ notify: id('The message.') }, step('tells a party.'))
const Write = object(
  {
    write: object(
      {
        register: id('The register.'),
        key: optional(keys),
        set: sets,
        agreement: id('The agreement that allows it.'),
        purpose: id('A purpose of the agreement.'),
        as: optional(fact('The fact that keeps the new record.')),
        undo,
      },
      'What is written.',
    ),
  },
  step('writes to a register.'),
)
const When = object(
  {
    when: feel('The condition.'),
    // biome-ignore lint/suspicious/noThenProperty: the word of the language of flows
    then: part<FlowSource[]>('flow'),
    else: optional(part<FlowSource[]>('flow')),
  },
  step('goes one way or the other.'),
)
const Choose = object(
  {
    choose: list(
      either(
        'A branch.',
        // biome-ignore lint/suspicious/noThenProperty: the word of the language of flows
        object({ when: feel('The condition.'), then: part<FlowSource[]>('flow') }, 'A branch.'),
        object({ else: part<FlowSource[]>('flow') }, 'What is done if no branch fits.'),
      ),
      'Branches; the first whose condition holds.',
    ),
  },
  step('goes one of several ways.'),
)
const Parallel = object(
  { parallel: map('id', part<FlowSource[]>('flow'), 'Legs, by name.') },
  step('goes several ways at once, and on when all are done.'),
)
const Each = object(
  {
    each: object(
      {
        in: feel('A list.'),
        as: fact('The name of one.'),
        do: part<FlowSource[]>('flow'),
        collect: optional(
          object(
            {
              as: fact('The fact that keeps the list.'),
              value: feel('What each gives; it sees what was learned inside.'),
            },
            'What is known of all of them afterwards.',
          ),
        ),
      },
      'What is done for each.',
    ),
  },
  step('does the same for each of a list.'),
)
const Wait = object(
  {
    wait: object(
      { for: optional(term('How long.')), until: optional(feel('A date, or date and time.')) },
      'How long, or until when.',
    ),
  },
  step('waits.'),
)
const Branch = object(
  {
    event: optional(text('An event, e.g. border.entered.')),
    message: optional(text('A message of another party.')),
    key: optional(feel('What the event must carry.')),
    after: optional(term('Time that passes.')),
    do: part<FlowSource[]>('flow'),
  },
  'What may happen, and what is done then.',
)
const On = object(
  { on: either('What may happen.', Branch, list(Branch, 'The first that happens counts.')) },
  step('waits for the first of several things.'),
)
const Close = object({ close: id('The result. Text `result.<result>.title`.') }, step('ends the case.'))
const Step = object(
  {
    step: Type.String({ pattern: '^[a-z][A-Za-z]*\\.[a-z][A-Za-z]*$', description: 'The full name: payments.payout.' }),
    with: optional(map('fact', feel('A value.'), 'Its inputs.')),
    as: optional(fact('The fact that keeps its result.')),
    within,
    'on-expiry': optional(fact('The outcome that is supposed if it takes longer.')),
    undo,
  },
  step('any step that a block offers.'),
)

const items = [
  LookUp,
  Decide,
  Task,
  Ask,
  Pay,
  Refund,
  Issue,
  Notify,
  Write,
  When,
  Choose,
  Parallel,
  Each,
  Wait,
  On,
  Close,
  Step,
]

type Flow = FlowSource[]

// Written out, because a type cannot be inferred from a schema that refers to itself.
export type FlowSource =
  | Static<typeof LookUp>
  | Static<typeof Decide>
  | Static<typeof Task>
  | Static<typeof Ask>
  | Static<typeof Pay>
  | Static<typeof Refund>
  | Static<typeof Issue>
  | Static<typeof Notify>
  | { write: WriteSource }
  | { when: string; then: Flow; else?: Flow }
  | { choose: ({ when: string; then: Flow } | { else: Flow })[] }
  | { parallel: Record<string, Flow> }
  | { each: { in: string; as: string; do: Flow; collect?: { as: string; value: string } } }
  | Static<typeof Wait>
  | { on: OnSource | OnSource[] }
  | Static<typeof Close>
  | StepSource

interface WriteSource {
  register: string
  key?: Record<string, string>
  set: Record<string, string>
  agreement: string
  purpose: string
  as?: string
  undo?: Flow
}

interface OnSource {
  event?: string
  message?: string
  key?: string
  after?: string
  do: Flow
}

interface StepSource {
  step: string
  with?: Record<string, string>
  as?: string
  within?: string
  'on-expiry'?: string
  undo?: Flow
}

const breach = oneOf(
  ['alarm', 'granted', 'refused', 'refund'],
  'What the law says if it ends: an alarm in the office, or a result.',
)

const Clock = object(
  {
    term: term('How long the whole case may take.'),
    from: oneOf(['submitted', 'complete'], 'When it starts.'),
    'on-breach': breach,
    law: optional(text('The provision that sets it.')),
    remind: optional(list(term('How long before.'), 'When the office is reminded before the end.')),
    supposes: optional(
      map('id', fact('An outcome.'), 'granted, refused: the outcome that the law supposes of a task that waits then.'),
    ),
    refund: optional(whole('refund: how many percent of the fees go back; all if absent.', 1)),
    extend: optional(
      object(
        {
          by: term('How much longer.'),
          times: whole('How often.', 1),
          needs: optional(
            oneOf(['reasons', 'consent'], 'What it takes: reasons of the office, or consent of the applicant.'),
          ),
          reasons: optional(
            list(fact('A reason.'), 'The reasons that the law knows. Texts: `clock.extension.<reason>`.'),
          ),
          law: optional(text('The provision.')),
        },
        'How it may be extended, before it ends.',
      ),
    ),
    variants: optional(
      list(
        object(
          {
            when: feel('For which cases.'),
            term: term('How long.'),
            'on-breach': optional(breach),
            law: optional(text('The provision.')),
          },
          'Another term.',
        ),
        'Other terms for some cases; the first that fits.',
      ),
    ),
  },
  'The clock that the law sets.',
)

const Message = object(
  {
    channels: list(oneOf(['inbox', 'email', 'sms'], 'A channel.'), 'How it is sent.'),
    to: optional(fact('The party; the applicant if absent.')),
    facts: optional(map('fact', feel('A value.'), 'Values for its texts.')),
  },
  'A message. Texts: `message.<name>.subject`, `.body`, and `.sms` if it goes by SMS.',
)

const Output = object(
  {
    letter: optional(text('The path of its template in the folder of the service.')),
    credential: optional(text('The type of a verifiable credential.')),
    'valid-for': optional(term('How long it is valid.')),
    qr: optional(flag('Whether it carries a signed code that anyone can check.')),
    to: optional(fact('The party; the applicant if absent.')),
    facts: optional(map('fact', feel('A value.'), 'Values for its texts and its template.')),
  },
  'A letter or a credential. Text: `output.<name>.title`.',
)

const Appeal = object(
  {
    within: term('How long.'),
    to: id('The agency that hears it.'),
    role: optional(id('The role there.')),
    results: list(id('A result.'), 'Against which results.'),
    suspends: flag('Whether the decision waits for it.'),
    law: optional(text('The provision.')),
    by: optional(id('The public service by which one appeals; `appeal` if absent.')),
  },
  'How the decision can be contested.',
)

const Archive = object(
  {
    after: optional(term('How long after its end a case is kept; then it is destroyed.')),
    keep: optional(flag('Whether it is kept for ever.')),
    law: optional(text('The provision.')),
  },
  'What becomes of a case after its end.',
)

const Records = object(
  {
    register: id('The register.'),
    date: fact('A date of its records; one of its indexes.'),
    before: optional(term('So long before that date.')),
    after: optional(term('Or so long after it.')),
    fields: list(fact('A field of the register.'), 'What of the record becomes `event`.'),
    purpose: id('What for; a purpose of the agreement.'),
    agreement: id('The agreement that allows it.'),
  },
  'With `every:`: records of a register whose date comes near, or has passed. Each counts once for each date.',
)

const event = text('An event, e.g. hospitals.birthNotified, or `every: 1 day`, and then `records:`.')

const Offer = object(
  {
    event,
    records: optional(Records),
    when: optional(feel('To whom.')),
    person: feel('The id of the person.'),
    prefill: optional(map('fact', feel('An answer.'), 'Answers that are known already.')),
    message: id('The message that offers it.'),
    lapses: optional(term('How long it stands; then the event `offers.lapsed` happens.')),
  },
  'An offer before anybody asks.',
)

const Start = object(
  {
    event,
    records: optional(Records),
    when: optional(feel('Only if this holds.')),
    person: optional(feel('The id of the person whose case it is.')),
    set: optional(map('fact', feel('A value.'), 'Answers that it fills in; all that the form asks for.')),
  },
  'What may begin a case besides an application.',
)

const texts = 'Its texts stand in texts/<language>.yaml.'

export const Service = Type.Object(
  {
    service: id(`The id of the service: the name of its folder. ${texts}`),
    version: semver('Its version. Raise it with every change of what is published.'),
    status: optional(oneOf(['draft', 'active', 'withdrawn'], '`draft` until everything that it needs is offered.')),
    languages: optional(list(text('A language.'), 'draft: the languages that are written so far.')),
    authority: id('The competent authority: an agency.'),
    law: list(text('A provision.'), 'The laws that it stands on.'),
    audience: list(oneOf(['person', 'organisation', 'anyone'], 'Whom.'), 'Whom it is for.'),
    channels: list(oneOf(['web', 'counter', 'phone', 'api', 'event'], 'A channel.'), 'Where it can be used.'),
    'sign-in': oneOf(['none', 'low', 'substantial', 'high'], 'How surely one must be known.'),
    prefix: Type.String({ pattern: '^[A-Z]{1,4}$', description: 'The first letters of its references.' }),
    'life-events': optional(list(id('A life event.'), 'The life events that it belongs to.')),
    parties: optional(map('fact', Party, 'Who takes part; `applicant` is who applies.')),
    evidence: optional(map('fact', Evidence, 'What registers already know.')),
    form: optional(list(Page, 'The pages, in order.')),
    rules: optional(map('fact', Rule, 'Tables of the law.')),
    fees: optional(map('fact', Fee, 'What it costs.')),
    flow: optional(part<FlowSource[]>('flow')),
    clock: optional(Clock),
    appeal: optional(Appeal),
    contests: optional(
      map(
        'id',
        oneOf(['confirms', 'replaces', 'sends-back', 'leaves'], 'What the result does to the decision.'),
        'A service by which one appeals: what each of its results does to the contested decision, the fact `contested`.',
      ),
    ),
    withdrawal: optional(
      object(
        {
          refund: optional(whole('How many percent of the fees go back.', 1)),
          law: optional(text('The provision.')),
          not: optional(flag('Whether an application cannot be withdrawn.')),
        },
        'What holds if the applicant withdraws.',
      ),
    ),
    'one-per': optional(feel('What only one running case may be about; null: any number.')),
    asks: optional(
      map(
        'fact',
        object({ law: optional(text('The provision.')) }, 'A reason.'),
        'Reasons for which an officer asks for information, besides the usual ones. Texts: `asks.<reason>`.',
      ),
    ),
    archive: optional(
      object(
        {
          ...Archive.properties,
          results: optional(map('id', Archive, 'What holds for some results.')),
        },
        'How long cases are kept.',
      ),
    ),
    starts: optional(list(Start, 'What else begins a case.')),
    offers: optional(map('id', Offer, 'Offers before anybody asks.')),
    messages: optional(map('id', Message, 'What people are told.')),
    outputs: optional(map('id', Output, 'What is issued.')),
  },
  {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A public service',
    description: `One public service. Facts and values are in camelCase (${factPattern}); what has an address, in kebab-case.`,
    additionalProperties: false,
    $defs: { flow: Type.Array(Type.Unsafe({ anyOf: items }), { description: 'What happens, in order.' }) },
  },
)

export type ServiceSource = Static<typeof Service>
export type QuestionSource = Static<typeof Question>
export type EvidenceSource = Static<typeof Evidence>
