// From the files of a country to its compiled definitions. Pure; the files have been read by their schemas before.
import { compileFeel } from '@ashlar/kernel/feel'
import type { Agency, Agreement, Country, LifeEvent, Officer, Register, RegisterField } from './country.ts'
import { type DecisionModel, decisionModels, factName, type ModelDecision } from './decision-model.ts'
import { drawnItems, PROCESS_FILE } from './drawn-process.ts'
import { eachItem, toFlow, toQuestion } from './flow.ts'
import { everyOf, needsOf } from './needs.ts'
import type { Evidence, Page, Party, PublicService, RuleTable } from './public-service.ts'
import type {
  AgencySource,
  AgreementSource,
  CountrySource,
  FieldSource,
  LifeEventSource,
  RegisterSource,
  StaffSource,
} from './schema/country.ts'
import type { EvidenceSource, ServiceSource } from './schema/service.ts'
import {
  answersShape,
  caseShape,
  contestedShape,
  factsOfItem,
  type Shape,
  shapeOfEvidence,
  shapeOfRule,
} from './shapes.ts'

interface ServiceParts {
  source: ServiceSource
  hash: string
  /** language → flattened key → ICU message */
  texts: Record<string, Record<string, string>>
  files: Record<string, string>
  /** The languages of the country. */
  languages: string[]
  registers: Record<string, Register>
}

export function toPublicService({ source, hash, texts, files, languages, registers }: ServiceParts): PublicService {
  const named = <S, T>(sources: Record<string, S> | undefined, to: (name: string, source: S) => T) =>
    Object.fromEntries(Object.entries(sources ?? {}).map(([name, part]) => [name, to(name, part)]))

  const evidence = named(source.evidence, (_, part) => toEvidence(part))
  const form = (source.form ?? []).map(toPage)
  const drawing = files[PROCESS_FILE]
  const flow = drawing === undefined || source.flow !== undefined ? toFlow(source.flow) : drawnItems(drawing)
  const models = decisionModels(files)
  const declared = named(source.rules, (name, rule) => toRule(name, rule, models))
  const questions = form.flatMap((page) => page.questions.map(({ name }) => name))
  const taken = new Set([...questions, ...Object.keys({ ...caseShape, ...evidence, ...source.fees, ...declared })])
  const rules = withKept({ ...impliedRules(models, taken), ...declared }, source.fees)

  const shapes = named(evidence, (_, part) => shapeOfEvidence(part, registers[part.register ?? '']))
  const known = {
    evidence: (name: string): Shape | undefined => shapes[name],
    rule: (name: string): Shape | undefined => (rules[name] === undefined ? undefined : shapeOfRule(rules[name])),
  }
  const answers = answersShape(
    form.flatMap((page) => page.questions),
    known.evidence,
  )
  const contested = source.contests === undefined ? {} : contestedShape
  const facts: Record<string, Shape> = { ...caseShape, ...contested, answers, ...answers, ...shapes }
  for (const { item } of eachItem(flow)) {
    Object.assign(facts, factsOfItem(item, known))
    if (item.kind === 'each') facts[item.as] = 'any'
  }

  const service: Omit<PublicService, 'needs'> = {
    id: source.service,
    version: source.version,
    hash,
    status: source.status ?? 'active',
    authority: source.authority,
    law: source.law,
    audience: source.audience,
    channels: source.channels,
    signIn: source['sign-in'],
    prefix: source.prefix,
    lifeEvents: source['life-events'] ?? [],
    languages: source.languages ?? languages,
    parties: named(source.parties ?? { applicant: { is: 'person' as const } }, toParty),
    evidence,
    form,
    rules,
    fees: named(source.fees, (name, fee) => ({ name, ...fee })),
    flow,
    messages: named(source.messages, (name, { channels, to, facts }) => ({
      name,
      channels,
      to: to ?? 'applicant',
      facts: facts ?? {},
    })),
    outputs: named(source.outputs, (name, { letter, credential, qr, to, facts, 'valid-for': validFor }) => ({
      name,
      facts: facts ?? {},
      qr: qr ?? false,
      to: to ?? 'applicant',
      ...(letter === undefined ? {} : { letter }),
      ...(credential === undefined ? {} : { credential }),
      ...(validFor === undefined ? {} : { validFor }),
    })),
    offers: Object.entries(source.offers ?? {}).map(([name, offer]) => ({
      name,
      ...offer,
      ...every(offer.event),
      prefill: offer.prefill ?? {},
    })),
    starts: (source.starts ?? []).map((start) => ({ ...start, ...every(start.event), set: start.set ?? {} })),
    texts,
    files,
    facts,
    ...(source.appeal === undefined ? {} : { appeal: { ...source.appeal, by: source.appeal.by ?? 'appeal' } }),
    ...(source.contests === undefined ? {} : { contests: source.contests }),
    ...(source.withdrawal === undefined ? {} : { withdrawal: source.withdrawal }),
    ...(source['one-per'] === undefined ? {} : { onePer: source['one-per'] }),
    ...(source.asks === undefined ? {} : { asks: source.asks }),
    ...(source.archive === undefined ? {} : { archive: source.archive }),
    ...(source.clock === undefined ? {} : { clock: toClock(source.clock) }),
  }
  return { ...service, needs: needsOf(service) }
}

