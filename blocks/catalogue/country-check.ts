// Checks what a country declares besides its services: registers, agreements, people, and texts in every language.
import { type Finding, suggest } from './check-problem.ts'
import type { Country, Register } from './country.ts'
import { checkFeel } from './expressions.ts'
import type { Place } from './flow.ts'
import { unnamedLaws } from './laws.ts'
import type { Declared, LoadedFile } from './load.ts'

type Files = Record<string, LoadedFile>

/** Reports into the files. */
export function checkDeclarations(country: Country, files: Files, declared: Declared): void {
  const at = (path: string) => {
    const file = files[path]
    return (place: Place, finding: Finding, inside?: number) => file?.report(place, finding, inside)
  }
  const known = (
    report: (place: Place, finding: Finding) => void,
    place: Place,
    what: string,
    name: string,
    names: Iterable<string>,
  ) => {
    const all = [...names]
    if (!all.includes(name))
      report(place, { code: 'unknown-name', message: `there is no ${what} '${name}'`, mend: suggest(name, all) })
  }

  const hasRoles = Object.keys(country.roles).length > 0 || files['staff.yaml'] === undefined
  const ofCountry = at('country.yaml')
  known(ofCountry, ['people'], 'register', country.people, declared.registers)
  if (country.organisations !== undefined)
    known(ofCountry, ['organisations'], 'register', country.organisations, declared.registers)
  for (const [name, { agreement, name: naming, number, born, by }] of Object.entries(country.representation)) {
    const place: Place = ['representation', name]
    known(ofCountry, place, 'register', name, declared.registers)
    known(ofCountry, [...place, 'agreement'], 'agreement', agreement, declared.agreements)
    const fields = Object.keys(country.registers[name]?.fields ?? {})
    if (fields.length === 0) continue
    for (const field of [naming, number, ...(born === undefined ? [] : [born]), ...Object.values(by).flat()])
      known(ofCountry, place, 'field', field, fields)
    for (const basis of Object.keys(by))
      known(ofCountry, [...place, 'by', basis], 'kind of representative', basis, ['parent', 'guardian', 'director'])
  }
  try {
    new Intl.DateTimeFormat('en', { timeZone: country.zone })
  } catch {
    ofCountry(['zone'], {
      code: 'value',
      message: `there is no zone '${country.zone}'`,
      mend: 'write one such as Asia/Muscat',
    })
  }

  for (const { law, missing } of unnamedLaws(country))
    ofCountry(country.laws === undefined ? ['languages'] : ['laws', 'names'], {
      code: 'law-without-name',
      message: `'${law}' has no name in ${missing.join(', ')}`,
      mend: `add it under laws.names: ${law}: { ${missing.map((code) => `${code}: …`).join(', ')} }`,
    })
  for (const register of Object.values(country.registers)) checkRegister(register)
  for (const agreement of Object.values(country.agreements)) {
    const report = at(`agreements/${agreement.id}.yaml`)
    known(report, ['register'], 'register', agreement.register, declared.registers)
    known(report, ['reader'], 'agency', agreement.reader, declared.agencies)
    const fields = Object.keys(country.registers[agreement.register]?.fields ?? {})
    if (fields.length === 0) continue
    for (const [n, field] of agreement.fields.entries()) known(report, ['reads', n], 'field', field, fields)
    for (const [n, field] of agreement.writes.entries()) known(report, ['writes', n], 'field', field, fields)
  }
  for (const [n, role] of country.leads.entries())
    known(at('staff.yaml'), ['leads', n], 'role', role, Object.keys(country.roles))
  for (const [n, { agency, unit }] of country.teams.entries()) {
    const place: Place = ['teams', n]
    known(at('staff.yaml'), [...place, 'agency'], 'agency', agency, declared.agencies)
    if (country.agencies[agency] !== undefined)
      known(at('staff.yaml'), [...place, 'unit'], 'unit', unit, Object.keys(country.agencies[agency].units))
  }
  for (const officer of Object.values(country.staff)) {
    const report = at('staff.yaml')
    const place: Place = ['staff', officer.id]
    known(report, [...place, 'agency'], 'agency', officer.agency, declared.agencies)
    const units = Object.keys(country.agencies[officer.agency]?.units ?? {})
    if (officer.unit !== undefined && country.agencies[officer.agency] !== undefined)
      known(report, [...place, 'unit'], 'unit', officer.unit, units)
    for (const [n, role] of officer.roles.entries())
      known(report, [...place, 'roles', n], 'role', role, Object.keys(country.roles))
    for (const [n, skill] of officer.skills.entries())
      known(report, [...place, 'skills', n], 'skill', skill, Object.keys(country.skills))
  }
  checkPopulation()
  checkLanguages(country, files)

  function checkRegister(register: Register) {
    const report = at(`registries/${register.id}.yaml`)
    const fields = Object.keys(register.fields)
    known(report, ['authority'], 'agency', register.authority, declared.agencies)
    const all = (place: Place, names: string[]) => {
      for (const [n, name] of names.entries()) known(report, [...place, n], 'field', name, fields)
    }
    all(['identifiers'], register.identifiers)
    all(['indexes'], register.indexes)
    all(['access', 'self'], register.access.self)
    all(['access', 'bearer'], register.access.bearer)
    all(['access', 'everybody'], register.access.everybody)
    for (const [party, seen] of Object.entries(register.access.parties ?? {})) {
      all(['access', 'parties', party], seen)
      const is = register.fields[party]?.is
      if (is !== 'person' && is !== 'organisation')
        report(['access', 'parties', party], {
          code: 'kind',
          message: `'${party}' names nobody`,
          mend: 'write a field that is a person or an organisation',
        })
    }
    for (const [n, name] of register.access.everybody.entries())
      if (register.fields[name]?.personal)
        report(['access', 'everybody', n], {
          code: 'personal-for-everybody',
          message: `'${name}' is personal`,
          mend: 'take it out: nobody may see it without a reason',
        })
    for (const [role, names] of Object.entries(register.access.roles)) {
      if (hasRoles) known(report, ['access', 'roles', role], 'role', role, Object.keys(country.roles))
      all(['access', 'roles', role], names)
    }
    for (const [name, { also }] of Object.entries(register.matching)) {
      known(report, ['matching', name], 'field', name, fields)
      all(['matching', name, 'also'], also)
    }
    if (register.person !== undefined) known(report, ['person'], 'field', register.person, fields)
    for (const [name, { is, of, options }] of Object.entries(register.fields)) {
      if (is === 'choice' && options.length === 0)
        report(['fields', name], { code: 'missing-key', message: 'a choice without values', mend: "add 'options:'" })
      if (is === 'list' && of === undefined)
        report(['fields', name], { code: 'missing-key', message: 'a list of what?', mend: "add 'of:'" })
    }
  }

  function checkPopulation() {
    const { population } = country
    if (population === undefined) return
    const report = at('population.yaml')
    for (const [n, { register, fields, facts, group }] of population.make.entries()) {
      known(report, ['make', n, 'register'], 'register', register, declared.registers)
      const own = Object.keys(country.registers[register]?.fields ?? {})
      if (own.length > 0)
        for (const name of Object.keys(fields)) known(report, ['make', n, 'fields', name], 'field', name, own)
      checkRecipes(['make', n, 'fields'], fields)
      checkRecipes(['make', n, 'facts'], facts ?? {})
      checkRecipes(['make', n, 'group', 'facts'], group?.facts ?? {})
    }
    for (const [register, personas] of Object.entries(population.personas ?? {})) {
      known(report, ['personas', register], 'register', register, declared.registers)
      const own = Object.keys(country.registers[register]?.fields ?? {})
      if (own.length === 0) continue
      for (const [persona, values] of Object.entries(personas))
        for (const name of Object.keys(values)) known(report, ['personas', register, persona, name], 'field', name, own)
    }

    function checkRecipes(place: Place, recipe: unknown) {
      if (typeof recipe === 'string' && recipe.startsWith('=')) {
        for (const { at: inside, ...finding } of checkFeel(recipe.slice(1), {}))
          if (finding.code === 'feel') report(place, finding, inside + 1)
      } else if (typeof recipe === 'object' && recipe !== null)
        for (const [key, part] of Object.entries(recipe))
          checkRecipes([...place, Array.isArray(recipe) ? Number(key) : key], part)
    }
  }
}

