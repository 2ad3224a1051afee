// The portal's own scripts: each served at an address that changes with it, and none needed to get by.
import { readFileSync } from 'node:fs'
import { assetHash, assetRoute, type Http } from '@ashlar/kernel/http'
import { type Html, trustedHtml } from '@ashlar/ui'

export interface Script {
  path: string
  bytes: Buffer
}

/** Comments and indentation are not sent. `before` is put in front: what another package gives it to call. */
export function readScript(name: 'passkey' | 'verify', before = ''): Script {
  const source = readFileSync(new URL(`./scripts/${name}.js`, import.meta.url), 'utf8')
  const small = source
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/\n\s*/g, '\n')
    .trim()
  const bytes = Buffer.from(`${before}\n${small}`.trim())
  return { path: `/assets/${name}-${assetHash(bytes)}.js`, bytes }
}

export function serveScript(http: Http, { path, bytes }: Script): void {
  assetRoute(http, path, () => ({ bytes, type: 'text/javascript; charset=utf-8' }))
}

export const scriptTag = ({ path }: Script, nonce: string): Html =>
  trustedHtml(`<script type="module" src="${path}" nonce="${nonce}"></script>`)

/** Data for a script of the page; nothing of it is ever run. */
export const dataTag = (id: string, data: unknown): Html =>
  trustedHtml(`<script type="application/json" id="${id}">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>`)
