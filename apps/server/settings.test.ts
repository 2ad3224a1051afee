// A demo, which signs anybody in, does not run where others reach it, unless that was said on purpose.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusalOf, type Settings } from './settings.ts'

const http = { host: '127.0.0.1', port: 8080, trustProxy: [], inFlight: 400 }
const demo = { enabled: true, public: false, people: 10 }
const refused = (more: Partial<Settings['http']>, also: Partial<Settings['demo']> = {}) =>
  refusalOf({ http: { ...http, ...more }, demo: { ...demo, ...also } }) !== undefined

test('a demo is for this computer: not on an open address, nor under a public name or behind a proxy', () => {
  const mine = [{}, { host: '::1' }, { baseUrl: 'http://localhost:8080' }, { baseUrl: 'http://[::1]:8080' }]
  const others = [
    { host: '0.0.0.0' },
    { host: '10.0.0.7' },
    { baseUrl: 'https://state.example' },
    { trustProxy: ['::1'] },
  ]

  assert.deepEqual(
    mine.map((more) => refused(more)),
    [false, false, false, false],
  )
  assert.deepEqual(
    others.map((more) => refused(more)),
    [true, true, true, true],
  )
  assert.deepEqual(
    others.map((more) => refused(more, { public: true })),
    [false, false, false, false],
  )
  assert.deepEqual(
    others.map((more) => refused(more, { enabled: false })),
    [false, false, false, false],
  )
})
