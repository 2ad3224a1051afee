// `ashlar new`: a small, working start of a public service, a country, a block or a decision; checked before it is shown.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Country, toLine } from '@ashlar/catalogue'
import { nearest } from '@ashlar/kernel/language'
import { readSettings } from '@ashlar/server'
import { type Arguments, settingsOf, UsageError } from './arguments.ts'
import { readCountryFolder } from './country.ts'
import { type Place, toTitle, writeTemplate } from './template.ts'
import { testCountry } from './test.ts'

const house = fileURLToPath(new URL('../../', import.meta.url))

/** What was made: its folder or file, and what to do now. */
interface Made {
  files: string[]
  next: string[]
}

const kinds: Record<string, (name: string, place: { root: string; country: string }) => Promise<Made>> = {
  service: (name, { country }) => newPublicService(name, country),
  country: (name, { country }) => newCountry(name, dirname(resolve(country))),
  block: (name, { root }) => newBlock(name, root),
  decision: (name, { root }) => newDecision(name, root),
}

export async function create({ words: [kind = '', ...rest], flags }: Arguments): Promise<number> {
  const { values } = readSettings(settingsOf(flags))
  const { files, next } = await make(kind, rest.join(' '), { root: house, country: values.country.folder })
  for (const file of files) console.log(file)
  for (const line of next) console.error(line)
  return 0
}

/** Throws UsageError for a kind or name that will not do, and a plain error if the thing stands already. */
export async function make(kind: string, name: string, place: { root: string; country: string }): Promise<Made> {
  const maker = kinds[kind]
  if (!maker) {
    const meant = nearest(kind, Object.keys(kinds))
    const said = kind
      ? `There is no "${kind}" to make.${meant ? ` Did you mean "${meant}"?` : ''}`
      : 'What shall it be?'
    throw new UsageError(`${said} Say: npx ashlar new ${Object.keys(kinds).join('|')} <name>`)
  }
  return maker(name, place)
}

const drawers = [
  'utils',
  'util',
  'helpers',
  'helper',
  'common',
  'shared',
  'misc',
  'lib',
  'kernel',
  'service',
  'services',
]

const kebab = { pattern: /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, between: '-', of: 'small letters, digits and hyphens' }
const oneWord = { pattern: /^[a-z][a-z0-9]*$/, between: '', of: 'small letters and digits' }

function checkName(name: string, what: string, { pattern, between, of } = kebab): void {
  if (!name) throw new UsageError(`Name the ${what}: npx ashlar new ${what} <name>`)
  if (!pattern.test(name) || name.length > 40) {
    const words =
      name
        .normalize('NFD')
        .replace(/\p{M}/gu, '')
        .toLowerCase()
        .match(/[a-z0-9]+/g) ?? []
    const better = words
      .join(between)
      .replace(/^[0-9-]+/, '')
      .slice(0, 40)
    throw new UsageError(`"${name}" will not do as a name: ${of}, 40 at most${better ? `, e.g. ${better}` : ''}.`)
  }
  if (drawers.includes(name)) throw new UsageError(`"${name}" does not say what the ${what} does: name it by that.`)
}

/** In the name of an officer of the country, so that there is somebody to decide. */
async function newPublicService(name: string, folder: string): Promise<Made> {
  checkName(name, 'service')
  const target = join(folder, 'services', name)
  refuseExisting(target)
  const { loaded } = await readCountryFolder(folder)
  const { country } = loaded
  if (!country) throw new Error(`${folder} holds no country that can be read: run npx ashlar check ${folder}`)
  const officer = Object.values(country.staff).find(({ roles }) => roles.length > 0)
  if (!officer) throw new Error(`${folder} has no officer who could decide: add one to staff.yaml first.`)

  const place: Place = {
    target,
    name,
    words: { agency: officer.agency, role: officer.roles[0]!, PREFIX: freePrefix(name, country) },
  }
  const files = [
    ...writeTemplate('service', place, (file) => !file.startsWith('texts/')),
    ...country.languages.flatMap(({ code }) => writeTemplate('service', place, textsIn(code), `texts/${code}.yaml`)),
  ]
  await prove(folder, name).catch((error: unknown) => {
    rmSync(target, { recursive: true, force: true })
    throw error
  })
  return {
    files,
    next: [
      `It passes check and test. Change ${join(target, 'service.yaml')}, then:`,
      `  npx ashlar check ${folder}`,
      `  npx ashlar test ${folder} ${name}`,
      '  npm start',
    ],
  }
}

