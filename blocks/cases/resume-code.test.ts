// Codes that open a draft on another device: how they are made, read and limited.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGuesses } from './resume-code.ts'

test('wrong codes end the guesses of a span, right ones never do', () => {
  const guesses = createGuesses(2, 60_000)
  for (let right = 0; right < 5; right += 1) {
    assert.equal(guesses.take(), true)
    guesses.giveBack()
  }

  assert.deepEqual([guesses.take(), guesses.take(), guesses.take()], [true, true, false])
})
