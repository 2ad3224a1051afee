// Keys to press, as on a keyboard, with what they do; and the switch that turns single keys off (WCAG 2.1.4).

import { type Html, html as plain, styled, type Text } from '../../html.ts'

export interface KeysProps {
  /** "Keyboard" */
  label: Text
  keys: readonly { keys: readonly string[]; text: Text }[]
  /** "Turn single keys off": a box that a script remembers in this browser */
  off?: Text
}

const html = styled('keys')

export function keys(props: KeysProps): Html {
  return html`
    <div class="ashlar-keys" id="keys" tabindex="-1" data-keys hidden>
      <span>${props.label}:</span>
      ${props.keys.map((one) => plain`${' '}<span class="ashlar-keys__one">${one.keys.map((key) => plain`<kbd class="ashlar-keys__key">${key}</kbd>`)} ${one.text}</span>`)}
      ${props.off && plain`${' '}<label class="ashlar-keys__off"><input type="checkbox" data-keys-off> ${props.off}</label>`}
    </div>`
}
