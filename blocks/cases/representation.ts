// Acting for somebody else: asked anew for every deed, and named in every line that a representative leaves.
import type { PublicService } from '@ashlar/catalogue'
import type { Deed, Representation } from '@ashlar/identity'
import type { Pairwise } from '@ashlar/kernel/identifiers'
import { isProblem } from '@ashlar/kernel/problem'
import type { Context } from '@ashlar/kernel/sql'
import type { Facts } from './content.ts'
import { PublicServiceNotOpen } from './problems.ts'

export interface RepresentationNeeds {
  pairwise: Pairwise
  /** Identity.representation. Without it nobody acts for anybody. */
  representation?: (context: Context, deed: Deed, by?: string[]) => Promise<Representation | undefined>
  /** What the application would cost as far as that is known: what a mandate's limit is compared with. */
  costOf?: (service: PublicService, facts: Facts) => Deed['amount']
  /** The name of an account's person. */
  nameOf?: (person: string) => Promise<string | undefined>
}

export type Representing = ReturnType<typeof createRepresenting>

const PREFIX = 'representative:'

export function createRepresenting({ pairwise, representation, costOf, nameOf }: RepresentationNeeds) {
  return {
    /**
     * That who acts may apply for whom they represent, with this service and for this much money, at this moment. Undefined
     * if nobody is represented.
     */
    forService: async (
      service: PublicService,
      context: Context,
      facts?: Facts,
      party = 'applicant',
    ): Promise<Representation | undefined> => {
      if (context.represented === undefined) return undefined
      if (representation === undefined) throw PublicServiceNotOpen(service.id, 'nobody may act for somebody else')
      const amount = facts === undefined ? undefined : costOf?.(service, facts)
      return representation(
        context,
        { act: 'apply', service: service.id, ...(amount === undefined ? {} : { amount }) },
        // What nobody says of a party, the law says: whoever represents it by law or mandate.
        service.parties[party]?.representedBy.length || party === 'applicant'
          ? (service.parties[party]?.representedBy ?? [])
          : undefined,
      )
    },

    /** That who acts may see how matters stand for whom they represent. */
    toFollow: async (context: Context, service?: string): Promise<void> => {
      if (context.represented === undefined) return
      await representation?.(context, { act: 'follow', ...(service === undefined ? {} : { service }) })
    },

    /** Of these rows, those of services that who acts may follow for whom they represent. */
    followable: async <Row extends { service: string }>(rows: Row[], context: Context): Promise<Row[]> => {
      if (context.represented === undefined) return rows
      const services = [...new Set(rows.map(({ service }) => service))]
      const covered = await Promise.all(
        services.map((service) =>
          representation?.(context, { act: 'follow', service }).then(
            () => [service],
            (error: unknown) => {
              if (isProblem(error) && error.code === 'mandate-too-narrow') return []
              throw error
            },
          ),
        ),
      )
      const seen = new Set(covered.flatMap((one) => one ?? []))
      return rows.filter(({ service }) => seen.has(service))
    },

    /** The name of who acted, from a line of the timeline; undefined if it was no representative. */
    nameIn: async (actor: string): Promise<string | undefined> =>
      actor.startsWith(PREFIX) ? nameOf?.(pairwise.back('cases', actor.slice(PREFIX.length))) : undefined,
  }
}

/** Who acts for another, as timelines and applications keep it. */
export function representativeOf({ actor }: Context, pairwise: Pairwise): string {
  return `${PREFIX}${pairwise.of('cases', actor.id)}`
}
