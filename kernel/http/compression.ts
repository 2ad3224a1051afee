// Which compression an answer may have, and how hard to try.
import { constants } from 'node:zlib'

export function brotliAt(bytes: Buffer, quality: number) {
  return {
    params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  }
}

/** Brotli before gzip; a browser that refuses one with q=0 does not happen and gets it. */
export function encodingFor(accepted: string | string[] | undefined): 'br' | 'gzip' | undefined {
  const text = String(accepted ?? '')
  if (/\bbr\b/.test(text)) return 'br'
  return /\bgzip\b/.test(text) ? 'gzip' : undefined
}
