// A bar that shows how far a thing is; the words beside it say the same.

import { attributes, type Html, styled } from '../../html.ts'

export interface ProgressProps {
  /** Step 3 of 5 is value 3, max 5 */
  value: number
  max: number
  /** "Step 3 of 5", for those who do not see the bar */
  label: string
}

const html = styled('progress')

export function progress({ value, max, label }: ProgressProps): Html {
  return html`<progress class="ashlar-progress"${attributes({ value, max, 'aria-label': label })}></progress>`
}
