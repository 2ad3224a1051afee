// Examines the country's folder: it is there, can be read, and nothing in it stops it from being published.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { toLine } from '@ashlar/catalogue'
import type { Settings } from '@ashlar/server'
import { readCountryFolder } from '../country.ts'
import { type Finding, fault, fine, type Surroundings } from './finding.ts'

export async function examineCountry(_at: Surroundings, { country }: Settings): Promise<Finding[]> {
  const folder = resolve(country.folder)
  if (!existsSync(join(folder, 'country.yaml')))
    return [
      fault(
        'country',
        `${folder} holds no country.yaml.`,
        'name the folder with --country, or make one: npx ashlar new country',
      ),
    ]
  const { report } = await readCountryFolder(folder)
  const errors = report.problems.filter(({ severity }) => severity === 'error')
  if (!errors.length) return [fine('country', `${country.folder}: ${report.examined.services} services in order`)]
  return [
    fault(
      'country',
      `${errors.length} errors in ${country.folder}:\n${errors.slice(0, 3).map(toLine).join('\n')}`,
      `see them all with npx ashlar check ${country.folder}`,
    ),
  ]
}
