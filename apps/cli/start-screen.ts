// The start screen: few lines, all useful.
import type { ReadyMessage } from '@ashlar/server'

interface Facts {
  seconds: number
  folder: string
  kind: 'embedded' | 'operator'
  /** The address that it listens on. */
  host: string
}

const colours = process.stdout.isTTY && !process.env.NO_COLOR
const bold = (text: string) => (colours ? `\x1b[1m${text}\x1b[0m` : text)
const dim = (text: string) => (colours ? `\x1b[2m${text}\x1b[0m` : text)
const loopback = ['127.0.0.1', '::1', 'localhost']

export function startScreen(ready: ReadyMessage, { seconds, folder, kind, host }: Facts): string {
  const isDemo = ready.doors.some(({ path }) => path === '/demo')
  const title = isDemo ? `${ready.country} · demo country` : ready.country
  const right = `v${ready.version} · ready in ${seconds} s`
  const width = Math.max(...ready.doors.map(({ about }) => about.length)) + 2
  const reach = Math.max(...ready.doors.map(({ path }) => (ready.url + path).length)) + 3
  const doors = ready.doors.map(
    ({ path, about, note }) => `  ${about.padEnd(width)}${bold((ready.url + path).padEnd(reach))}${dim(note)}`,
  )
  const people = isDemo ? `   ${ready.people.toLocaleString('en').replaceAll(',', ' ')} invented people.` : ''
  const reached = loopback.includes(host) ? 'Only this computer can connect.' : `Others can connect, at ${host}.`
  return [
    '',
    `  ${bold(ready.country)}${title.slice(ready.country.length)}${' '.repeat(Math.max(2, 78 - title.length - right.length))}${dim(right)}`,
    '',
    ...doors,
    '',
    `  Data  ${folder} (${kind === 'embedded' ? 'embedded PostgreSQL' : 'your PostgreSQL'})${people}   ${reached}`,
    `  Try   npx ashlar check   ·   ${isDemo ? 'npx ashlar clock +7d   ·   ' : ''}npx ashlar doctor`,
    ...(process.stdin.isTTY && process.stdout.isTTY ? ['  Keys  o open   q quit'] : []),
    '',
  ].join('\n')
}
