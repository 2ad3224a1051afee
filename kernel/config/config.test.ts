// Proves the order of sources, the refusal of what is unknown or wrong, and that secrets are never shown.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test, { after } from 'node:test'
import { Type } from 'typebox'
import { ConfigError, configKeys, readConfig } from './index.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'k2-config-'))
after(() => rmSync(folder, { recursive: true }))

function file(text: string): string {
  const name = path.join(folder, 'ashlar.yaml')
  writeFileSync(name, text)
  return name
}

const schema = Type.Object({
  http: Type.Object({
    port: Type.Integer({ default: 8080, minimum: 0, maximum: 65535, description: 'Where to listen' }),
    maxInFlight: Type.Integer({ default: 100 }),
    trustProxy: Type.Optional(Type.Array(Type.String())),
  }),
  log: Type.Object({ level: Type.Enum(['info', 'debug'], { default: 'info' }) }),
  database: Type.Object({ url: Type.Optional(Type.String({ secret: true, env: 'DATABASE_URL' })) }),
  demo: Type.Object({ doors: Type.Boolean({ default: false }) }),
  blocks: Type.Record(Type.String(), Type.Object({ url: Type.String() })),
})

test('a flag outweighs the environment, that the file, that the default; explain tells which', () => {
  const config = readConfig(schema, {
    flags: { 'http.port': '1' },
    env: { ASHLAR_HTTP__PORT: '2', ASHLAR_HTTP__MAX_IN_FLIGHT: '7', ASHLAR_DEMO__DOORS: 'true', HOME: '/root' },
    file: file('http:\n  port: 3\n  trustProxy: [10.0.0.0/8]\nlog:\n  level: debug\n'),
  })

  assert.deepEqual(config.values, {
    http: { port: 1, maxInFlight: 7, trustProxy: ['10.0.0.0/8'] },
    log: { level: 'debug' },
    database: {},
    demo: { doors: true },
    blocks: {},
  })
  const port = config.explain().find((row) => row.key === 'http.port')
  assert.equal(port?.source, 'flag --http.port')
  assert.deepEqual(
    port?.overridden.map((line) => line.replace(folder, '')),
    ['env ASHLAR_HTTP__PORT = 2', 'file /ashlar.yaml = 3', 'default = 8080'],
  )
  assert.equal(config.explain().find((row) => row.key === 'database.url')?.source, 'not set')
})

test('a misspelt key is refused wherever it stands, with the one that was meant', () => {
  const read = () =>
    readConfig(schema, {
      flags: { 'http.prot': '1' },
      env: { ASHLAR_HTTP__PROT: '1', ASHLAR_NOT_A_SETTING: 'x' },
      file: file('logs:\n  level: debug\n'),
      notSettings: ['ASHLAR_NOT_A_SETTING'],
    })

  assert.throws(read, (error: ConfigError) => {
    assert.ok(error instanceof ConfigError)
    assert.deepEqual(error.problems, [
      '--http.prot: unknown; did you mean --http.port?',
      'ASHLAR_HTTP__PROT: unknown; did you mean ASHLAR_HTTP__PORT?',
      'logs.level: unknown; did you mean log.level?',
    ])
    return true
  })
})

test('a value of the wrong kind is refused with its source; all mistakes at once', () => {
  assert.throws(
    () =>
      readConfig(schema, { env: { ASHLAR_HTTP__PORT: 'eighty', ASHLAR_LOG__LEVEL: 'loud', ASHLAR_DEMO__DOORS: 'si' } }),
    (error: ConfigError) => error.problems.length === 3 && /eighty.*ASHLAR_HTTP__PORT/.test(error.message),
  )
  assert.throws(() => readConfig(schema, { file: '/nowhere/a.yaml' }), /cannot read \/nowhere\/a.yaml \(ENOENT\)/)
  assert.throws(() => readConfig(schema, { file: file('a: [') }), ConfigError)
  assert.throws(() => readConfig(schema, { file: file('- a') }), /sections/)
  assert.throws(() => readConfig(schema, { file: file('__proto__:\n  port: 1\n') }), /unknown/)
})

test('secrets come from files or variables and are never shown', () => {
  writeFileSync(path.join(folder, 'secret'), 'postgres://u:hunter2@h/d\n')
  const config = readConfig(schema, {
    env: { ASHLAR_DATABASE__URL_FILE: path.join(folder, 'secret'), DATABASE_URL: 'postgres://other' },
  })

  assert.equal(config.values.database.url, 'postgres://u:hunter2@h/d')
  assert.equal(JSON.stringify(config.explain()).includes('hunter2'), false)
  assert.equal(config.explain().find((row) => row.key === 'database.url')?.value, '***')
  assert.equal(readConfig(schema, { env: { DATABASE_URL: 'x' } }).values.database.url, 'x')
})

test('sections with free names take any name', () => {
  const config = readConfig(schema, {
    env: { ASHLAR_BLOCKS__PAYMENTS__URL: 'http://a' },
    file: file('blocks:\n  cases:\n    url: http://b\n'),
  })

  assert.deepEqual(config.values.blocks, { payments: { url: 'http://a' }, cases: { url: 'http://b' } })
  assert.ok(configKeys(schema).some((key) => key.key === 'blocks.<name>.url'))
})

test('what has no default must be set', () => {
  const needy = Type.Object({ mail: Type.Object({ host: Type.String() }) })

  assert.throws(() => readConfig(needy, {}), /mail.host: is not set; set ASHLAR_MAIL__HOST/)
})
