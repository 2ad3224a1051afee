// A country as it is loaded from its folder: plain data, of which public services are the greatest part.
import type { PublicService } from './public-service.ts'
import type { ExampleSource, PopulationSource } from './schema/country.ts'

/** The same text by language. */
export type InLanguages = Record<string, string>

export interface Country {
  id: string
  version: string
  name: InLanguages
  motto: InLanguages
  /** The first is the one to fall back to. */
  languages: { code: string; name: string; direction: 'ltr' | 'rtl'; locale?: string }[]
  currency: { code: string; decimals: number; name: InLanguages }
  zone: string
  /** 0 is Sunday. */
  weekend: number[]
  /** `on` is a day, or '05-01' for every year. */
  holidays: { on: string; name: InLanguages }[]
  /** How laws are called and cited in each language. */
  laws?: Laws
  /** The register of the people, and of the organisations. */
  people: string
  organisations?: string
  /** Registers that know who may act for whom. */
  representation: Record<string, RepresentationRegister>
  theme: Theme
  agencies: Record<string, Agency>
  registers: Record<string, Register>
  agreements: Record<string, Agreement>
  services: Record<string, PublicService>
  lifeEvents: Record<string, LifeEvent>
  roles: Record<string, InLanguages>
  /** Roles that may give back a task which a colleague has taken. */
  leads: string[]
  /** What officers can be able to do, as tasks ask for it. */
  skills: Record<string, InLanguages>
  /** How the work of a unit is given out: each takes what they like best next, or it is shared out by itself. */
  teams: Team[]
  staff: Record<string, Officer>
  /** Texts in which the country differs from the house: language → flattened key → ICU message. */
  texts: Record<string, Record<string, string>>
  population?: PopulationSource
  /** By service. */
  examples: Record<string, Example[]>
}

/** Names of laws and the pattern of a citation: "{law} s.{section}". The first language's names are the keys. */
interface Laws {
  cited: InLanguages
  names: Record<string, InLanguages>
}

/** How a register says who may act for a person or an organisation. */
export interface RepresentationRegister {
  agreement: string
  purpose: string
  name: string
  number: string
  born?: string
  only: Record<string, string>
  /** parent, guardian or director → fields that hold the id of the representative. */
  by: Record<string, string[]>
  /** In years. */
  untilAge?: number
}

export interface Theme {
  /** 'star', or an SVG drawing. */
  emblem: string
  colours: { brand?: string; accent?: string; link?: string; action?: string; band?: string }
  office: { brand?: string; accent?: string }
}

export interface Agency {
  id: string
  name: InLanguages
  contact: { phone?: string; email?: string; address?: string; hours?: string }
  units: Record<string, InLanguages>
  systems: Record<string, DeclaredSystem>
}

/** A system of an agency: what it hears is told to it, what it tells begins offers and cases. */
export interface DeclaredSystem {
  name: InLanguages
  address?: string
  /** `x` of its Ed25519 key. */
  key?: string
  hears: string[]
  tells: {
    event: string
    key?: string
    persons?: Record<string, { register: string; by: string; agreement: string; purpose: string }>
    writes?: { register: string; key: string; agreement: string; purpose: string }
  }[]
}

export interface Register {
  id: string
  version: string
  status: 'draft' | 'active'
  authority: string
  law: string[]
  title: InLanguages
  about: 'person' | 'organisation' | 'thing'
  person?: string
  identifiers: string[]
  indexes: string[]
  matching: Record<string, { how: 'name' | 'date'; weight: number; also: string[] }>
  access: {
    self: string[]
    bearer: string[]
    /** Field that names a party of the record → what that party may see. */
    parties?: Record<string, string[]>
    everybody: string[]
    roles: Record<string, string[]>
  }
  fields: Record<string, RegisterField>
}

export interface RegisterField {
  is: FieldType
  /** list: what its items are. */
  of?: FieldType
  label: InLanguages
  options: string[]
  optionLabels: Record<string, InLanguages>
  max?: number
  decimals?: number
  required: boolean
  personal: boolean
}

/** money is a number in the currency's own unit; person and organisation are ids. */
export type FieldType =
  | 'uuid'
  | 'text'
  | 'name'
  | 'number'
  | 'money'
  | 'date'
  | 'dateTime'
  | 'yesNo'
  | 'choice'
  | 'list'
  | 'person'
  | 'organisation'

/** Which agency may read and write which fields of a register, for which purposes, under which law. */
export interface Agreement {
  id: string
  status: 'draft' | 'active'
  /** The agency that may read. */
  reader: string
  /** The agency that keeps the register. */
  authority: string
  register: string
  fields: string[]
  writes: string[]
  purposes: string[]
  purposeTexts: Record<string, InLanguages>
  law: string
  basis: 'law' | 'consent'
  validFrom: string
  validUntil?: string
}

export interface LifeEvent {
  id: string
  title: InLanguages
  summary: InLanguages
}

export interface Team {
  agency: string
  unit: string
  assignment: 'manual' | 'automatic'
}

export interface Officer {
  id: string
  name: string
  latinName?: string
  agency: string
  unit?: string
  roles: string[]
  email?: string
  language: string
  door: boolean
  skills: string[]
  /** How much of a full working time, in percent. */
  share: number
  /** First and last day. */
  absences: { from: string; until: string }[]
}

/** An example of a service, which is run before it is published. */
export interface Example extends ExampleSource {
  service: string
  /** Path inside the folder of the country. */
  file: string
}

/** The days without work from one year to another, for the calendar of the kernel. */
export function holidaysOf({ holidays }: Pick<Country, 'holidays'>, fromYear: number, toYear: number): string[] {
  return holidays.flatMap(({ on }) =>
    on.length > 5 ? [on] : Array.from({ length: toYear - fromYear + 1 }, (_, n) => `${fromYear + n}-${on}`),
  )
}
