// The serving process has no right to spawn or to write code (D14): tried with its own arguments, and without them it refuses.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Figure, figure } from './figure.ts'
import type { Product } from './product.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Each attempt says 'did it' or throws; only the last one may do it. */
const probe = (data: string) => `
const { writeFileSync } = await import('node:fs')
const attempts = {
  'spawn a program': async () => (await import('node:child_process')).spawnSync('/bin/true'),
  'write into the program': () => writeFileSync(${JSON.stringify(join(root, 'apps/server/planted.ts'))}, ''),
  'write into the packages': () => writeFileSync(${JSON.stringify(join(root, 'node_modules/planted.js'))}, ''),
  'write into /tmp': () => writeFileSync('/tmp/ashlar-planted-${process.pid}', ''),
  'write into the home folder': () => writeFileSync((process.env.HOME ?? '/root') + '/planted', ''),
  'read the secrets of the installation': async () => (await import('node:fs')).readFileSync(${JSON.stringify(join(data, 'secrets.json'))}),
  'read the database’s files': async () => (await import('node:fs')).readFileSync(${JSON.stringify(join(data, 'postgres/secret'))}),
  'attach a debugger': async () => (await import('node:inspector')).open(0),
  'load a native addon from the data folder': () => {
    process.dlopen({ exports: {} }, ${JSON.stringify(join(data, 'files/planted.node'))})
  },
  'write into the data folder': () => writeFileSync(${JSON.stringify(join(data, 'files/planted'))}, ''),
}
const told = {}
for (const [what, attempt] of Object.entries(attempts))
  told[what] = await Promise.resolve().then(attempt).then(() => 'did it', (error) => error.code ?? error.message)
console.log(JSON.stringify(told))
process.exit(0)`

export async function cannotHarm(product: Product): Promise<Figure[]> {
  const pid = product.server()!
  const given = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean)
  const rights = given.slice(
    1,
    given.findIndex((part) => part.endsWith('apps/server/main.ts')),
  )
  const told = JSON.parse(await say([...rights, '--input-type=module', '-e', probe(product.data)])) as Record<
    string,
    string
  >
  const { 'write into the data folder': allowed, ...forbidden } = told
  const findings = Object.entries(forbidden)
    .filter(([, answer]) => answer !== 'ERR_ACCESS_DENIED' && answer !== 'ERR_DLOPEN_DISABLED')
    .map(([what, answer]) => `${what}: ${answer}`)

  const folder = mkdtempSync(join(product.data, 'free-'))
  const free = await say(['--no-warnings', '-e', freely]).catch((error: Error) => error.message)
  rmSync(folder, { recursive: true, force: true })
  return [
    figure('D14', 'What the serving process could do beyond its work', findings.length, '= 0', {
      examined: Object.keys(forbidden).length,
      findings,
    }),
    figure('D14', 'Control: with the same arguments it can write its data', allowed === 'did it' ? 1 : 0, '= 1'),
    figure(
      'D14',
      'Started with more rights than it needs, it refuses',
      /more rights than it needs/.test(free) ? 1 : 0,
      '= 1',
      {
        findings: [free.slice(0, 200)],
      },
    ),
  ]
}

/** As the launcher does it, but without taking its rights away. */
const freely = `
const { fork } = require('node:child_process')
const child = fork(${JSON.stringify(join(root, 'apps/server/main.ts'))}, [], { execArgv: ['--no-warnings'], stdio: 'ignore' })
child.on('message', (answer) => { console.log(JSON.stringify(answer)); child.kill() })
child.send({ settings: { log: { level: 'silent' } } })`

function say(given: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, given, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let [said, complaint] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
    child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString('utf8')))
    child.on('close', (code) => (said ? resolve(said) : reject(new Error(`${code}: ${complaint.slice(0, 2000)}`))))
  })
}
