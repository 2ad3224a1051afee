// Publishes a country into the house, and in the demo fills its registers with invented people.
import type { Country } from '@ashlar/catalogue'
import type { DemoPerson } from '@ashlar/demo'
import type { Mandate } from '@ashlar/identity'
import { inventPopulation, personaId } from '@ashlar/registries'
import type { House } from './house.ts'

export interface Population {
  people: number
  records: number
  seconds: number
  services: number
  doors: DemoPerson[]
}

type Wired = Pick<House, 'catalogue' | 'registries' | 'consent' | 'identity' | 'clock'>

/** The same country twice changes nothing. Throws if a published version was changed without a new number. */
export async function populate(
  house: Wired,
  country: Country,
  demo: { enabled: boolean; people?: number },
): Promise<Population> {
  const start = performance.now()
  const report = await house.catalogue.publish(country)
  const [refused] = report.refused
  if (refused) throw new Error(`${refused.id} ${refused.version}: ${refused.message} ${refused.mend}`)
  await house.registries.publish(Object.values(country.registers).filter(({ status }) => status === 'active'))
  await house.consent.publishAgreements(Object.values(country.agreements).filter(({ status }) => status === 'active'))
  const officers = Object.values(country.staff).map((officer) => ({ ...officer, door: demo.enabled && officer.door }))
  await house.identity.publishStaff(officers)
  const services = (await house.catalogue.list()).length
  if (!demo.enabled || !country.population) return { people: 0, records: 0, seconds: 0, services, doors: [] }

  const recipe = sized(country.population, country.people, demo.people)
  const seeded = await house.registries.seed(recipe)
  const personas = Object.keys(recipe.personas?.[country.people] ?? {})
  const ids = new Map(personas.map((name) => [personaId(recipe, name), name]))
  const known = await house.identity.doors()
  if (seeded.isNew || !known.some(({ kind }) => kind === 'person')) {
    // Personas come first, so inventing as many as there are invents nobody else.
    const make = recipe.make.filter(({ register }) => register === country.people)
    const rows = inventPopulation(
      { ...recipe, make: make.map((one) => ({ ...one, count: personas.length })) },
      seeded.day,
    )
    const { person, name } = namesOfFields(country)
    await house.identity.openAccounts(
      rows.map(({ values }) => {
        const id = String(values[person])
        return {
          person: id,
          name: String(values[name] ?? ids.get(id)),
          address: `${ids.get(id)}@people.${country.id}.example`,
          ...(typeof values.language === 'string' ? { language: values.language } : {}),
          level: 'high' as const,
          door: ids.get(id) ?? '',
        }
      }),
    )
  }

  if (seeded.isNew) await house.identity.grantMandates(seededMandates(recipe, country, seeded.day))
  const doors = (await house.identity.doors()).map(
    ({ id, kind, name, agency, roles }): DemoPerson => ({
      id,
      kind,
      name,
      about:
        kind === 'person'
          ? (recipe.doors?.[id] ?? {})
          : Object.fromEntries(
              country.languages.map(({ code }) => [
                code,
                [
                  ...roles.map((role) => country.roles[role]?.[code] ?? role),
                  country.agencies[agency ?? '']?.name[code] ?? '',
                ].join(' · '),
              ]),
            ),
    }),
  )
  return {
    people: recipe.make.find(({ register }) => register === country.people)?.count ?? 0,
    records: seeded.records,
    seconds: Number(((performance.now() - start) / 1000).toFixed(1)),
    services,
    doors: inOrder(doors, Object.keys(recipe.doors ?? {})),
  }
}

/** What the country's own register of people calls the person's id and the name. */
function namesOfFields({ registers, people }: Country): { person: string; name: string } {
  const register = registers[people]
  // The name by which people are found is the whole one.
  const [name = 'name'] = Object.entries(register?.matching ?? {}).find(([, { how }]) => how === 'name') ?? []
  return { person: register?.person ?? 'id', name }
}

/** Mandates that were given and accepted before anybody came. */
function seededMandates(recipe: NonNullable<Country['population']>, country: Country, day: string): Mandate[] {
  const { personas = {}, mandates = [] } = recipe
  const companies = personas[country.organisations ?? ''] ?? {}
  const named = (register: string) => country.representation[register]?.name ?? 'name'
  return mandates.map(({ holder, represented, by, services, limit }) => {
    const isCompany = Object.hasOwn(companies, represented)
    const register = isCompany ? (country.organisations ?? '') : country.people
    return {
      holder: personaId(recipe, holder),
      represented: {
        kind: isCompany ? 'organisation' : 'person',
        id: personaId(recipe, represented),
        name: String(personas[register]?.[represented]?.[named(register)] ?? represented),
      },
      basis: 'mandate',
      givenBy: personaId(recipe, by ?? represented),
      validFrom: day,
      ...(services === undefined ? {} : { services }),
      ...(limit === undefined
        ? {}
        : { limit: { value: limit * 10 ** country.currency.decimals, currency: country.currency.code } }),
    }
  })
}

/** Those whom the country names, in its order, then the officers. */
function inOrder(doors: DemoPerson[], named: string[]): DemoPerson[] {
  const persons = doors.filter(({ id, kind }) => kind === 'person' && (!named.length || named.includes(id)))
  return [
    ...persons.sort((a, b) => named.indexOf(a.id) - named.indexOf(b.id)),
    ...doors.filter(({ kind }) => kind === 'staff'),
  ]
}

/** The recipe for another number of people: the other registers grow or shrink with them. */
function sized(
  recipe: NonNullable<Country['population']>,
  people: string,
  wanted: number | undefined,
): NonNullable<Country['population']> {
  const usual = recipe.make.find(({ register }) => register === people)?.count ?? 0
  if (!usual || wanted === undefined || wanted === usual) return recipe
  const make = recipe.make.map((one) => ({ ...one, count: Math.max(1, Math.round((one.count * wanted) / usual)) }))
  return { ...recipe, make }
}
