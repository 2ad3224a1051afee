// The doctor finds each fault that is planted, names its cause and says what mends it; and finds none where there is none.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { testServer } from '@ashlar/kernel/testing'
import { type Finding, type Surroundings, thisMachine } from './doctor/finding.ts'
import { examine } from './doctor.ts'

const house = fileURLToPath(new URL('../../', import.meta.url))
let scratch: string
let data: string
let healthy: Surroundings

before(() => {
  scratch = mkdtempSync(join(tmpdir(), 'ashlar-doctor-'))
  data = join(scratch, 'data')
})
after(() => rmSync(scratch, { recursive: true, force: true }))

beforeEach(() => {
  rmSync(data, { recursive: true, force: true })
  mkdirSync(data, { mode: 0o700 })
  healthy = {
    root: house,
    flags: { 'data.folder': data, 'http.port': '0', 'country.folder': join(house, 'tests/country/norland') },
    ...thisMachine,
    freeBytes: () => 50_000_000_000,
    freeMemory: () => 4_000_000_000,
  }
})

/** Writes a file into the data folder, with the folders around it. */
function plant(file: string, text: string): void {
  mkdirSync(dirname(join(data, file)), { recursive: true })
  writeFileSync(join(data, file), text, { mode: 0o600 })
}

/** The one thing that is not fine, which must be of this kind and say these words. */
async function finds(about: string, state: 'fault' | 'warning', told: RegExp, at: Partial<Surroundings> = {}) {
  const findings = await examine({ ...healthy, ...at, flags: { ...healthy.flags, ...at.flags } })
  const wrong = findings.filter((finding) => finding.state !== 'fine')
  assert.deepEqual(
    wrong.map((finding) => [finding.about, finding.state]),
    [[about, state]],
    JSON.stringify(wrong),
  )
  assert.match(wrong[0]!.says, told)
  assert.ok(wrong[0]!.mend, 'it says what mends it')
}

it('finds nothing wrong where nothing is', async () => {
  const findings = await examine(healthy)

  assert.deepEqual(
    findings.filter(({ state }: Finding) => state !== 'fine'),
    [],
  )
  assert.ok(findings.length >= 16, `${findings.length} things were examined`)
})

