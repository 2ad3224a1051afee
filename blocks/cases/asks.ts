// Reasons for which an officer asks the applicant: the usual ones, and those of the public service with their law. Pure.
import type { PublicService } from '@ashlar/catalogue'

/** Of every service. */
export const usualAsks = ['missing', 'unclear', 'contradictory', 'unreadable', 'outdated'] as const

/** Reason → its provision, where the service names one; the service's own come first. */
export function askReasons({ asks = {} }: Pick<PublicService, 'asks'>): Record<string, { law?: string }> {
  const usual = Object.fromEntries(usualAsks.filter((reason) => !Object.hasOwn(asks, reason)).map((one) => [one, {}]))
  return { ...asks, ...usual }
}