const written = readdirSync(new URL('./templates/service/texts/', import.meta.url))

/** The texts in the language, or the English ones to be translated. */
const textsIn = (code: string) => (file: string) =>
  file === `texts/${written.includes(`${code}.yaml`) ? code : 'en'}.yaml`

/** Two letters of the name that no other service of the country has in its references. */
function freePrefix(name: string, { services }: Country): string {
  const taken = new Set(Object.values(services).map(({ prefix }) => prefix))
  const letters = [...name.replaceAll(/[^a-z]/g, '').toUpperCase(), ...'ABCDEFGHJKLMNPQRSTUVWXYZ']
  const initials = name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase())
    .join('')
  const pairs = letters.flatMap((first) => letters.map((second) => first + second))
  return [initials.slice(0, 2), ...pairs].find((pair) => /^[A-Z]{2}$/.test(pair) && !taken.has(pair)) ?? 'XX'
}

/** What we wrote ourselves must be right, in this country, too. */
async function prove(folder: string, name: string): Promise<void> {
  const { report } = await readCountryFolder(folder)
  const wrong = report.problems.filter(
    ({ file, severity }) => severity === 'error' && file.startsWith(`services/${name}/`),
  )
  const tested = wrong.length ? [] : await testCountry(folder, [name])
  const failed = tested.flatMap(({ results }) => results).filter(({ failures }) => failures.length)
  if (!wrong.length && !failed.length) return
  throw new Error(
    `In this country the start would not be right, so nothing was written:\n${[
      ...wrong.map(toLine),
      ...failed.map(({ example, failures }) => `${example}: ${JSON.stringify(failures)}`),
    ].join('\n')}`,
  )
}

async function newCountry(name: string, folder: string): Promise<Made> {
  checkName(name, 'country')
  const target = join(folder, name)
  refuseExisting(target)
  const files = writeTemplate('country', { target, name, words: {} })
  const { files: more } = await newPublicService('example-permit', target)
  return {
    files: [...files, ...more],
    next: [
      `It passes check and test, and runs: npm start -- --country ${target} --data ./data-${name}`,
      `  npx ashlar new service fishing-licence --country ${target}`,
    ],
  }
}

/** A block's name is the name of its schema and of its role, too. */
async function newBlock(name: string, root: string): Promise<Made> {
  checkName(name, 'block', oneWord)
  const target = join(root, 'blocks', name)
  refuseExisting(target)
  const files = writeTemplate('block', { target, name, words: {} })
  return {
    files,
    next: [
      'It compiles and has one test. Then:',
      '  npm install                          so that the lock file knows it',
      `  node --test 'blocks/${name}/*.test.ts'`,
      '  apps/server/blocks.ts and house.ts   wire it in, when somebody needs it',
    ],
  }
}

async function newDecision(name: string, root: string): Promise<Made> {
  const title = name.trim()
  if (!title) throw new UsageError('Name the decision: npx ashlar new decision "Letters are printed twice"')
  const slug = title
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
  if (!slug) throw new UsageError(`"${title}" gives no file name: use some letters a–z.`)
  const folder = join(root, 'docs/decisions')
  const standing = existsSync(folder) ? readdirSync(folder) : []
  const same = standing.find((file) => file.replace(/^\d+-|\.md$/g, '') === slug)
  if (same) throw new Error(`${join(folder, same)} stands already; nothing was written.`)
  const number = Math.max(0, ...standing.map((file) => Number(/^(\d{4})-/.exec(file)?.[1] ?? 0))) + 1
  const file = `${String(number).padStart(4, '0')}-${slug}.md`
  const words = { number: String(number), Title: title.includes('-') && !title.includes(' ') ? toTitle(title) : title }
  return {
    files: writeTemplate('decision', { target: folder, name: slug, words }, undefined, file),
    next: ['Fill it in: context, decision, consequences; half a page.'],
  }
}

function refuseExisting(target: string): void {
  if (existsSync(target))
    throw new Error(`${basename(target)} stands already in ${dirname(target)}; nothing was written.`)
}
