// An offer to a person before they ask: its states, and what is shown of it. Pure.
import { lifecycle, type StateOf } from '@ashlar/kernel/lifecycle'

export const offerLifecycle = lifecycle({
  open: { take: 'taken', decline: 'declined', lapse: 'lapsed' },
  taken: {},
  declined: {},
  lapsed: {},
})
export type OfferState = StateOf<typeof offerLifecycle>

export interface OfferView {
  id: string
  service: string
  /** Texts `offer.<name>.title` and `.why` of the service. */
  name: string
  authority: string
  madeAt: string
  lapsesAt?: string
  /** The form that was begun from it. */
  draft?: string
}
