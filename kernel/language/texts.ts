// All texts of the house in all its languages: ICU MessageFormat, read once, each compiled when first used.
import { IntlMessageFormat } from 'intl-messageformat'
import { fromWallTime, isDay } from '../clock/index.ts'
import { flatten, type TextTree } from './files.ts'

export interface Language {
  /** BCP 47, also the name of the file: 'ar'. */
  code: string
  direction: 'ltr' | 'rtl'
  /** The locale whose numbers and dates are used, if it is another one: 'ar-EG'. */
  locale?: string
}

/** Money is formatted by `formatMoney` first. A day ('2026-03-29') may stand where a text formats a date. */
export type TextValues = Record<string, string | number | boolean | Date | null | undefined>

export interface TextProblem {
  language: string
  key: string
  kind: 'missing' | 'malformed' | 'unknown-placeholder'
  message: string
}

export interface Texts {
  languages: Language[]
  /** The text with its values. One that is missing falls back to the first language, then to its key. */
  text(language: string, key: string, values?: TextValues): string
  /** Whether the language itself has the text. */
  has(language: string, key: string): boolean
  /** Left to right for a language that is not one of ours. */
  direction(language: string): 'ltr' | 'rtl'
  /** The best of our languages for an Accept-Language header, else the first. */
  choose(acceptLanguage: string | undefined): string
  /** Every text that some language has and another has not. */
  missing(): TextProblem[]
  /** Missing texts, malformed ones, and placeholders that the first language does not know. */
  problems(): TextProblem[]
  /** Throws with the list of all problems, if there are any. */
  check(): void
  keys(): string[]
}

interface TextsOptions {
  /** The first one is the one to fall back to. */
  languages: Language[]
  /** By language; of several trees the later ones win, text by text. */
  texts: Record<string, TextTree> | Record<string, TextTree>[]
  /** The zone in which instants are written. */
  zone?: string
  /** Called at run time for each use of a text that the language lacks; count it, do not stop. */
  onMissing?: (language: string, key: string) => void
}

type Compiled = (values: TextValues) => string

export function createTexts({ languages, texts, zone = 'UTC', onMissing = () => {} }: TextsOptions): Texts {
  const fallback = languages[0]
  if (fallback === undefined) throw new Error('texts need at least one language')
  const malformed: TextProblem[] = []
  const sources = new Map(
    languages.map(({ code }) => {
      const flat = new Map<string, string>()
      const report = (key: string) => malformed.push({ language: code, key, kind: 'malformed', message: 'is no text' })
      for (const tree of Array.isArray(texts) ? texts : [texts])
        for (const [key, text] of flatten(tree[code] ?? {}, report)) flat.set(key, text)
      return [code, flat] as const
    }),
  )
  const byCode = new Map(languages.map((language) => [language.code, language]))
  const compiled = new Map(languages.map(({ code }) => [code, new Map<string, Compiled>()]))
  const allKeys = [...new Set([...sources.values()].flatMap((flat) => [...flat.keys()]))].sort()

  const find = (language: string, key: string): Compiled | undefined => {
    const ready = compiled.get(language)?.get(key)
    if (ready !== undefined) return ready
    const source = sources.get(language)?.get(key)
    if (source === undefined) return undefined
    const made = compile(source, byCode.get(language)!, zone)
    compiled.get(language)!.set(key, made)
    return made
  }

  const missing = (): TextProblem[] =>
    languages.flatMap(({ code }) =>
      allKeys
        .filter((key) => !sources.get(code)!.has(key))
        .map((key) => ({ language: code, key, kind: 'missing' as const, message: `has no text '${key}'` })),
    )

  const problems = (): TextProblem[] => {
    const found = [...malformed, ...missing()]
    const placeholders = new Map<string, Set<string>>()
    for (const { code } of languages)
      for (const [key, source] of sources.get(code)!) {
        try {
          const names = placeholdersOf(source, byCode.get(code)!)
          const first = placeholders.get(key)
          if (first === undefined) placeholders.set(key, names)
          else
            for (const name of names)
              if (!first.has(name))
                found.push({ language: code, key, kind: 'unknown-placeholder', message: `'${key}' uses {${name}}` })
        } catch (error) {
          const message = `'${key}' is not ICU MessageFormat: ${(error as Error).message}`
          found.push({ language: code, key, kind: 'malformed', message })
        }
      }
    return found
  }

  return {
    languages,
    has: (language, key) => sources.get(language)?.has(key) ?? false,
    direction: (language) => byCode.get(language)?.direction ?? 'ltr',
    choose: (header) => choose(languages, header),
    keys: () => allKeys,
    missing,
    problems,

    text: (language, key, values = {}) => {
      const found = find(language, key)
      if (found !== undefined) return found(values)
      onMissing(language, key)
      return find(fallback.code, key)?.(values) ?? key
    },

    check: () => {
      const found = problems()
      if (found.length > 0)
        throw new Error(`texts are not complete:\n${found.map((p) => `  ${p.language}: ${p.message}`).join('\n')}`)
    },
  }
}

