// The page of events: what each block tells, and who listens.
import { code, page, table } from '../markdown.ts'
import { sourcesOf } from '../sources.ts'

interface Told {
  by: Set<string>
  heard: Set<string>
  watched: Set<string>
}

export async function eventsPage(root: string): Promise<string> {
  const events = new Map<string, Told>()
  const of = (type: string): Told => {
    const known = events.get(type) ?? { by: new Set(), heard: new Set(), watched: new Set() }
    events.set(type, known)
    return known
  }
  for (const { path, home, text } of await sourcesOf(root, ['blocks', 'apps'])) {
    const named = [...text.matchAll(/\btype: '([a-z]+\.[a-z-]+)'/g)].map(([, type]) => type!)
    if (/publish/.test(text)) for (const type of named) of(type).by.add(home)
    else if (/\.watch\(/.test(text)) for (const type of named) of(type).watched.add(home)
    for (const [, type, name] of text.matchAll(/\.subscribe(?:All)?\(\s*'([a-z]+\.[a-z-]+)',\s*'([^']+)'/g))
      of(type!).heard.add(`${name} (${path})`)
    for (const [, type] of text.matchAll(/\.watch\(\s*'([a-z]+\.[a-z-]+)'/g)) of(type!).watched.add(home)
  }
  const list = (names: Set<string>) => [...names].sort().join(', ')
  return page(
    'Events',
    'the calls of publish, subscribe and watch',
    `An event is written in the transaction of the change that it tells (an outbox), and delivered to each subscriber at least
once. It carries references, never a person. Watchers hear it after the commit, only while they listen: for pages that
renew themselves.`,
    table(
      ['event', 'told by', 'subscribers', 'watchers'],
      [...events]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([type, { by, heard, watched }]) => [code(type), list(by), list(heard), list(watched)]),
    ),
  )
}
