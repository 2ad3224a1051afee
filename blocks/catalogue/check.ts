// `ashlar check`: everything that is wrong in a country, before anybody meets it.
import type { CheckProblem } from './check-problem.ts'
import type { Country } from './country.ts'
import { checkDeclarations } from './country-check.ts'
import type { LoadedCountry } from './load.ts'
import { isOffered, type Offers } from './needs.ts'
import { type CheckProcess, type CheckTable, checkPublicService } from './public-service-check.ts'
import { checkTexts } from './text-check.ts'

export interface CheckNeeds {
  /** What the blocks of this house offer; without it nothing is said of what they do not. */
  offers?: Offers
  /** Gaps and overlaps of rule tables: `checkTable` of the decisions block. */
  checkTable?: CheckTable
  checkProcess?: CheckProcess
  /** What is wrong with a letter's template: `checkTemplate` of the printer. */
  checkLetter?: (source: string) => { line: number; column: number; message: string }[]
}

export interface CheckReport {
  problems: CheckProblem[]
  /** How much was looked at, so that a check of nothing is not taken for a good one. */
  examined: { files: number; services: number; expressions: number; texts: number; examples: number }
}

export function checkCountry(
  loaded: LoadedCountry,
  { offers, checkTable, checkProcess, checkLetter }: CheckNeeds = {},
): CheckReport {
  const { country, files, declared } = loaded
  const before = Object.fromEntries(Object.values(files).map((file) => [file.path, file.problems.length]))
  const examined = { files: Object.keys(files).length, services: 0, expressions: 0, texts: 0, examples: 0 }
  const beside: CheckProblem[] = []
  if (country !== undefined) {
    checkDeclarations(country, files, declared)
    for (const service of Object.values(country.services)) {
      const file = files[`services/${service.id}/service.yaml`]
      if (file === undefined) continue
      examined.services++
      examined.expressions += checkPublicService({
        service,
        country,
        declared,
        file,
        offers,
        checkTable,
        ...(checkProcess === undefined ? {} : { checkProcess }),
        reportBeside: (problem) => beside.push(problem),
      })
      examined.texts += checkTexts({ service, country, files })
      const examples = country.examples[service.id] ?? []
      examined.examples += examples.length
      if (examples.length === 0 && service.status !== 'draft')
        file.report(['service'], {
          code: 'no-example',
          message: 'the service has no examples',
          mend: `add examples/*.yaml that say what must come of it`,
        })
      for (const [path, source] of Object.entries(service.files))
        if (path.endsWith('.typ'))
          beside.push(
            ...(checkLetter?.(source) ?? []).map((problem) => ({
              ...problem,
              file: `services/${service.id}/${path}`,
              code: 'letter',
              mend: 'mend the template',
              severity: 'error' as const,
            })),
          )
    }
  }
  // The faults that loading found are in `loaded.problems` already; what is new now comes after them.
  const found = Object.values(files).flatMap((file) => file.problems.splice(before[file.path] ?? 0))
  const problems = unique([...loaded.problems, ...found, ...beside])
  return { problems: problems.sort(byPlace), examined }
}

/** The country with every service that cannot run yet as a draft, whatever its file says. */
export function ready(country: Country, { problems }: Pick<CheckReport, 'problems'>, offers: Offers): Country {
  const broken = (folder: string) =>
    problems.some(
      ({ file, severity }) => severity === 'error' && file.startsWith(folder) && !file.includes('/examples/'),
    )
  const services = Object.values(country.services).map((service) => {
    const runs = service.needs.every((need) => isOffered(need, offers)) && !broken(`services/${service.id}/`)
    return [service.id, runs || service.status !== 'active' ? service : { ...service, status: 'draft' as const }]
  })
  return { ...country, services: Object.fromEntries(services) }
}

/** One fault may be found on several ways through a flow. */
function unique(problems: CheckProblem[]): CheckProblem[] {
  const seen = new Map(
    problems.map((problem) => [`${problem.file}:${problem.line}:${problem.column}:${problem.message}`, problem]),
  )
  return [...seen.values()]
}

const byPlace = (a: CheckProblem, b: CheckProblem): number =>
  a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || a.column - b.column
