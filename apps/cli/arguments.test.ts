// Arguments as people type them: words, flags with and without values, short names of settings.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readArguments, settingsOf } from './arguments.ts'

test('words and flags come apart, whichever way a value is written', () => {
  const given = readArguments(['service', '--country', 'countries/mine', '--port=9000', 'fishing-licence'])

  assert.deepEqual(given.words, ['service', 'fishing-licence'])
  assert.deepEqual(given.flags, { country: 'countries/mine', port: '9000' })
})

test('a switch takes no value, so that a word may follow it', () => {
  const given = readArguments(['--json', 'countries/mine', '--yes'])

  assert.deepEqual(given, { words: ['countries/mine'], flags: { json: true, yes: true } })
})

test('a value may hold an equals sign, and may be empty', () => {
  const { flags } = readArguments(['--database.url=postgres://a?options=b', '--mail.from='])

  assert.deepEqual(flags, { 'database.url': 'postgres://a?options=b', 'mail.from': '' })
})

test('short names stand for settings; a command keeps its own flags', () => {
  const settings = settingsOf({ port: '9000', data: '/tmp/x', 'demo.people': '5', json: true }, ['json'])

  assert.deepEqual(settings, { 'http.port': '9000', 'data.folder': '/tmp/x', 'demo.people': '5' })
})
