// The start screen: where to go, what is true of this start, and nothing of the demo where there is none.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startScreen } from './start-screen.ts'

const ready = {
  ready: true as const,
  url: 'http://localhost:8080',
  country: 'Republic of Veridia',
  version: '1.0.0',
  people: 10_000,
  services: 2,
  doors: [
    { path: '/as/grace', about: 'Be a citizen', note: 'Grace Okoro' },
    { path: '/demo', about: 'All doors', note: '6 people to be' },
    { path: '/developers', about: 'Call the API', note: 'OpenAPI 3.1' },
  ],
}

test('the demo says who one can be, how many people there are, and that nobody else can connect', () => {
  const screen = startScreen(ready, { seconds: 1.6, folder: './data', kind: 'embedded', host: '127.0.0.1' })

  assert.match(screen, /Republic of Veridia · demo country +v1\.0\.0 · ready in 1\.6 s/)
  assert.match(screen, /Be a citizen +http:\/\/localhost:8080\/as\/grace +Grace Okoro/)
  assert.match(screen, /10 000 invented people\. {3}Only this computer can connect\./)
  assert.ok(screen.split('\n').length <= 12)
})

test('outside of the demo nothing is said of invented people or of a clock that moves', () => {
  const doors = ready.doors.filter(({ path }) => path === '/developers')
  const screen = startScreen(
    { ...ready, people: 0, doors },
    { seconds: 2, folder: '/srv', kind: 'operator', host: '0.0.0.0' },
  )

  assert.doesNotMatch(screen, /demo|invented|clock/)
  assert.match(screen, /\/srv \(your PostgreSQL\) {3}Others can connect, at 0\.0\.0\.0\./)
})
