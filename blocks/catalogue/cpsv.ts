// The catalogue as linked data: CPSV-AP 3.2 in JSON-LD, for catalogues of other governments and for search engines.
import type { CountryView } from './catalogue.ts'
import type { PublicService } from './public-service.ts'

const context = {
  cpsv: 'http://purl.org/vocab/cpsv#',
  cv: 'http://data.europa.eu/m8g/',
  dct: 'http://purl.org/dc/terms/',
  eli: 'http://data.europa.eu/eli/ontology#',
  foaf: 'http://xmlns.com/foaf/0.1/',
  schema: 'https://schema.org/',
  skos: 'http://www.w3.org/2004/02/skos/core#',
} as const

interface LinkedText {
  '@value': string
  '@language': string
}

/** `base` is the address of the house, without a slash at its end. */
export function toCpsv(services: PublicService[], country: CountryView, base: string): object {
  const agency = (id: string) => `${base}/agencies/${id}`
  const used = new Set(services.map(({ authority }) => authority))
  const agencies = Object.values(country.agencies).filter(({ id }) => used.has(id))
  return {
    '@context': context,
    '@graph': [
      ...agencies.map(({ id, name }) => ({
        '@id': agency(id),
        '@type': 'cv:PublicOrganisation',
        'dct:identifier': id,
        'skos:prefLabel': inAll(name),
      })),
      ...services.map((service) => toPublicService(service, base, agency(service.authority))),
      ...Object.values(country.lifeEvents).map(({ id, title }) => ({
        '@id': `${base}/life-events/${id}`,
        '@type': 'cv:LifeEvent',
        'dct:identifier': id,
        'dct:title': inAll(title),
      })),
    ],
  }
}

function toPublicService(service: PublicService, base: string, authority: string): object {
  const here = `${base}/services/${service.id}`
  const all = (key: string): LinkedText[] =>
    service.languages.flatMap((language) => {
      const value = service.texts[language]?.[key]
      return value === undefined ? [] : [{ '@value': value, '@language': language }]
    })
  return {
    '@id': here,
    '@type': ['cpsv:PublicService', 'schema:GovernmentService'],
    'dct:identifier': service.id,
    'dct:title': all('title'),
    'dct:description': all('summary'),
    'cv:hasCompetentAuthority': { '@id': authority },
    'dct:language': service.languages,
    'schema:version': service.version,
    'cv:isGroupedBy': service.lifeEvents.map((event) => ({ '@id': `${base}/life-events/${event}` })),
    'cv:hasLegalResource': service.law.map((law) => ({ '@type': 'eli:LegalResource', 'dct:title': law })),
    'cv:hasChannel': service.channels.map((channel) => ({
      '@id': `${here}#${channel}`,
      '@type': 'cv:Channel',
      'dct:type': channel,
      ...(channel === 'web' ? { 'foaf:homepage': { '@id': here } } : {}),
    })),
    'cv:hasCost': { '@id': `${here}#cost`, '@type': 'cv:Cost', 'dct:description': all('cost') },
    'cv:hasInputType': Object.keys(service.evidence).map((name) => ({
      '@id': `${here}#evidence-${name}`,
      '@type': 'cv:EvidenceType',
      'dct:title': all(`evidence.${name}.title`),
    })),
    'cpsv:produces': Object.keys(service.outputs).map((name) => ({
      '@id': `${here}#output-${name}`,
      '@type': 'cv:Output',
      'dct:title': all(`output.${name}.title`),
    })),
    'cpsv:follows': Object.values(service.rules).map(({ name, rows, model }) => ({
      '@id': `${here}#rule-${name}`,
      '@type': 'cpsv:Rule',
      'dct:title': all(`rule.${name}.title`),
      'cpsv:implements': [...new Set([...rows.map(({ law }) => law), ...(model?.law ?? [])])],
    })),
  }
}

const inAll = (texts: Record<string, string>): LinkedText[] =>
  Object.entries(texts).map(([language, value]) => ({ '@value': value, '@language': language }))
