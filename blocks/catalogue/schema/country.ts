// The schemas of the files of a country besides its services: the country itself, agencies, registers, agreements and people.
import {
  amount,
  day,
  either,
  fact,
  flag,
  id,
  inLanguages,
  list,
  map,
  object,
  oneOf,
  optional,
  type Static,
  semver,
  Type,
  text,
  whole,
} from './words.ts'

const draft = { $schema: 'https://json-schema.org/draft/2020-12/schema' }
const colour = (description: string) => Type.String({ pattern: '^#[0-9a-fA-F]{6}$', description })

export const Country = Type.Object(
  {
    country: id('The id of the country: the name of its folder.'),
    version: semver('The version of the folder as a whole.'),
    name: inLanguages('Its name.'),
    motto: optional(inLanguages('What stands under its name.')),
    languages: list(
      object(
        {
          code: Type.String({ pattern: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$', description: 'BCP 47.' }),
          name: text('Its name in itself.'),
          direction: oneOf(['ltr', 'rtl'], 'Left to right, or right to left.'),
          locale: optional(text('How numbers and dates are written, if it differs: ar-EG.')),
        },
        'A language.',
      ),
      'Its languages; the first is the one to fall back to.',
    ),
    currency: object(
      {
        code: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217.' }),
        decimals: Type.Integer({ minimum: 0, maximum: 4, description: 'How many decimals it has.' }),
        name: inLanguages('Its name.'),
      },
      'Its currency.',
    ),
    zone: text('Its zone, e.g. Europe/Tallinn.'),
    weekend: list(Type.Integer({ minimum: 0, maximum: 6 }), 'Days without work: 0 is Sunday.'),
    holidays: optional(
      list(
        object(
          {
            on: Type.String({
              pattern: '^(\\d{4}-)?\\d{2}-\\d{2}$',
              description: 'A day; without a year it is every year.',
            }),
            name: inLanguages('Its name.'),
          },
          'A holiday.',
        ),
        'Holidays.',
      ),
    ),
    laws: optional(
      object(
        {
          cited: inLanguages('How a section of a law is cited: "{law} s.{section}".'),
          names: map(
            'any',
            map('any', text('Its name in that language.'), 'Names by language.'),
            'Laws by their names in the first language.',
          ),
        },
        'How laws are called and cited; definitions cite them in the first language.',
      ),
    ),
    people: id('The register of the people.'),
    organisations: optional(id('The register of the organisations.')),
    representation: optional(
      map(
        'id',
        object(
          {
            agreement: id('The agreement under which the register is asked.'),
            purpose: id('A purpose of the agreement.'),
            name: fact('The field that names the party.'),
            number: fact('The field by which the party is found.'),
            born: optional(fact('Of a person: the date of birth, which is asked besides the number.')),
            only: optional(map('fact', text('A value.'), 'Only records with these values.')),
            by: optional(
              map(
                'fact',
                list(fact('A field.'), 'Fields that hold the id of a representative.'),
                'Who represents the party: parent, guardian or director, and in which fields they stand.',
              ),
            ),
            'until-age': optional(whole('The age at which a parent or guardian no longer acts.')),
          },
          'A register that knows who may act for whom.',
        ),
        'Registers that know who may act for whom, by their ids.',
      ),
    ),
    theme: optional(
      object(
        {
          emblem: optional(text('star, or the path of an SVG drawing in the folder.')),
          colours: optional(
            object(
              {
                brand: optional(colour('The head of the page.')),
                accent: optional(colour('The line under it.')),
                link: optional(colour('Links.')),
                action: optional(colour('Buttons.')),
                band: optional(colour('The band under the head.')),
              },
              'Colours for citizens.',
            ),
          ),
          office: optional(
            object(
              { brand: optional(colour('The head.')), accent: optional(colour('The line.')) },
              'Colours of the office.',
            ),
          ),
        },
        'How it looks.',
      ),
    ),
  },
  { ...draft, title: 'A country', additionalProperties: false },
)

const eventName = (description: string) =>
  Type.String({ pattern: '^[a-z][a-z0-9-]*\\.[a-z][A-Za-z0-9]*$', maxLength: 100, description })

const Tells = object(
  {
    event: eventName('The event: hospitals.birthNotified.'),
    key: optional(fact('The fact by which the same news is known when it is told again.')),
    persons: optional(
      map(
        'fact',
        object(
          {
            register: id('The register of people.'),
            by: fact('The identifier by which the system names them.'),
            agreement: id('The agreement that lets them be found.'),
            purpose: id('A purpose of the agreement.'),
          },
          'How somebody is found.',
        ),
        'Facts that name somebody: they become the id of the person.',
      ),
    ),
    writes: optional(
      object(
        {
          register: id('A register of the agency.'),
          key: fact('The field that finds the record.'),
          agreement: id('The agreement that lets it be written.'),
          purpose: id('A purpose of the agreement.'),
        },
        'Where it is written down.',
      ),
    ),
  },
  'Something that the system may tell.',
)

const System = object(
  {
    name: inLanguages('Its name.'),
    address: optional(
      Type.String({
        pattern: '^https?://',
        maxLength: 500,
        description: 'Where it is; in the demo its sandbox if absent.',
      }),
    ),
    key: optional(Type.String({ pattern: '^[A-Za-z0-9_-]{43}$', description: '`x` of its Ed25519 key (JWK).' })),
    hears: optional(list(fact('A message.'), 'Messages that it takes.')),
    tells: optional(list(Tells, 'Events that it may tell.')),
  },
  'A system of an agency.',
)

export const Agency = Type.Object(
  {
    agency: id('The id of the agency: the name of the file, and the tenant of its rows.'),
    name: inLanguages('Its name.'),
    contact: optional(
      object(
        {
          phone: optional(text('Phone.')),
          email: optional(text('E-mail.')),
          address: optional(text('Address.')),
          hours: optional(text('When it is open.')),
        },
        'How to reach it.',
      ),
    ),
    units: optional(map('id', inLanguages('The name of the unit.'), 'Its units.')),
    systems: optional(map('id', System, 'Its systems, which are told and tell.')),
  },
  { ...draft, title: 'An agency', additionalProperties: false },
)

const fieldTypes = [
  'uuid',
  'text',
  'name',
  'number',
  'money',
  'date',
  'dateTime',
  'yesNo',
  'choice',
  'list',
  'person',
  'organisation',
] as const

const Field = object(
  {
    is: oneOf([...fieldTypes], 'What it holds. person and organisation hold the id of one.'),
    of: optional(oneOf([...fieldTypes], 'list: what its items are.')),
    label: inLanguages('Its label.'),
    options: optional(map('fact', inLanguages('The label of the value.'), 'choice: the values.')),
    max: optional(whole('The greatest length of a text, or number.', 1)),
    decimals: optional(whole('The decimals of a number.')),
    required: optional(flag('Whether every record has it.')),
    personal: optional(flag('Whether it is personal data.')),
  },
  'A field.',
)

export const Register = Type.Object(
  {
    register: id('The id of the register: the name of the file.'),
    version: semver('The version of its form.'),
    status: optional(oneOf(['draft', 'active'], '`draft`: named by drafts of services, and not kept yet.')),
    authority: id('The agency that keeps it.'),
    law: list(text('A provision.'), 'The laws that it stands on.'),
    title: inLanguages('Its title.'),
    about: oneOf(['person', 'organisation', 'thing'], 'What a record is about.'),
    person: optional(fact('The field that holds the id of the person whom a record is about.')),
    identifiers: list(fact('A field.'), 'Fields that each find one record.'),
    indexes: optional(list(fact('A field.'), 'Fields by which several records can be found.')),
    matching: optional(
      map(
        'fact',
        object(
          {
            how: oneOf(['name', 'date'], 'How likeness is measured.'),
            weight: whole('How much it counts.', 1),
            also: optional(list(fact('A field.'), 'Other fields that may hold the same.')),
          },
          'How a field is compared.',
        ),
        'Fields over which a record can be searched with a score.',
      ),
    ),
    access: object(
      {
        self: optional(list(fact('A field.'), 'What the person may see of the own record.')),
        bearer: optional(list(fact('A field.'), 'Who knows all of these of a record may see it, signed in or not.')),
        parties: optional(
          map(
            'fact',
            list(fact('A field.'), 'What it may see.'),
            'Persons and organisations that a field of the record names, e.g. the employer, and what each may see of it.',
          ),
        ),
        everybody: optional(list(fact('A field.'), 'What anybody may see of every record; no personal field.')),
        roles: optional(map('id', list(fact('A field.'), 'Fields.'), 'What the roles of the authority may see.')),
      },
      'Who may see what.',
    ),
    fields: map('fact', Field, 'What a record holds.'),
  },
  { ...draft, title: 'A register', additionalProperties: false },
)

export const Agreement = Type.Object(
  {
    agreement: id('The id of the agreement: the name of the file.'),
    status: optional(oneOf(['draft', 'active'], '`draft`: not concluded yet.')),
    register: id('The register.'),
    reader: id('The agency that may read.'),
    basis: oneOf(['law', 'consent'], 'Whether the law allows it, or each person must have consented too.'),
    law: text('The provision that allows it.'),
    valid: object({ from: day('From.'), until: optional(day('Until, this day not included.')) }, 'When it is valid.'),
    reads: list(fact('A field.'), 'What may be read.'),
    writes: optional(list(fact('A field.'), 'What may be written.')),
    purposes: map('id', inLanguages('The purpose, in words for the person.'), 'What for.'),
  },
  { ...draft, title: 'A data agreement', additionalProperties: false },
)

export const LifeEvent = Type.Object(
  {
    'life-event': id('The id of the life event: the name of the file.'),
    title: inLanguages('Its title.'),
    summary: optional(inLanguages('A sentence about it.')),
  },
  { ...draft, title: 'A life event', additionalProperties: false },
)

export const Staff = Type.Object(
  {
    country: id('The country.'),
    roles: map('id', inLanguages('The name of the role.'), 'The roles that tasks and registers name.'),
    leads: optional(
      list(
        id('A role.'),
        'Roles that lead a team: they give out its work and may take back what a colleague has taken.',
      ),
    ),
    skills: optional(
      map('id', inLanguages('The name of the skill.'), 'What officers can be able to do, as tasks ask for it.'),
    ),
    teams: optional(
      list(
        object(
          {
            agency: id('The agency.'),
            unit: id('The unit.'),
            assignment: oneOf(
              ['manual', 'automatic'],
              'manual: each officer takes the next task. automatic: tasks are shared out by skills, load and working time.',
            ),
          },
          'A team.',
        ),
        'How the work of units is given out; manual, where nothing is said.',
      ),
    ),
    staff: map(
      'id',
      object(
        {
          name: text('The name.'),
          'latin-name': optional(text('The name in Latin letters.')),
          agency: id('The agency.'),
          unit: optional(id('The unit.')),
          roles: list(id('A role.'), 'The roles.'),
          email: optional(text('E-mail.')),
          language: optional(text('The language.')),
          door: optional(flag('Whether the demo has a door to this workplace.')),
          skills: optional(list(id('A skill.'), 'What they are able to do.')),
          share: optional(whole('How much of a full working time, in percent; 100 if absent.', 1)),
          absences: optional(
            list(
              object({ from: day('The first day.'), until: day('The last day.') }, 'An absence.'),
              'When they are away.',
            ),
          ),
        },
        'An officer.',
      ),
      'The officers.',
    ),
  },
  { ...draft, title: 'The officers of a country', additionalProperties: false },
)

const anything = Type.Unsafe<unknown>({})

export const Population = Type.Object(
  {
    country: id('The country.'),
    seed: text('The same seed gives the same people.'),
    lists: optional(Type.Unsafe<Record<string, unknown>>({ type: 'object', description: 'Lists to pick from.' })),
    make: list(
      object(
        {
          register: id('The register.'),
          count: whole('How many records, personas among them.'),
          group: optional(
            object(
              { size: anything, facts: optional(map('fact', anything, 'Recipes of facts, one for the group.')) },
              'Records that are made together, e.g. a household.',
            ),
          ),
          facts: optional(map('fact', anything, 'Recipes of facts, one for each record.')),
          fields: map('fact', anything, 'A recipe for each field.'),
        },
        'How the records of a register are made.',
      ),
      'The registers, in order.',
    ),
    personas: optional(
      map(
        'id',
        map('id', map('fact', anything, 'The fields.'), 'Records, by name.'),
        'Written-out records, by register.',
      ),
    ),
    mandates: optional(
      list(
        object(
          {
            holder: id('The persona who may act.'),
            represented: id('The persona, a person or an organisation, for whom.'),
            by: optional(id('The persona who gave it, if not the represented one.')),
            services: optional(list(id('A public service.'), 'Only for these.')),
            limit: optional(whole('The most that one act may cost, in the unit of the currency.')),
          },
          'A mandate that was given and accepted.',
        ),
        'Mandates between personas.',
      ),
    ),
    doors: optional(
      map(
        'id',
        inLanguages('What the person can show.'),
        'Personas whom one can be in the demo, each with a sentence.',
      ),
    ),
    occasions: optional(
      map(
        'id',
        object(
          {
            title: inLanguages('What happens.'),
            system: text('The system that tells it: agency/system.'),
            event: text('The event.'),
            data: map(
              'fact',
              anything,
              'Its data; `= today` is the day, and { pattern: D-#### } has new digits each time.',
            ),
          },
          'Something that a system of an agency tells at a click, in the demo.',
        ),
        'What can be made to happen in the demo.',
      ),
    ),
  },
  { ...draft, title: 'How the invented people are made', additionalProperties: false },
)

interface Tree {
  [key: string]: string | Tree
}

export const Texts = Type.Unsafe<Tree>({
  ...draft,
  title: 'Texts of one language, in ICU MessageFormat',
  type: 'object',
  additionalProperties: { $ref: '#/$defs/texts' },
  $defs: {
    texts: {
      anyOf: [
        { type: 'string', maxLength: 20_000 },
        { type: 'object', additionalProperties: { $ref: '#/$defs/texts' } },
      ],
    },
  },
})

const outcome = either(
  'What an officer or a party does.',
  text('The outcome, or `expired`.'),
  object(
    {
      outcome: fact('The outcome.'),
      reason: optional(fact('The reason.')),
      note: optional(text('A note.')),
      answers: optional(map('fact', anything, 'What was filled in.')),
    },
    'The outcome with its reason.',
  ),
)

export const Example = Type.Object(
  {
    example: text('What it shows, as a sentence.'),
    today: day('The day of the example.'),
    language: optional(text('The language; the first of the country if absent.')),
    applicant: optional(
      object(
        {
          id: optional(text('The id; a persona may be named.')),
          kind: optional(oneOf(['person', 'organisation', 'anonymous'], 'What the applicant is.')),
          name: optional(text('The name.')),
        },
        'Who applies; nobody who is known, if absent.',
      ),
    ),
    contested: optional(map('fact', anything, 'Of a service by which one appeals: the decision that is contested.')),
    registers: optional(map('id', list(map('fact', anything, 'A record.'), 'Records.'), 'What the registers hold.')),
    found: optional(map('fact', anything, 'What a search with a score finds, by evidence.')),
    answers: optional(map('fact', anything, 'The answers, by question.')),
    outcomes: optional(
      map(
        'id',
        either('What happens.', outcome, list(outcome, 'In order.')),
        'What officers and parties do, and `pay`.',
      ),
    ),
    expect: object(
      {
        pages: optional(list(id('A page.'), 'The pages that are asked, in order.')),
        stop: optional(id('The page on which the form ends.')),
        errors: optional(map('fact', text('The code of the error.'), 'Answers that are refused.')),
        price: optional(
          map('fact', amount('A number in the unit of the currency.'), 'What it costs, before submitting.'),
        ),
        decisions: optional(map('fact', map('fact', anything, 'Outputs.'), 'What the rules say.')),
        tasks: optional(list(id('A task.'), 'Work for officers, in order.')),
        paid: optional(map('fact', amount('A number.'), 'What is charged.')),
        refunds: optional(list(text('A reference.'), 'What is given back.')),
        writes: optional(
          list(
            object({ register: id('The register.'), set: map('fact', anything, 'Fields.') }, 'A write.'),
            'What is written to registers, in order.',
          ),
        ),
        outputs: optional(
          map('id', map('fact', anything, 'Facts that it shows; others may be there too.'), 'What is issued.'),
        ),
        messages: optional(list(id('A message.'), 'What people are told, in order.')),
        result: optional(id('How it ends.')),
      },
      'What must come of it.',
    ),
  },
  { ...draft, title: 'An example of a public service', additionalProperties: false },
)

export type CountrySource = Static<typeof Country>
export type AgencySource = Static<typeof Agency>
export type RegisterSource = Static<typeof Register>
export type FieldSource = Static<typeof Field>
export type AgreementSource = Static<typeof Agreement>
export type LifeEventSource = Static<typeof LifeEvent>
export type StaffSource = Static<typeof Staff>
export type PopulationSource = Static<typeof Population>
export type ExampleSource = Static<typeof Example>
