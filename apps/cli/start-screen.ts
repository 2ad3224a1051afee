// The start screen: few lines, all useful.
import type { ReadyMessage } from '@ashlar/server'

interface Facts {
  seconds: number
  folder: string
  kind: 'embedded' | 'operator'
}

const colours = process.stdout.isTTY && !process.env.NO_COLOR
const bold = (text: string) => (colours ? `\x1b[1m${text}\x1b[0m` : text)
const dim = (text: string) => (colours ? `\x1b[2m${text}\x1b[0m` : text)

export function startScreen(ready: ReadyMessage, { seconds, folder, kind }: Facts): string {
  const head = `${bold(ready.country)} · demo country`
  const right = `v${ready.version} · ready in ${seconds} s`
  const width = Math.max(...ready.doors.map(({ about }) => about.length)) + 2
  const reach = Math.max(...ready.doors.map(({ path }) => (ready.url + path).length)) + 3
  const doors = ready.doors.map(
    ({ path, about, note }) => `  ${about.padEnd(width)}${bold((ready.url + path).padEnd(reach))}${dim(note)}`,
  )
  return [
    '',
    `  ${head}${' '.repeat(Math.max(2, 78 - ready.country.length - 15 - right.length))}${dim(right)}`,
    '',
    ...doors,
    '',
    `  Data  ${folder} (${kind === 'embedded' ? 'embedded PostgreSQL' : 'your PostgreSQL'})   ${ready.people.toLocaleString('en').replaceAll(',', ' ')} invented people. Only this computer can connect.`,
    '  Try   npx ashlar check   ·   npx ashlar clock +7d   ·   npx ashlar doctor',
    ...(process.stdin.isTTY && process.stdout.isTTY ? ['  Keys  o open   q quit'] : []),
    '',
  ].join('\n')
}