function every(event: string): { every?: string } {
  const term = everyOf(event)
  return term === undefined ? {} : { every: term }
}

function toRule(name: string, source: NonNullable<ServiceSource['rules']>[string], models: DecisionModel[]): RuleTable {
  if (!('model' in source)) return { name, ...source }
  const model = models.find(({ file }) => file === source.model)
  const wanted = model?.decisions.find(
    ({ name: own }) => own === (source.decision ?? own) && (source.decision !== undefined || isNamed(own, name)),
  )
  return {
    name,
    inputs: inputsOf(wanted, source.inputs),
    rows: [],
    model: {
      file: source.model,
      decision: source.decision ?? wanted?.name ?? name,
      xml: model?.xml ?? '',
      imports: model?.imports ?? [],
      shape: wanted?.shape ?? 'any',
      law: wanted?.law ?? [],
      implied: false,
    },
  }
}

const isNamed = (decision: string, rule: string): boolean => decision === rule || factName(decision) === rule

// With a decision is kept what its price is reckoned from, so that a change of the rule can be reckoned in money.
function withKept(rules: Record<string, RuleTable>, fees: ServiceSource['fees'] = {}): Record<string, RuleTable> {
  const ofFees = Object.values(fees).map(({ amount }) => readsOf(amount))
  const isOf = (path: string, rule: string) => path === rule || path.startsWith(`${rule}.`)
  return Object.fromEntries(
    Object.entries(rules).map(([name, rule]) => {
      const reads = ofFees.filter((paths) => paths.some((path) => isOf(path, name))).flat()
      const keeps = [...new Set(reads)].filter((path) => !Object.keys(rules).some((other) => isOf(path, other)))
      return [name, keeps.length > 0 ? { ...rule, keeps: keeps.sort() } : rule]
    }),
  )
}

function readsOf(source: string): string[] {
  try {
    return compileFeel(source).reads
  } catch {
    return []
  }
}

// What nobody says of an input of a model, the fact of the same name says.
const inputsOf = (decision: ModelDecision | undefined, given: Record<string, string> = {}): RuleTable['inputs'] => ({
  ...Object.fromEntries((decision?.inputs ?? []).map(({ name }) => [name, factName(name)])),
  ...given,
})

/** Every decision of the service's models that has a name of its own, to be named by `decide:`. */
function impliedRules(models: DecisionModel[], taken: ReadonlySet<string>): Record<string, RuleTable> {
  const rules: Record<string, RuleTable> = {}
  for (const { file, xml, imports, decisions } of models)
    for (const decision of decisions) {
      const name = factName(decision.name)
      if (taken.has(name) || Object.hasOwn(rules, name) || !/^[a-z][A-Za-z0-9]*$/.test(name)) continue
      const { name: named, shape, law } = decision
      const model = { file, decision: named, xml, imports, shape, law, implied: true }
      rules[name] = { name, inputs: inputsOf(decision), rows: [], model }
    }
  return rules
}

function toParty(name: string, source: NonNullable<ServiceSource['parties']>[string]): Party {
  const { 'min-age': minAge, 'represented-by': representedBy = [], joins, contact = {}, ...rest } = source
  return {
    ...rest,
    joins: joins ?? (name === 'applicant' ? 'applicant' : 'invited'),
    representedBy,
    contact: { ...contact },
    ...(minAge === undefined ? {} : { minAge }),
  }
}

function toEvidence({ by, many, ...rest }: EvidenceSource): Evidence {
  const ways = by === undefined ? [] : Array.isArray(by) ? by : [{ keys: by }]
  return { ...rest, by: ways, many: many ?? false }
}

