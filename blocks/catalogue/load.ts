// Reads the folder of a country: every file by its schema, every definition compiled, every fault with its place.
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { nearest } from '@ashlar/kernel/language'
import type { CheckProblem } from './check-problem.ts'
import { toAgency, toAgreement, toCountry, toLifeEvent, toPublicService, toRegister, toStaff } from './compile.ts'
import type { Country, Example } from './country.ts'
import { formatDocument } from './format.ts'
import type {
  AgencySource,
  AgreementSource,
  CountrySource,
  ExampleSource,
  LifeEventSource,
  PopulationSource,
  RegisterSource,
  StaffSource,
} from './schema/country.ts'
import { type FileKind, fileKinds } from './schema/kinds.ts'
import type { ServiceSource } from './schema/service.ts'
import { readSource, type SourceFile } from './source-file.ts'

export interface LoadedCountry {
  folder: string
  /** Undefined if country.yaml itself cannot be read. What has faults of form is left out. */
  country: Country | undefined
  /** Faults of form: what is no YAML, or does not keep to its schema. `checkCountry` finds the rest. */
  problems: CheckProblem[]
  files: Record<string, LoadedFile>
  /** The ids that files stand for, also those that cannot be read: their own fault is told, and no other after it. */
  declared: Declared
}

export interface Declared {
  agencies: string[]
  registers: string[]
  agreements: string[]
  lifeEvents: string[]
}

export interface LoadedFile extends SourceFile {
  kind: FileKind
}

/** Files that one folder may hold, and bytes that all of them together may have. */
const most = { files: 5_000, bytes: 50_000_000 }
const kept = /\.(yaml|typ|svg|bpmn|dmn)$/

export async function loadCountry(folder: string | URL): Promise<LoadedCountry> {
  const root = folder instanceof URL ? fileURLToPath(folder) : folder
  return readCountry(root, await readFolder(root))
}

async function readFolder(root: string): Promise<Map<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile() && kept.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .filter((name) => !name.split('/').some((part) => part.startsWith('.') || part === 'node_modules'))
    .sort()
  if (paths.length > most.files) throw new Error(`${root} holds more than ${most.files} files`)
  const contents = await Promise.all(paths.map((name) => readFile(path.join(root, name), 'utf8')))
  if (contents.reduce((sum, text) => sum + text.length, 0) > most.bytes)
    throw new Error(`${root} holds more than ${most.bytes} bytes`)
  return new Map(paths.map((name, n) => [name, contents[n] ?? '']))
}

/** The same from file contents by path, e.g. of the studio or of a repository. */
export function readCountry(folder: string, contents: ReadonlyMap<string, string>): LoadedCountry {
  const problems: CheckProblem[] = []
  const files: Record<string, LoadedFile> = {}
  for (const [name, source] of contents) {
    if (!name.endsWith('.yaml')) continue
    const kind = fileKinds.find(({ path }) => path.test(name))
    if (kind === undefined) {
      problems.push(strayFile(name))
      continue
    }
    const file = readSource(name, source, kind.schema)
    checkName(file, kind)
    problems.push(...file.problems)
    files[name] = Object.assign(file, { kind })
  }
  const country = build(files, contents)
  if (files['country.yaml'] === undefined)
    problems.push({
      file: 'country.yaml',
      line: 1,
      column: 1,
      code: 'missing-file',
      message: 'the folder has no country.yaml',
      mend: 'add it: it names the country, its languages and its currency',
      severity: 'error',
    })
  const idsIn = (place: string) =>
    [...contents.keys()]
      .filter((name) => name.startsWith(place) && name.endsWith('.yaml'))
      .map((name) => name.slice(place.length, -'.yaml'.length))
  const declared = {
    agencies: idsIn('agencies/'),
    registers: idsIn('registries/'),
    agreements: idsIn('agreements/'),
    lifeEvents: idsIn('life-events/'),
  }
  return { folder, country, problems, files, declared }
}

function strayFile(file: string): CheckProblem {
  const places = ['country.yaml', 'agencies', 'registries', 'agreements', 'services', 'life-events', 'texts']
  const near = nearest(file.split('/')[0] ?? '', [...places, 'staff.yaml', 'population.yaml'])
  return {
    file,
    line: 1,
    column: 1,
    code: 'unknown-file',
    message: 'no file of a country stands here',
    mend: near === undefined ? `move it: a country has ${places.join(', ')}` : `move it to '${near}'`,
    severity: 'error',
  }
}

