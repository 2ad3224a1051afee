// For tests: two registers, their agreements, and people, in a house with registries and consent.
import type { Consent, ConsentNeeds, createConsent, DataAgreement } from '@ashlar/consent'
import type { Context, Database } from '@ashlar/kernel/sql'
import {
  createRegistries,
  type RegisterDeclaration,
  type Registries,
  type RegistryNeeds,
  type Values,
} from './index.ts'

export const GRACE = '01900000-0000-7000-8000-000000000001'
export const LIAM = '01900000-0000-7000-8000-000000000002'
export const MOHAMMED = '01900000-0000-7000-8000-000000000003'

const field = (is: string, more: object = {}) => ({
  is,
  label: {},
  options: [],
  optionLabels: {},
  required: false,
  personal: true,
  ...more,
})
const required = { required: true }

export const population = {
  id: 'population',
  version: '1.0.0',
  status: 'active',
  authority: 'civil-registry',
  law: ['Civil Status Act s.3'],
  title: { en: 'Population register' },
  about: 'person',
  person: 'id',
  identifiers: ['id', 'personNumber'],
  indexes: ['dateOfBirth', 'mother'],
  matching: {
    fullName: { how: 'name', weight: 6, also: ['formerNames'] },
    dateOfBirth: { how: 'date', weight: 4, also: [] },
  },
  access: {
    self: ['personNumber', 'fullName'],
    bearer: [],
    roles: { registrar: ['personNumber', 'fullName', 'dateOfBirth'] },
  },
  fields: {
    id: field('uuid', required),
    personNumber: field('text', { max: 11, ...required }),
    fullName: field('name', required),
    formerNames: field('list', { of: 'name' }),
    dateOfBirth: field('date', required),
    mother: field('person'),
  },
} as unknown as RegisterDeclaration

export const fines = {
  id: 'fines',
  version: '1.0.0',
  status: 'active',
  authority: 'police',
  law: ['Road Traffic Act s.40'],
  title: { en: 'Fines' },
  about: 'person',
  person: 'driver',
  identifiers: ['number'],
  indexes: ['driver', 'plate'],
  matching: {},
  access: {
    self: ['number', 'amount', 'state'],
    bearer: ['number', 'plate'],
    roles: { 'traffic-officer': ['number', 'plate', 'amount', 'state'] },
  },
  fields: {
    number: field('text', { max: 20, ...required }),
    plate: field('text', { max: 12, ...required }),
    driver: field('person'),
    amount: field('money', required),
    points: field('number', { max: 12 }),
    state: field('choice', { options: ['unpaid', 'paid', 'cancelled'], ...required }),
    note: field('text'),
  },
} as unknown as RegisterDeclaration

const agreements: DataAgreement[] = [
  {
    id: 'justice-population',
    reader: 'justice',
    authority: 'civil-registry',
    register: 'population',
    fields: ['personNumber', 'fullName', 'formerNames', 'dateOfBirth'],
    writes: [],
    purposes: ['issue-certificate'],
    law: 'Criminal Records Act s.14(5)',
    basis: 'law',
  },
  {
    id: 'registry-population',
    reader: 'civil-registry',
    authority: 'civil-registry',
    register: 'population',
    fields: ['personNumber', 'fullName', 'dateOfBirth'],
    writes: ['id', 'personNumber', 'fullName', 'formerNames', 'dateOfBirth', 'mother'],
    purposes: ['register'],
    law: 'Civil Status Act s.3',
    basis: 'law',
  },
  {
    id: 'police-fines',
    reader: 'police',
    authority: 'police',
    register: 'fines',
    fields: ['number', 'plate', 'amount', 'points', 'state', 'note'],
    writes: ['number', 'plate', 'driver', 'amount', 'points', 'state', 'note'],
    purposes: ['settle-fine'],
    law: 'Road Traffic Act s.40',
    basis: 'law',
  },
]

export const person = (id: string): Context => ({
  tenant: null,
  actor: { kind: 'person', id },
  subject: id,
  purpose: 'apply',
  channel: 'web',
  trace: 't',
})
export const anonymous: Context = {
  tenant: null,
  actor: { kind: 'anonymous', id: 'visitor' },
  purpose: 'apply',
  channel: 'web',
  trace: 't',
}
export const officer = (tenant: string, ...roles: string[]): Context => ({
  tenant,
  actor: { kind: 'staff', id: `officer of ${tenant}` },
  roles,
  purpose: 'case-work',
  channel: 'web',
  trace: 't',
})

export const certificate = { agreement: 'justice-population', purpose: 'issue-certificate', case: 'CR-1' }
export const settling = { agreement: 'police-fines', purpose: 'settle-fine', case: 'FN-1' }
const keeping = { agreement: 'registry-population', purpose: 'register', case: 'BR-1' }

/** Of a test house, what these tests touch. */
interface Home {
  registries: Omit<RegistryNeeds, 'consent'>
  consent: ConsentNeeds
  kernel: Database
  url: string
  database(role: string): Database
  stop(): Promise<void>
}

export interface Fixture {
  home: Home
  consent: Consent
  registries: Registries
  /** Registries whose consent can be broken. */
  withConsent(consent: Pick<Consent, 'permits' | 'recordAll'>): Registries
  add(register: 'population' | 'fines', set: Values): Promise<string>
  stop(): Promise<void>
}

export async function fixture(home: Home, makeConsent: typeof createConsent): Promise<Fixture> {
  const consent = makeConsent(home.consent)
  const withConsent = (consent: Pick<Consent, 'permits' | 'recordAll'>) =>
    createRegistries({ ...home.registries, consent })
  const registries = withConsent(consent)
  await consent.publishAgreements(agreements)
  await registries.publish([population, fines])

  let count = 0
  const add = async (register: 'population' | 'fines', set: Values) => {
    const [access, context] =
      register === 'population' ? [keeping, officer('civil-registry')] : [settling, officer('police')]
    return (await registries.write({ key: `add ${++count}`, register, set, access, context })).id
  }
  await add('population', {
    id: GRACE,
    personNumber: '14-206417-3',
    fullName: 'Grace Okoro',
    formerNames: ['Grace Adeyemi'],
    dateOfBirth: '1992-06-14',
  })
  await add('population', { id: LIAM, personNumber: '02-034490-6', fullName: 'Liam Park', dateOfBirth: '1990-03-02' })
  await add('population', {
    id: MOHAMMED,
    personNumber: '07-111111-1',
    fullName: 'محمد الحسن',
    dateOfBirth: '1985-02-03',
    mother: GRACE,
  })
  await add('fines', {
    number: 'F-2026-00417',
    plate: 'PV-1042',
    driver: GRACE,
    amount: 200,
    points: 1,
    state: 'unpaid',
  })
  return { home, consent, registries, withConsent, add, stop: () => home.stop() }
}