describe('the doctor finds', () => {
  it('a Node that is too old', () => finds('node', 'fault', /20\.19\.0.*22\.18/, { nodeVersion: '20.19.0' }))

  it('packages that are missing, before anything needs them', async () => {
    const root = join(scratch, 'empty')
    mkdirSync(join(root, 'node_modules/.bin'), { recursive: true })
    writeFileSync(join(root, 'node_modules/.bin/node'), '')
    cpSync(join(house, 'package.json'), join(root, 'package.json'))

    const findings = await examine({ ...healthy, root })

    const packages = findings.find(({ about }) => about === 'packages')
    assert.match(packages!.says, /fastify.*@ashlar\/kernel/)
    assert.match(packages!.mend!, /npm ci/)
  })

  it('a Node that did not come along', async () => {
    const root = join(scratch, 'without-node')
    mkdirSync(join(root, 'node_modules'), { recursive: true })
    cpSync(join(house, 'package.json'), join(root, 'package.json'))

    const findings = await examine({ ...healthy, root })

    assert.equal(findings.find(({ about }) => about === 'own node')?.state, 'warning')
  })

  it('that there is no embedded database and no typesetter for this machine', async () => {
    const findings = await examine({ ...healthy, platform: 'sunos-sparc' })

    const wrong = findings.filter(({ state }) => state === 'fault')
    assert.deepEqual(
      wrong.map(({ about }) => about),
      ['postgres', 'typesetter'],
    )
    assert.match(wrong[0]!.mend!, /DATABASE_URL/)
  })

  it('a setting that there is none of', () =>
    finds('settings', 'fault', /did you mean --http\.port/, { flags: { 'http.prot': '1' } }))

  it('a demo for everybody', () =>
    finds('settings', 'fault', /without a password/, { flags: { 'http.host': '0.0.0.0' } }))

  it('a data folder that is a file', () => {
    rmSync(data, { recursive: true })
    writeFileSync(data, '')
    return finds('data', 'fault', /is a file/)
  })

  it('a data folder that may not be written to', async (context) => {
    if (process.getuid?.() === 0) return context.skip('root may write everywhere')
    chmodSync(data, 0o500)
    await finds('data', 'fault', /may not be written to/)
    chmodSync(data, 0o700)
  })

  it('a data folder that is open to others', () => {
    chmodSync(data, 0o755)
    return finds('data', 'warning', /open to other users/)
  })

  it('secrets that others may read', () => {
    plant('secrets.json', '{}')
    chmodSync(join(data, 'secrets.json'), 0o644)
    return finds('secrets', 'fault', /open to other users/)
  })

  it('secrets that are damaged', () => {
    plant('secrets.json', '{"master":')
    return finds('secrets', 'fault', /is damaged/)
  })

  it('secrets that are gone while their data is there', () => {
    plant('postgres/cluster/PG_VERSION', '18\n')
    return finds('secrets', 'fault', /is gone, but there is data/)
  })

  it('a disk that is full, and one that soon will be', async () => {
    await finds('disk', 'fault', /would stop/, { freeBytes: () => 100_000_000 })
    await finds('disk', 'warning', /900 MB/, { freeBytes: () => 900_000_000 })
  })

  it('no place for sockets', () => finds('temporary', 'fault', /cannot be written/, { temporary: '/nowhere/at/all' }))

  it('too little memory', () => finds('memory', 'warning', /200 MB/, { freeMemory: () => 200_000_000 }))

  it('a port that is taken, and by whom', async () => {
    const taken = await listen()
    try {
      const { port } = taken.address() as { port: number }
      await finds('port', 'warning', new RegExp(`${port} is taken by process ${process.pid}: .*node`), {
        flags: { 'http.port': String(port) },
      })
    } finally {
      taken.close()
    }
  })

  it('an address that is not of this computer', () =>
    finds('port', 'fault', /no address of this computer/, {
      flags: { 'http.host': '192.0.2.1', 'http.port': '8080', 'demo.enabled': 'false' },
    }))

  it('the note of a start that was killed', async () => {
    plant('running.json', JSON.stringify({ url: 'http://localhost:1', key: 'k', pid: await endedProcess() }))
    await finds('running', 'warning', /has ended: that start was killed/)
  })

  it('a process that does not answer any more', () => {
    plant('running.json', JSON.stringify({ url: 'http://localhost:1', key: 'k', pid: process.pid }))
    return finds('running', 'fault', /alive, but .* does not answer/)
  })

  it('a database whose launcher was killed', async () => {
    plant('secrets.json', '{}')
    plant('postgres/cluster/PG_VERSION', '18\n')
    plant('postgres/cluster/postmaster.pid', `${process.pid}\n`)
    plant('postgres/owner.json', JSON.stringify({ pid: await endedProcess() }))
    await finds('database left', 'warning', new RegExp(`process ${process.pid}, but its launcher has ended`))
  })

  it('data of another PostgreSQL, of a test, or without durability', async () => {
    plant('secrets.json', '{}')
    plant('postgres/cluster/PG_VERSION', '17\n')
    await finds('database', 'fault', /made by PostgreSQL 17/)

    plant('postgres/cluster/PG_VERSION', '18\n')
    plant('postgres/cluster/postgresql.auto.conf', "# mine\nfsync = 'off'\n")
    await finds('database', 'fault', /postgresql\.auto\.conf: fsync = 'off'/)

    plant('postgres/only-for-tests', '')
    await finds('database', 'fault', /by a test/)
  })

  it('a database of one’s own that cannot be reached', () =>
    finds('database', 'fault', /cannot be reached/, {
      flags: { 'database.url': 'postgres://nobody@127.0.0.1:1/none' },
    }))

  it('a database of one’s own that forgets, and a clock that is apart from it', async () => {
    const { url } = await testServer()
    const flags = { ...healthy.flags, 'database.url': url }

    const findings = await examine({ ...healthy, flags, now: () => new Date(Date.now() + 60_000) })

    const wrong = findings.filter(({ state }) => state === 'fault')
    assert.match(wrong.find(({ about }) => about === 'database')!.says, /fsync/)
    assert.match(wrong.find(({ about }) => about === 'clock')!.says, /60 s apart/)
  })

  it('a country that is not there, and one with an error', async () => {
    await finds('country', 'fault', /no country\.yaml/, { flags: { 'country.folder': scratch } })

    const country = join(scratch, 'norland')
    cpSync(join(house, 'tests/country/norland'), country, { recursive: true })
    writeFileSync(join(country, 'agencies/mairie.yaml'), 'agency: [\n')
    await finds('country', 'fault', /agencies\/mairie\.yaml:\d+/, { flags: { 'country.folder': country } })
  })

  it('a clock that went back', () => {
    plant('secrets.json', '{}')
    const later = new Date(Date.now() + 3_600_000)
    utimesSync(join(data, 'secrets.json'), later, later)
    return finds('clock', 'fault', /its clock went back/)
  })
})

function listen(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve(server))
  })
}

/** The number of a process that is no more. */
function endedProcess(): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['-e', ''])
    child.on('close', () => resolve(child.pid!))
  })
}
