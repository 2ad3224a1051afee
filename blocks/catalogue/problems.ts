// Every refusal of the catalogue.
import { problem } from '@ashlar/kernel/problem'

export const PublicServiceNotFound = problem(
  'public-service-not-found',
  404,
  'There is no such public service',
  (id: string, version?: string) =>
    version === undefined
      ? `No public service '${id.slice(0, 60)}' is published.`
      : `No version '${version.slice(0, 20)}' of the public service '${id.slice(0, 60)}' is published.`,
)

export const CountryNotPublished = problem(
  'country-not-published',
  503,
  'No country is published yet',
  () => 'The definitions are being read; try again in a moment.',
)