function toPage({ page, stop, show, questions, when }: NonNullable<ServiceSource['form']>[number]): Page {
  return {
    id: page,
    stop: stop ?? false,
    show: show ?? [],
    questions: Object.entries(questions ?? {}).map(([name, question]) => toQuestion(name, question)),
    ...(when === undefined ? {} : { when }),
  }
}

function toClock({ 'on-breach': onBreach, remind, variants, ...rest }: NonNullable<ServiceSource['clock']>) {
  return {
    ...rest,
    onBreach,
    remind: remind ?? [],
    variants: (variants ?? []).map(({ 'on-breach': breach, ...variant }) => ({
      ...variant,
      ...(breach === undefined ? {} : { onBreach: breach }),
    })),
  }
}

export function toRegister(source: RegisterSource): Register {
  const { register, status, indexes, matching, access, fields, ...rest } = source
  return {
    ...rest,
    id: register,
    status: status ?? 'active',
    indexes: indexes ?? [],
    matching: Object.fromEntries(
      Object.entries(matching ?? {}).map(([name, field]) => [name, { ...field, also: field.also ?? [] }]),
    ),
    access: {
      self: access.self ?? [],
      bearer: access.bearer ?? [],
      parties: access.parties ?? {},
      everybody: access.everybody ?? [],
      roles: access.roles ?? {},
    },
    fields: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, toField(field)])),
  }
}

function toField({ options, required, personal, ...rest }: FieldSource): RegisterField {
  return {
    ...rest,
    options: Object.keys(options ?? {}),
    optionLabels: options ?? {},
    required: required ?? false,
    personal: personal ?? false,
  }
}

export function toAgreement(source: AgreementSource, registers: Record<string, Register>): Agreement {
  return {
    id: source.agreement,
    status: source.status ?? 'active',
    reader: source.reader,
    authority: registers[source.register]?.authority ?? '',
    register: source.register,
    fields: source.reads,
    writes: source.writes ?? [],
    purposes: Object.keys(source.purposes),
    purposeTexts: source.purposes,
    law: source.law,
    basis: source.basis,
    validFrom: source.valid.from,
    ...(source.valid.until === undefined ? {} : { validUntil: source.valid.until }),
  }
}

export function toAgency({ agency, name, contact, units, systems }: AgencySource): Agency {
  return {
    id: agency,
    name,
    contact: contact ?? {},
    units: units ?? {},
    systems: Object.fromEntries(
      Object.entries(systems ?? {}).map(([id, { hears, tells, ...system }]) => [
        id,
        { ...system, hears: hears ?? [], tells: tells ?? [] },
      ]),
    ),
  }
}

export function toLifeEvent(source: LifeEventSource): LifeEvent {
  return { id: source['life-event'], title: source.title, summary: source.summary ?? {} }
}

export function toStaff({ staff }: StaffSource, fallback: string): Record<string, Officer> {
  return Object.fromEntries(
    Object.entries(staff).map(([id, { 'latin-name': latinName, door, language, skills, share, absences, ...rest }]) => [
      id,
      {
        id,
        ...rest,
        language: language ?? fallback,
        door: door ?? false,
        skills: skills ?? [],
        share: share ?? 100,
        absences: absences ?? [],
        ...(latinName === undefined ? {} : { latinName }),
      },
    ]),
  )
}

/** The country itself, without what other files hold; `emblem` is the drawing that the theme names. */
export function toCountry(
  source: CountrySource,
  emblem?: string,
): Pick<
  Country,
  | 'id'
  | 'version'
  | 'name'
  | 'motto'
  | 'languages'
  | 'currency'
  | 'zone'
  | 'weekend'
  | 'holidays'
  | 'laws'
  | 'people'
  | 'organisations'
  | 'representation'
  | 'theme'
> {
  const { country, theme = {}, motto, holidays, representation = {}, ...rest } = source
  return {
    ...rest,
    id: country,
    motto: motto ?? {},
    holidays: holidays ?? [],
    representation: Object.fromEntries(
      Object.entries(representation).map(([register, { 'until-age': untilAge, only = {}, by = {}, ...more }]) => [
        register,
        { ...more, only, by, ...(untilAge === undefined ? {} : { untilAge }) },
      ]),
    ),
    theme: {
      emblem: emblem ?? theme.emblem ?? 'star',
      colours: { ...theme.colours },
      office: { ...theme.office },
    },
  }
}
