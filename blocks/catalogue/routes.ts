// HTTP of the catalogue: public services for everybody, the schema of their answers, and the catalogue as linked data.
import type { Http } from '@ashlar/kernel/http'
import { etag } from '@ashlar/kernel/http'
import { Type } from 'typebox'
import { answerSchema } from './answer-schema.ts'
import { type Catalogue, textOf } from './catalogue.ts'
import { toCpsv } from './cpsv.ts'

const Id = Type.String({ minLength: 1, maxLength: 60 })
const Language = Type.Optional(
  Type.String({ maxLength: 35, description: 'BCP 47; the first of the country if absent.' }),
)
const Version = Type.Optional(Type.String({ maxLength: 20, description: 'The one that counts now if absent.' }))
const SummaryBody = Type.Object({
  id: Type.String(),
  version: Type.String(),
  authority: Type.String(),
  authorityName: Type.String(),
  title: Type.String(),
  summary: Type.String(),
  audience: Type.Array(Type.String()),
  channels: Type.Array(Type.String()),
  signIn: Type.String(),
  lifeEvents: Type.Array(Type.String()),
  languages: Type.Array(Type.String()),
})
const PublicServiceBody = Type.Object({
  id: Type.String(),
  version: Type.String(),
  hash: Type.String({ description: 'sha256 of the canonical bytes of the definition.' }),
  authority: Type.String(),
  law: Type.Array(Type.String()),
  audience: Type.Array(Type.String()),
  channels: Type.Array(Type.String()),
  signIn: Type.String(),
  languages: Type.Array(Type.String()),
  title: Type.String(),
  summary: Type.String(),
  cost: Type.String(),
  time: Type.String(),
  needs: Type.String(),
  pages: Type.Array(Type.Object({ id: Type.String(), title: Type.String(), questions: Type.Array(Type.String()) })),
  rules: Type.Array(Type.Object({ name: Type.String(), title: Type.String(), law: Type.Array(Type.String()) })),
  outputs: Type.Array(Type.Object({ name: Type.String(), title: Type.String() })),
})
const everybody = 'Everybody may know which public services there are, and what they ask.'
const base = '/api/catalogue/v1'

export function catalogueRoutes(catalogue: Catalogue, http: Http, { baseUrl }: { baseUrl: string }): void {
  http.get(`${base}/services`, {
    config: { public: everybody },
    schema: {
      summary: 'The public services that are offered now',
      querystring: Type.Object({ language: Language }),
      response: { 200: Type.Object({ services: Type.Array(SummaryBody) }) },
    },
    handler: async (request) => ({ services: await catalogue.list(request.query.language) }),
  })

  http.get(`${base}/services/:id`, {
    config: { public: everybody, problems: ['public-service-not-found'] },
    schema: {
      summary: 'A public service: what it asks, which rules it follows, what comes of it',
      params: Type.Object({ id: Id }),
      querystring: Type.Object({ language: Language, version: Version }),
      response: { 200: PublicServiceBody },
    },
    handler: async (request, reply) => {
      const { language, version } = request.query
      const service = await catalogue.get(request.params.id, version)
      reply.header('etag', etag(`${service.hash}-${language ?? ''}`))
      const text = (key: string) => textOf(service, language, key)
      return {
        ...pick(service),
        title: text('title'),
        summary: text('summary'),
        cost: text('cost'),
        time: text('time'),
        needs: text('needs'),
        pages: service.form.map((page) => ({
          id: page.id,
          title: text(`page.${page.id}.title`),
          questions: page.questions.map(({ name }) => name),
        })),
        rules: Object.values(service.rules).map(({ name, rows, model }) => ({
          name,
          title: text(`rule.${name}.title`),
          law: [...new Set([...rows.map(({ law }) => law), ...(model?.law ?? [])])],
        })),
        outputs: Object.keys(service.outputs).map((name) => ({ name, title: text(`output.${name}.title`) })),
      }
    },
  })

  http.get(`${base}/services/:id/schema`, {
    config: { public: everybody, problems: ['public-service-not-found'] },
    schema: {
      summary: 'The JSON Schema of the answers that an application needs',
      params: Type.Object({ id: Id }),
      querystring: Type.Object({ language: Language, version: Version }),
      response: { 200: Type.Record(Type.String(), Type.Unknown()) },
    },
    handler: async (request, reply) => {
      const service = await catalogue.get(request.params.id, request.query.version)
      reply.header('content-type', 'application/schema+json; charset=utf-8')
      return answerSchema(service, request.query.language) as Record<string, unknown>
    },
  })

  http.get(`${base}/services.jsonld`, {
    config: { public: everybody },
    schema: {
      summary: 'The catalogue in CPSV-AP 3.2 (JSON-LD)',
      response: { 200: Type.Record(Type.String(), Type.Unknown()) },
    },
    handler: async (_, reply) => {
      const [country, summaries] = await Promise.all([catalogue.current(), catalogue.list()])
      const services = await Promise.all(summaries.map(({ id, version }) => catalogue.get(id, version)))
      reply.header('content-type', 'application/ld+json; charset=utf-8')
      return toCpsv(services, country, baseUrl) as Record<string, unknown>
    },
  })
}

const pick = (service: Awaited<ReturnType<Catalogue['get']>>) => {
  const { id, version, hash, authority, law, audience, channels, signIn, languages } = service
  return { id, version, hash, authority, law, audience, channels, signIn, languages }
}
