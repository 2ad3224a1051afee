// Values as texts, as string(…) gives them.
import { allocate, spend } from './budget.ts'
import { type FeelNumber, formatNumber } from './number.ts'
import { type FeelContext, type FeelFunction, type FeelList, type FeelRange, type FeelValue, kindOf } from './values.ts'

/** The text of a value, as `string(…)` gives it: a string bare, and quoted inside a list or context. */
export function format(value: FeelValue, inside = false): string {
  spend(1)
  switch (kindOf(value)) {
    case 'null':
      return 'null'
    case 'boolean':
      return String(value)
    case 'string':
      allocate((value as string).length)
      return inside ? quote(value as string) : (value as string)
    case 'number':
      return formatNumber(value as FeelNumber)
    case 'list':
      return `[${(value as FeelList).map((item) => format(item, true)).join(', ')}]`
    case 'context': {
      const entries = Object.entries(value as FeelContext)
      return `{${entries.map(([name, entry]) => `${formatKey(name)}: ${format(entry, true)}`).join(', ')}}`
    }
    case 'range':
      return formatRange(value as FeelRange)
    case 'function':
      return `function ${(value as FeelFunction).name}`
    default:
      return inside ? `@"${value}"` : String(value)
  }
}

const quote = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`

const formatKey = (name: string): string => (/^[\p{L}_][\p{L}\p{N}_ ]*$/u.test(name) ? name : quote(name))

function formatRange(range: FeelRange): string {
  if (range.operator) {
    return `${range.operator} ${format(range.operator.startsWith('<') ? range.end : range.start, true)}`
  }
  const ends = `${format(range.start, true)}..${format(range.end, true)}`
  return `${range.startIncluded ? '[' : '('}${ends}${range.endIncluded ? ']' : ')'}`
}
