// What a letter template may do: draw what it was given. Loading anything else, or computing for long, is refused unread.

/** Words of Typst that reach outside the template or make work without bound. */
const forbidden: { words: RegExp; why: string }[] = [
  { words: /\b(import|include)\b(?!\s+"\/letter\.typ")/, why: 'only "/letter.typ" can be imported' },
  { words: /\beval\b/, why: 'data is never run as code, so there is no eval' },
  { words: /\bplugin\b/, why: 'plugins are code' },
  { words: /\b(read|csv|yaml|toml|xml|cbor|bibliography)\s*\(/, why: 'files cannot be read; everything comes as data' },
  { words: /\bwhile\b/, why: 'a loop goes over the facts: use for' },
  { words: /\brange\s*\(/, why: 'a loop goes over the facts: range is not offered' },
]

export interface TemplateProblem {
  line: number
  column: number
  message: string
}

/** Everything in a template that is refused, with its place. An empty list means that it may be printed. */
export function checkTemplate(source: string): TemplateProblem[] {
  return source.split('\n').flatMap((text, index) =>
    forbidden.flatMap(({ words, why }) => {
      const found = words.exec(withoutComment(text))
      return found ? [{ line: index + 1, column: found.index + 1, message: `'${found[0].trim()}': ${why}` }] : []
    }),
  )
}

const withoutComment = (line: string): string => line.replace(/(^|\s)\/\/.*$/, '$1')
