// Our components give the markup of GOV.UK Frontend's for every fixture, but for the deviations listed with a reason.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareAll, renderFixture } from './compare.ts'
import { deviations } from './deviations.ts'
import { normalHtml } from './normal-html.ts'

test('Every fixture of the components we have gives the same markup', (context) => {
  const { components, ofComponents, fixtures, ofFixtures, differences, settled } = compareAll()

  context.diagnostic(
    `${fixtures} of ${ofFixtures} fixtures examined (${components} of ${ofComponents} components), ${differences.length} differ, ${deviations.flatMap((one) => one.fixtures).length} deviate on purpose`,
  )
  assert.deepEqual(
    differences.map(({ component, fixture, ours, theirs }) => ({ component, fixture, ours, theirs })),
    [],
  )
  assert.deepEqual(settled, [], 'These no longer deviate: take them off the list')
  assert.ok(fixtures > 600)
})

test('A planted fault is found: a hint that no longer describes its field, a missing blank, a lost class', () => {
  const plant = (find: RegExp, put: string) =>
    compareAll((component, fixture) => renderFixture(component, fixture).replace(find, put)).differences.length

  assert.ok(plant(/ aria-describedby="[^"]*"/, '') > 100)
  assert.ok(plant(/:<\/span> /, ':</span>') > 50)
  assert.ok(plant(/govuk-button--secondary/, '') > 10)
})

test('Markup that means the same is written the same, and what differs stays different', () => {
  const same: [string, string][] = [
    ['<p class="b  a" id=x>\n  One <b> two </b>\n</p>', '<p id="x" class="a b">One <b>two</b> </p>'],
    ['<input disabled><br/>', '<input disabled="">\n<br>'],
    ['<p>&#39;&amp;&quot;</p>', '<p>\'&amp;"</p>'],
  ]
  const different: [string, string][] = [
    ['<p>One<b>two</b></p>', '<p>One <b>two</b></p>'],
    ['<textarea> a</textarea>', '<textarea>a</textarea>'],
    ['<p>a</p>', '<p>A</p>'],
    ['<p title="a b"></p>', '<p title="b a"></p>'],
    ['<div><p></p></div>', '<div></div><p></p>'],
  ]

  for (const [one, other] of same) assert.equal(normalHtml(one), normalHtml(other))
  for (const [one, other] of different) assert.notEqual(normalHtml(one), normalHtml(other))
})
