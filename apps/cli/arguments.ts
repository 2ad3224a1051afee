// Arguments of the command line: words and --flags; a flag may be --key=value, --key value, --key or --no-key.

export interface Arguments {
  words: string[]
  flags: Record<string, string | boolean>
}

export class UsageError extends Error {}

/** Flags that take no value, so that a word may follow them. */
const switches = new Set([
  'help',
  'json',
  'quiet',
  'yes',
  'no-input',
  'dry-run',
  'demo.public',
  'demo.enabled',
  'check',
  'open',
])

export function readArguments(given: string[]): Arguments {
  const words: string[] = []
  const flags: Record<string, string | boolean> = {}
  for (let at = 0; at < given.length; at += 1) {
    const part = given[at]!
    if (!part.startsWith('--')) {
      words.push(part)
      continue
    }
    const [key, value] = part.slice(2).split(/=(.*)/s) as [string, string | undefined]
    const following = given[at + 1]
    if (value !== undefined) flags[key] = value
    else if (switches.has(key) || following === undefined || following.startsWith('--')) flags[key] = true
    else {
      flags[key] = following
      at += 1
    }
  }
  return { words, flags }
}

/** Flags that are settings of the server, with the short names people expect; the others belong to the command. */
export function settingsOf(flags: Arguments['flags'], own: string[] = []): Arguments['flags'] {
  const short: Record<string, string> = {
    port: 'http.port',
    host: 'http.host',
    data: 'data.folder',
    country: 'country.folder',
    'demo-public': 'demo.public',
  }
  return Object.fromEntries(
    Object.entries(flags)
      .filter(([key]) => !own.includes(key))
      .map(([key, value]) => [short[key] ?? key, value]),
  )
}