type Part = ReturnType<IntlMessageFormat['getAst']>[number]

function parse(source: string, { code, locale }: Language, zone = 'UTC'): IntlMessageFormat {
  const styles = (kinds: Record<string, Intl.DateTimeFormatOptions>) =>
    Object.fromEntries(Object.entries(kinds).map(([name, options]) => [name, { ...options, timeZone: zone }]))
  const formats = {
    date: styles({
      short: { year: 'numeric', month: 'numeric', day: 'numeric' },
      medium: { year: 'numeric', month: 'short', day: 'numeric' },
      long: { year: 'numeric', month: 'long', day: 'numeric' },
      full: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' },
    }),
    time: styles({
      short: { hour: 'numeric', minute: 'numeric' },
      medium: { hour: 'numeric', minute: 'numeric', second: 'numeric' },
    }),
  }
  // Tags are text: markup belongs to the components, and a text with a '<' must not change meaning.
  return new IntlMessageFormat(source, locale ?? code, formats, { ignoreTag: true })
}

/** Numbers of the AST's node types as @formatjs/icu-messageformat-parser has them. */
const LITERAL = 0
const DATE = 3
const TIME = 4
const POUND = 7

function compile(source: string, language: Language, zone: string): Compiled {
  const message = parse(source, language, zone)
  const ast = message.getAst()
  if (ast.every((part) => part.type === LITERAL)) {
    const text = ast.map((part) => (part as { value: string }).value).join('')
    return () => text
  }
  const dates = new Set<string>()
  visit(ast, (part) => {
    if (part.type === DATE || part.type === TIME) dates.add((part as { value: string }).value)
  })
  return (values) => String(message.format(dates.size === 0 ? values : withDates(values, dates, zone)))
}

/** A day given as text becomes its noon in the zone, so that it is written as that very day. */
function withDates(values: TextValues, names: Set<string>, zone: string): TextValues {
  const read = { ...values }
  for (const name of names) {
    const value = read[name]
    if (typeof value !== 'string') continue
    const [year, month, day] = value.split('-').map(Number) as [number, number, number]
    read[name] = isDay(value)
      ? fromWallTime({ year, month, day, hour: 12, minute: 0, second: 0, millisecond: 0 }, zone)
      : new Date(value)
  }
  return read
}

function placeholdersOf(source: string, language: Language): Set<string> {
  const names = new Set<string>()
  visit(parse(source, language).getAst(), (part) => {
    if (part.type !== LITERAL && part.type !== POUND) names.add((part as { value: string }).value)
  })
  return names
}

function visit(parts: Part[], see: (part: Part) => void): void {
  for (const part of parts) {
    see(part)
    const options = (part as { options?: Record<string, { value: Part[] }> }).options
    if (options !== undefined) for (const option of Object.values(options)) visit(option.value, see)
  }
}

/** RFC 9110 Accept-Language by RFC 4647 lookup: 'ar-EG' finds 'ar'. */
function choose(languages: Language[], header: string | undefined): string {
  const wanted = (header ?? '')
    .slice(0, 200)
    .split(',')
    .map((part) => {
      const [range = '', ...parameters] = part.trim().toLowerCase().split(';')
      const q = parameters
        .map((parameter) => /^\s*q=([\d.]+)$/.exec(parameter)?.[1])
        .find((value) => value !== undefined)
      return { range: range.trim(), quality: q === undefined ? 1 : Number(q) }
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
  for (const { range } of wanted)
    for (let tag = range; tag !== ''; tag = tag.slice(0, Math.max(0, tag.lastIndexOf('-')))) {
      const found = languages.find(({ code }) => code.toLowerCase() === tag)
      if (found !== undefined) return found.code
    }
  return languages[0]!.code
}
