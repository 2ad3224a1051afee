// Files that never change under their address (styles, scripts, images): compressed once, kept by browsers for a year.
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import { brotliAt, encodingFor } from './compression.ts'
import type { Http } from './fastify.ts'

export interface Asset {
  bytes: Buffer
  /** 'text/css; charset=utf-8' */
  type: string
  /** Made by the build from the same bytes; compressed here at first use if left out. */
  brotli?: Buffer
}

const zip = { br: promisify(brotliCompress), gzip: promisify(gzip) }
const COMPRESSIBLE = /^(text\/|application\/(json|javascript|xml|manifest)|image\/svg)/

/** A short hash of the bytes, to put into the address: a changed file is another file. */
export function assetHash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 12)
}

/** Serves the file at this address, which must change with its content. `load` is called once, at first use. */
export function assetRoute(http: Http, url: string, load: () => Asset | Promise<Asset>): void {
  let loaded: Promise<{ asset: Asset; forms: Map<string, Promise<Buffer>> }> | undefined

  http.get(url, {
    config: { public: 'A file of the look, the same for everybody', plain: true },
    handler: async (request, reply) => {
      loaded ??= (async () => {
        const asset = await load()
        return { asset, forms: new Map(asset.brotli ? [['br', Promise.resolve(asset.brotli)]] : []) }
      })()
      const { asset, forms } = await loaded
      reply.header('cache-control', 'public, max-age=31536000, immutable').header('content-type', asset.type)
      const encoding = COMPRESSIBLE.test(asset.type) ? encodingFor(request.headers['accept-encoding']) : undefined
      reply.header('vary', 'accept-encoding')
      if (encoding === undefined || asset.bytes.length < 500) return reply.send(asset.bytes)
      let form = forms.get(encoding)
      if (form === undefined) {
        form = encoding === 'br' ? zip.br(asset.bytes, brotliAt(asset.bytes, 9)) : zip.gzip(asset.bytes, { level: 9 })
        forms.set(encoding, form)
      }
      return reply.header('content-encoding', encoding).send(await form)
    },
  })
}
