// The one script of all pages: its text, and the address that changes with it, so that browsers may keep it for ever.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** In the order in which they run; each works alone and looks for its own data attribute. */
export const scriptNames = [
  'error-summary',
  'character-count',
  'submit-once',
  'show-password',
  'menu',
  'copy',
  'live',
  'queue-keys',
] as const

export interface ScriptFile {
  path: string
  body: string
  type: 'text/javascript; charset=utf-8'
}

export function scriptSource(name: (typeof scriptNames)[number]): string {
  return readFileSync(new URL(`./${name}.js`, import.meta.url), 'utf8')
}

function build(): ScriptFile {
  // Each in a block of its own; comments and indentation are not sent.
  const body = scriptNames
    .map(
      (name) =>
        `{${scriptSource(name)
          .replace(/^\s*\/\/.*$/gm, '')
          .replace(/\n\s*/g, '\n')
          .trim()}}`,
    )
    .join('\n')
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 12)
  return { path: `/assets/ashlar-${hash}.js`, body, type: 'text/javascript; charset=utf-8' }
}

/** To be served at its path with `cache-control: public, max-age=31536000, immutable`. */
export const scriptFile: ScriptFile = build()
