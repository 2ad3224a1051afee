// Renders every fixture of GOV.UK Frontend with our components and says where the markup differs.

import { readdirSync, readFileSync } from 'node:fs'
import { deviations } from './deviations.ts'
import { type Options, renderers, toProps } from './govuk.ts'
import { normalHtml } from './normal-html.ts'

export interface Fixture {
  name: string
  options: Options
  html: string
}

interface Difference {
  component: string
  fixture: string
  ours: string
  theirs: string
}

export interface Comparison {
  components: number
  ofComponents: number
  fixtures: number
  ofFixtures: number
  differences: Difference[]
  /** Deviations in the list that no longer differ: the list only shrinks. */
  settled: string[]
}

const folder = new URL('../../node_modules/govuk-frontend/dist/govuk/components/', import.meta.url)

function fixturesOf(component: string): Fixture[] {
  return JSON.parse(readFileSync(new URL(`${component}/fixtures.json`, folder), 'utf8')).fixtures
}

export function compareAll(render = renderFixture): Comparison {
  const all = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
  const result: Comparison = {
    components: 0,
    ofComponents: all.length,
    fixtures: 0,
    ofFixtures: 0,
    differences: [],
    settled: [],
  }
  const met = new Set<string>()
  for (const component of all) {
    const fixtures = fixturesOf(component)
    result.ofFixtures += fixtures.length
    if (!(component in renderers)) continue
    result.components++
    for (const fixture of fixtures) {
      result.fixtures++
      const ours = normalHtml(render(component, fixture))
      const theirs = normalHtml(fixture.html)
      if (ours === theirs) continue
      const deviation = deviations.find((one) => one.component === component && one.fixtures.includes(fixture.name))
      if (deviation === undefined) result.differences.push({ component, fixture: fixture.name, ours, theirs })
      else met.add(`${component}: ${fixture.name}`)
    }
  }
  result.settled = deviations
    .flatMap(({ component, fixtures }) => fixtures.map((name) => `${component}: ${name}`))
    .filter((name) => !met.has(name))
  return result
}

export function renderFixture(component: string, fixture: Fixture): string {
  const render = renderers[component]
  if (render === undefined) throw new Error(`No component of ours answers ${component}.`)
  return render(toProps(component, fixture.options)).markup
}