/** A file and what it defines have one name, so that each is found by the other. */
function checkName(file: SourceFile, { named, name }: FileKind): void {
  if (named === undefined) return
  const value = (file.value as Record<string, unknown> | undefined)?.[named]
  const parts = file.path.split('/')
  const expected = name === 'service' ? parts[1] : parts.at(-1)?.replace('.yaml', '')
  if (typeof value === 'string' && value !== expected)
    file.report([named], {
      code: 'name-differs',
      message: `this is called '${value}', but stands in '${expected}'`,
      mend: `write '${expected}', or rename the ${name === 'service' ? 'folder' : 'file'}`,
    })
}

function build(files: Record<string, LoadedFile>, contents: ReadonlyMap<string, string>): Country | undefined {
  const sound = Object.values(files).filter((file) => file.problems.every(({ code }) => code === 'name-differs'))
  const of = <T>(kind: string): T[] => sound.filter((file) => file.kind.name === kind).map((file) => file.value as T)
  const [source] = of<CountrySource>('country')
  if (source === undefined) return undefined

  const languages = source.languages.map(({ code }) => code)
  const emblem = source.theme?.emblem
  const base = toCountry(source, emblem === undefined ? undefined : contents.get(emblem))
  const registers = byId(of<RegisterSource>('register').map(toRegister))
  const staff = of<StaffSource>('staff')[0]
  const [population] = of<PopulationSource>('population')
  const services = sound
    .filter((file) => file.kind.name === 'service')
    .map((file) => {
      const folder = file.path.slice(0, -'service.yaml'.length)
      const texts = textsIn(sound, `${folder}texts/`)
      const others = [...contents].filter(([name]) => name.startsWith(folder) && !name.endsWith('.yaml'))
      return toPublicService({
        source: file.value as ServiceSource,
        hash: hashOf(folder, contents, files),
        texts,
        files: Object.fromEntries(others.map(([name, text]) => [name.slice(folder.length), text])),
        languages,
        registers,
      })
    })
  return {
    ...base,
    agencies: byId(of<AgencySource>('agency').map(toAgency)),
    registers,
    agreements: byId(of<AgreementSource>('agreement').map((agreement) => toAgreement(agreement, registers))),
    services: byId(services),
    lifeEvents: byId(of<LifeEventSource>('life-event').map(toLifeEvent)),
    roles: staff?.roles ?? {},
    leads: staff?.leads ?? [],
    skills: staff?.skills ?? {},
    teams: staff?.teams ?? [],
    staff: staff === undefined ? {} : toStaff(staff, languages[0] ?? 'en'),
    texts: textsIn(sound, 'texts/'),
    examples: examplesOf(sound),
    ...(population === undefined ? {} : { population }),
  }
}

const byId = <T extends { id: string }>(things: T[]): Record<string, T> =>
  Object.fromEntries(things.map((thing) => [thing.id, thing]))

/** Content addressing: the canonical bytes of every file of a folder, examples left out, in the order of their names. */
function hashOf(folder: string, contents: ReadonlyMap<string, string>, files: Record<string, LoadedFile>): string {
  const hash = createHash('sha256')
  for (const [name, text] of [...contents].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!name.startsWith(folder) || name.startsWith(`${folder}examples/`)) continue
    const file = files[name]
    const bytes = file === undefined ? text : formatDocument(file.document, text)
    hash.update(`${name.slice(folder.length)}\0${Buffer.byteLength(bytes)}\0${bytes}`)
  }
  return hash.digest('hex')
}

interface Tree {
  [key: string]: string | Tree
}

function textsIn(files: LoadedFile[], folder: string): Record<string, Record<string, string>> {
  const found = files.filter(({ kind, path }) => kind.name === 'texts' && path.startsWith(folder))
  return Object.fromEntries(
    found.map(({ path, value }) => [path.slice(folder.length, -'.yaml'.length), flat(value as Tree)]),
  )
}

function flat(tree: Tree, prefix = '', into: Record<string, string> = {}): Record<string, string> {
  for (const [key, value] of Object.entries(tree))
    if (typeof value === 'string') into[prefix + key] = value.trimEnd()
    else flat(value, `${prefix}${key}.`, into)
  return into
}

function examplesOf(files: LoadedFile[]): Record<string, Example[]> {
  const examples: Record<string, Example[]> = {}
  for (const { kind, path, value } of files) {
    if (kind.name !== 'example') continue
    const service = path.split('/')[1] ?? ''
    const list = examples[service] ?? []
    examples[service] = list
    list.push({ ...(value as ExampleSource), service, file: path })
  }
  return examples
}
