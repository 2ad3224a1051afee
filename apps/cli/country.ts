// Loads and checks a country's folder with everything that this house knows.
import {
  type CheckProblem,
  type CheckReport,
  type Country,
  checkCountry,
  type LoadedCountry,
  loadCountry,
  ready,
} from '@ashlar/catalogue'
import { checkTable } from '@ashlar/decisions'
import { offers } from '@ashlar/server/offers'
import { checkTemplate } from '@ashlar/typst'
import { checkProcess } from '@ashlar/workflow'

export interface CheckedCountry {
  loaded: LoadedCountry
  report: CheckReport
}

/** Throws a plain error if the folder holds no country. */
export async function readCountryFolder(folder: string): Promise<CheckedCountry> {
  const loaded = await loadCountry(folder)
  return { loaded, report: checkCountry(loaded, { offers, checkTable, checkProcess, checkLetter: checkTemplate }) }
}

/** What cannot run yet is a draft, whatever its file says; a country that cannot be read at all is an error. */
export async function readyCountry(folder: string): Promise<Country> {
  const { loaded, report } = await readCountryFolder(folder)
  if (loaded.country) return ready(loaded.country, report, offers)
  throw new Error(report.problems.map(({ file, line, message }) => `${file}:${line} ${message}`).join('\n'))
}

/** For the house's own check: how many texts were looked at, and what stops the country from being published. */
export async function checkCountryFolder(folder: string): Promise<{ texts: number; problems: CheckProblem[] }> {
  const { report } = await readCountryFolder(folder)
  return { texts: report.examined.texts, problems: report.problems.filter(({ severity }) => severity === 'error') }
}
