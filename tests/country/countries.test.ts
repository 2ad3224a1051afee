// Every country folder of the house: in order, in canonical form, its examples true; and another country needs no code.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import {
  answerSchema,
  type Country,
  checkCountry,
  createCatalogue,
  type ExampleEngine,
  formatFile,
  holidaysOf,
  loadCountry,
  ready,
  runExamples,
  toLine,
} from '@ashlar/catalogue'
import { checkTable, decide } from '@ashlar/decisions'
import { createCalendar } from '@ashlar/kernel/calendar'
import { house } from '@ashlar/kernel/testing'
import { offers } from '@ashlar/server/offers'
import { checkTemplate } from '@ashlar/typst'
import { compileFlow, rehearse } from '@ashlar/workflow'

const folders = [
  ['veridia', new URL('../../countries/veridia/', import.meta.url)],
  ['norland', new URL('norland/', import.meta.url)],
] as const

/** As the house runs them: the same compiler, engine, rules and calendar. */
function engineOf(country: Country): ExampleEngine {
  const calendar = createCalendar({
    weekend: country.weekend,
    holidays: holidaysOf(country, 2020, 2032),
    zone: country.zone,
  })
  return {
    play: (service, facts, rules, answer) => rehearse(compileFlow(service), facts, rules, answer),
    decide: (table, facts) => decide(table, facts),
    deadline: calendar.deadline,
  }
}

for (const [name, folder] of folders)
  describe(name, async () => {
    const loaded = await loadCountry(folder)
    const report = checkCountry(loaded, { offers, checkTable, checkLetter: checkTemplate })
    const country = loaded.country as Country

    it('has no errors and no warnings', () => {
      const found = report.problems.filter(({ severity }) => severity !== 'draft')

      assert.deepEqual(found.map(toLine), [])
      assert.ok(report.examined.services > 0 && report.examined.expressions > 0 && report.examined.texts > 0)
    })

    it('stands in its canonical form', () => {
      const different = Object.values(loaded.files)
        .filter(({ source }) => formatFile(source) !== source)
        .map(({ path }) => path)

      assert.deepEqual(different, [], 'run ashlar fmt')
    })

    it('keeps what its examples say, and notices when they do not', () => {
      const engine = engineOf(country)
      const services = Object.values(ready(country, report, offers).services).filter(
        ({ status }) => status === 'active',
      )
      const results = services.flatMap((service) =>
        runExamples(service, country.examples[service.id] ?? [], country, engine),
      )
      const failed = results.filter(({ failures }) => failures.length > 0)
      const planted = services.flatMap((service) =>
        (country.examples[service.id] ?? [])
          .slice(0, 1)
          .flatMap((example) =>
            runExamples(service, [{ ...example, expect: { ...example.expect, result: 'another' } }], country, engine),
          ),
      )

      console.log(`${name}: ${results.length} examples of ${services.length} services, ${failed.length} failed`)
      assert.deepEqual(failed, [])
      assert.ok(services.length > 0 && services.every(({ id }) => results.some(({ service }) => service === id)))
      assert.ok(planted.length > 0 && planted.every(({ failures }) => failures.length > 0))
    })

    it('shows every version of its services to everybody once it is published', async () => {
      const home = await house({ blocks: ['catalogue'] })
      const catalogue = createCatalogue(home.catalogue)
      const offered = ready(country, report, offers)

      const first = await catalogue.publish(offered)
      const again = await catalogue.publish(offered)
      const listed = await catalogue.list()

      assert.deepEqual([first.refused, again.published, again.refused], [[], [], []])
      assert.deepEqual(
        listed.map(({ id }) => id),
        first.published.map(({ id }) => id).sort(),
      )
      assert.equal((await catalogue.current()).currency.code, country.currency.code)
      for (const { id } of listed) assert.ok(Object.keys(answerSchema(await catalogue.get(id))).includes('properties'))
      await home.stop()
    })
  })

describe('another country', async () => {
  const folder = fileURLToPath(folders[1][1])
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })

  it('needs no line of TypeScript', () => {
    const lines = files
      .filter((file) => /\.(ts|js|mjs)$/.test(file))
      .reduce((sum, file) => sum + readFileSync(`${folder}/${file}`, 'utf8').split('\n').length, 0)

    console.log(`norland: ${lines} lines of TypeScript`)
    assert.equal(lines, 0)
  })

  it('shares nothing with the model country', async () => {
    const [veridia, norland] = await Promise.all(
      folders.map(async ([, at]) => (await loadCountry(at)).country as Country),
    )
    const shared = (a: Record<string, unknown> = {}, b: Record<string, unknown> = {}) =>
      Object.keys(a).filter((key) => Object.hasOwn(b, key))

    assert.deepEqual(shared(veridia?.registers, norland?.registers), [])
    assert.deepEqual(shared(veridia?.agencies, norland?.agencies), [])
    assert.deepEqual(shared(veridia?.services, norland?.services), [])
    assert.notEqual(veridia?.currency.decimals, norland?.currency.decimals)
    assert.equal(norland?.languages.length, 1)
  })

  it('is named nowhere in the code', () => {
    const words = /veridia|norland|\bVRD\b|\bNLD\b|criminal-record|place-de-port/i
    const root = fileURLToPath(new URL('../../', import.meta.url))
    const named = ['kernel', 'blocks']
      .flatMap((part) =>
        readdirSync(root + part, { recursive: true, encoding: 'utf8' }).map((file) => `${part}/${file}`),
      )
      .filter((file) => /\.(ts|sql)$/.test(file) && !/test\.ts$|-contract\.ts$|fixture|testing|\.out/.test(file))
      .filter((file) =>
        readFileSync(root + file, 'utf8')
          .split('\n')
          .some((line) => words.test(line.replace(/^\s*(\/\/|\*|\/\*|--).*$/, '').replace(/\s(\/\/|\/\*).*$/, ''))),
      )

    assert.deepEqual(named, [])
  })
})
