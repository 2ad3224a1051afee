// The pages of officers and clerks: the whole width of the screen, dense tables, what belongs to a case side by side.

import { type Html, styled } from '../html.ts'
import { type Face, type FrameProps, frame } from './frame.ts'

export interface StaffPageProps extends FrameProps {
  /** Before the content: saved views, filters */
  before?: Html
  /** Beside the content: everything with this person, history */
  aside?: Html
}

const html = styled('staff')

export function staffPage(face: Face, props: StaffPageProps): string {
  return frame(
    face,
    { noIndex: true, ...props, content: columns(props) },
    { isStaff: true, mainClasses: 'ashlar-staff__main' },
  )
}

function columns({ before, aside, content }: StaffPageProps): Html {
  if (before === undefined && aside === undefined) return html`${content}`
  return html`
    <div class="ashlar-columns">
      ${before && html`<div class="ashlar-columns__before">${before}</div>`}
      <div class="ashlar-columns__main">${content}</div>
      ${aside && html`<div class="ashlar-columns__aside">${aside}</div>`}
    </div>`
}

/** Content above the columns of a staff page and the columns below, within one page. */
export function staffColumns(props: { before?: Html; main: Html; aside?: Html }): Html {
  return columns({ ...props, content: props.main, title: '' })
}