interface LanguageSchema {
  format?: string
  properties?: Record<string, LanguageSchema>
  additionalProperties?: LanguageSchema | false
  items?: LanguageSchema
}

/** Every text that stands in the files in several languages stands there in all of them. */
function checkLanguages({ languages }: Country, files: Files): void {
  const codes = languages.map(({ code }) => code)
  for (const file of Object.values(files)) {
    if (file.value === undefined) continue
    const isDraft = (file.value as { status?: string }).status === 'draft'
    /** Of a draft it is enough to know how many are missing. */
    const absent = new Map<string, number>()
    const walk = (schema: LanguageSchema, value: unknown, place: Place) => {
      if (typeof value !== 'object' || value === null) return
      if (schema.format === 'languages') {
        const written = Object.keys(value)
        for (const code of codes.filter((code) => !written.includes(code)))
          if (isDraft) absent.set(code, (absent.get(code) ?? 0) + 1)
          else
            file.report(place, {
              code: 'missing-text',
              message: `the text is missing in '${code}'`,
              mend: `add '${code}:'`,
            })
        for (const code of written.filter((code) => !codes.includes(code)))
          file.report([...place, code], {
            code: 'unknown-language',
            message: `the country has no language '${code}'`,
            mend: suggest(code, codes),
          })
        return
      }
      if (Array.isArray(value)) {
        value.forEach((item, n) => {
          if (schema.items !== undefined) walk(schema.items, item, [...place, n])
        })
        return
      }
      for (const [key, part] of Object.entries(value)) {
        const inner = schema.properties?.[key] ?? schema.additionalProperties
        if (inner) walk(inner, part, [...place, key])
      }
    }
    walk(file.kind.schema as LanguageSchema, file.value, [])
    for (const [code, count] of absent)
      file.report(['status'], {
        code: 'missing-text',
        message: `${count} texts of the draft are missing in '${code}'`,
        mend: `add '${code}:' to each`,
        severity: 'draft',
      })
  }
}
