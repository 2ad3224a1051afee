// The catalogue through its door, on a real database and over HTTP: versions are for ever, and everybody may read them.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createHttp, type Http } from '@ashlar/kernel/http'
import { createLog } from '@ashlar/kernel/log'
import { createMetrics } from '@ashlar/kernel/metrics'
import { isProblem } from '@ashlar/kernel/problem'
import { house, prepareAll, type TestHouse } from '@ashlar/kernel/testing'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { type Catalogue, type Country, catalogueRoutes, createCatalogue, loadCountry } from './index.ts'

let home: TestHouse<'catalogue'>
let catalogue: Catalogue
let http: Http
let country: Country

before(async () => {
  home = await house({ blocks: ['catalogue'] })
  catalogue = createCatalogue(home.catalogue)
  http = createHttp({
    log: createLog({ level: 'silent' as never }),
    metrics: createMetrics(),
    authenticate: async () => undefined,
    baseUrl: 'http://localhost:8080',
    sql: home.kernel,
  })
  catalogueRoutes(catalogue, http, { baseUrl: 'http://localhost:8080' })
  await http.ready()
  const loaded = await loadCountry(new URL('../../countries/veridia', import.meta.url))
  assert.deepEqual(loaded.problems, [])
  country = loaded.country as Country
  // Whatever version the model country has come to.
  country = withFine({ version: '1.0.0' })
})
after(async () => {
  await http.close()
  await home.stop()
})

const withFine = (change: object): Country => {
  const fine = { ...country.services.fine, ...change } as Country['services'][string]
  return { ...country, services: { ...country.services, fine } }
}

test('before anything is published, that is said', async () => {
  const answer = await http.inject('/api/catalogue/v1/services')

  assert.equal(answer.statusCode, 503)
  assert.match(answer.json().type, /country-not-published$/)
})

test('the same published twice, at once, is published once', async () => {
  const reports = await Promise.all([catalogue.publish(country), catalogue.publish(country)])

  assert.equal(reports.flatMap(({ published }) => published).filter(({ id }) => id === 'fine').length, 1)
  assert.deepEqual(await catalogue.get('fine'), JSON.parse(JSON.stringify(country.services.fine)))
  assert.equal((await catalogue.current()).currency.code, 'VRD')
  assert.deepEqual(
    (await catalogue.versions('fine')).map(({ version }) => version),
    ['1.0.0'],
  )
})

test('a changed definition under the same version is refused with the mend, and the published one still counts', async () => {
  const { refused } = await catalogue.publish(withFine({ hash: 'f'.repeat(64), prefix: 'XX' }))

  assert.deepEqual(
    refused.map(({ id, version }) => [id, version]),
    [['fine', '1.0.0']],
  )
  assert.match(refused[0]?.mend ?? '', /raise 'version:' in services\/fine\/service\.yaml to 1\.0\.1/)
  assert.equal((await catalogue.get('fine')).prefix, 'FN')
})

test('a new version counts from now on; running cases find theirs; rolling back makes the old one count again', async () => {
  await catalogue.publish(withFine({ version: '1.1.0', hash: 'a'.repeat(64), prefix: 'FX' }))
  const [now, before] = await Promise.all([catalogue.get('fine'), catalogue.get('fine', '1.0.0')])
  const { published } = await catalogue.publish(country)

  assert.deepEqual([now.version, now.prefix, before.prefix], ['1.1.0', 'FX', 'FN'])
  assert.deepEqual(published, [])
  assert.equal((await catalogue.get('fine')).version, '1.0.0')
})

test('a draft is not offered, and what left the country ends but stays for its cases', async () => {
  const draft = await catalogue.publish(withFine({ status: 'draft' }))
  const refusal = await catalogue.get('fine').catch((error: unknown) => error)

  assert.deepEqual([draft.drafts.includes('fine'), draft.ended], [true, ['fine']])
  assert.ok(isProblem(refusal) && refusal.code === 'public-service-not-found')
  assert.equal((await catalogue.get('fine', '1.0.0')).id, 'fine')
  await catalogue.publish(country)
})

test('lists are in the language of the reader, or the first of the country', async () => {
  const title = async (language?: string) => (await catalogue.list(language)).find(({ id }) => id === 'fine')?.title

  assert.equal(await title('fr'), 'Payer ou contester une amende routière')
  assert.equal(await title('xx'), await title('en'))
})

test('anybody reads services, the schema of their answers and the linked data over HTTP', async () => {
  const list = await http.inject('/api/catalogue/v1/services?language=ar')
  const one = await http.inject('/api/catalogue/v1/services/fine?language=fr')
  const schema = await http.inject('/api/catalogue/v1/services/criminal-record-extract/schema')
  const linked = await http.inject('/api/catalogue/v1/services.jsonld')
  const none = await http.inject('/api/catalogue/v1/services/%F0%9F%98%80')

  assert.equal(
    list.json().services.length,
    Object.values(country.services).filter(({ status }) => status === 'active').length,
  )
  assert.equal(one.json().rules[0].title, 'Prix de l’amende aujourd’hui')
  assert.equal(none.statusCode, 404)
  const validate = addFormats.default(new Ajv2020({ strict: true })).compile(schema.json())
  assert.ok(validate({ purpose: 'employment', otherPurpose: 'x', otherNames: ['Грета', '林'] }))
  assert.ok(!validate({ purpose: 'sailing' }))
  const graph: { '@type': string | string[]; 'dct:title'?: unknown }[] = linked.json()['@graph']
  const services = graph.filter((node) => node['@type'].includes('cpsv:PublicService'))
  assert.match(linked.headers['content-type'] as string, /^application\/ld\+json/)
  // The two classes that CPSV-AP 3.2 makes mandatory, with their mandatory properties.
  assert.ok(graph.some((node) => node['@type'] === 'cv:PublicOrganisation'))
  assert.ok(services.length >= 2 && services.every((node) => node['dct:title'] !== undefined))
})

test('every statement of the block can be prepared', async () => {
  const { examined, faults } = await prepareAll(home, 'catalogue')

  assert.ok(examined >= 7)
  assert.deepEqual(faults, [])
})
