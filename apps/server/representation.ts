// Who may act for whom by law: asked of the registers that the country names, under their agreements, each time logged.
import type { Country, RepresentationRegister } from '@ashlar/catalogue'
import type { Mandate, Named, Party } from '@ashlar/identity'
import type { Context } from '@ashlar/kernel/sql'
import type { Registries } from '@ashlar/registries'

type Wired = Pick<Registries, 'lookUp'>

/** Parents, guardians and directors as registers know them; empty where a country names no register. */
export function legalRepresentatives(country: Country, registries: Wired): (person: string) => Promise<Mandate[]> {
  return async (person) => {
    const found = Object.entries(country.representation).flatMap(([register, how]) =>
      Object.entries(how.by).flatMap(([basis, fields]) =>
        fields.map(async (field): Promise<Mandate[]> => {
          const asking = { kind: 'person' as const, id: person }
          const { records } = await ask(country, registries, register, how, { [field]: person }, asking)
          return records.map(({ id, values }) => ({
            holder: person,
            represented: { kind: kindOf(country, register), id, name: String(values[how.name] ?? '') },
            basis: basis as Mandate['basis'],
            validFrom: typeof values[how.born ?? ''] === 'string' ? String(values[how.born ?? '']) : '1900-01-01',
            ...(how.untilAge === undefined || how.born === undefined || typeof values[how.born] !== 'string'
              ? {}
              : { validUntil: birthday(String(values[how.born]), how.untilAge) }),
          }))
        }),
      ),
    )
    return (await Promise.all(found)).flat()
  }
}

/** A person by number and date of birth together, an organisation by its number. */
export function partyFinder(
  country: Country,
  registries: Wired,
): (named: Named, context: Context) => Promise<Party | undefined> {
  return async (named, { actor }) => {
    const [register, how] =
      Object.entries(country.representation).find(([id]) => kindOf(country, id) === named.kind) ?? []
    if (register === undefined || how === undefined) return undefined
    if (named.kind === 'person' && how.born === undefined) return undefined
    const by = {
      [how.number]: named.number,
      ...(named.kind === 'person' ? { [how.born as string]: named.born } : {}),
    }
    const { records } = await ask(country, registries, register, how, by, actor)
    const [only] = records
    if (only === undefined || records.length > 1) return undefined
    return { kind: named.kind, id: only.id, name: String(only.values[how.name] ?? '') }
  }
}

async function ask(
  country: Country,
  registries: Wired,
  register: string,
  how: RepresentationRegister,
  by: Record<string, string>,
  actor: Context['actor'],
) {
  const { agreement, purpose, name, born, only } = how
  const found = await registries.lookUp({
    register,
    by,
    fields: [name, ...(born === undefined ? [] : [born]), ...Object.keys(only)],
    access: { agreement, purpose },
    context: {
      tenant: country.agreements[agreement]?.reader ?? '',
      actor,
      purpose,
      channel: 'system',
      trace: 'representation',
    },
  })
  const isMeant = (values: Record<string, unknown>) =>
    Object.entries(only).every(([field, value]) => values[field] === value)
  return { records: found.records.filter(({ values }) => isMeant(values)) }
}

function kindOf({ registers }: Country, register: string): Party['kind'] {
  return registers[register]?.about === 'organisation' ? 'organisation' : 'person'
}

/** The day on which somebody comes of that age; who was born on 29 February does so on 1 March. */
function birthday(born: string, age: number): string {
  const [year = 0, month = 1, day = 1] = born.split('-').map(Number)
  return new Date(Date.UTC(year + age, month - 1, day)).toISOString().slice(0, 10)
}
