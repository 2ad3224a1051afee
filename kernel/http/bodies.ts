// Reading bodies strictly: JSON and forms in UTF-8, of bounded depth, without poisoned or unstorable keys and texts.
import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { parse as parseQuery } from 'node:querystring'
import type { FastifyBodyParser, FastifyRequest } from 'fastify'
import type { Http } from './fastify.ts'
import { BodyNotJson, BodyTooDeep, MediaTypeNotSupported, TextNotAllowed } from './problems.ts'
import { isPoison, storable } from './storable.ts'

const MOST_FIELDS = 1000

/** Fastify's own parsers for JSON and text/plain are taken away first: the latter lets other sites post without asking. */
export function readBodies(http: Http, depth: number): void {
  const parseJson = http.getDefaultJsonParser('error', 'error')
  http.removeAllContentTypeParsers()

  const readJson: FastifyBodyParser<Buffer> = (request, body, done) => {
    const text = textOf(body)
    if (text === undefined) return done(TextNotAllowed())
    if (tooDeep(text, depth)) return done(BodyTooDeep(depth))
    parseJson(request, text, (error, value) => {
      if (error) return done(BodyNotJson(text === '' ? 'It is empty.' : 'It does not parse, or names a prototype.'))
      // Only escapes can bring these in, for the text itself is UTF-8 without NUL.
      if (/\\u(0000|[dD][89a-fA-F])/.test(text) && !storable(value)) return done(TextNotAllowed())
      request.bodyText = text
      done(null, value)
    })
  }
  http.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, readJson)
  http.addContentTypeParser<Buffer>(/^application\/[\w.-]+\+json(?:;|$)/, { parseAs: 'buffer' }, readJson)

  http.addContentTypeParser<Buffer>(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer' },
    (request, body, done) => {
      if (!takesForms(request)) return done(MediaTypeNotSupported('application/json'))
      const text = textOf(body)
      if (text === undefined) return done(TextNotAllowed())
      const fields = parseQuery(text, '&', '=', { maxKeys: MOST_FIELDS })
      if (!storable(fields) || Object.keys(fields).some(isPoison)) return done(TextNotAllowed())
      done(null, fields)
    },
  )
}

/** Whether a body was announced, of whatever length. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
}

function takesForms(request: FastifyRequest): boolean {
  return !request.url.startsWith('/api/') || request.routeOptions.config.forms === true
}

function textOf(body: Buffer): string | undefined {
  if (!isUtf8(body)) return undefined
  const text = body.toString('utf8')
  return text.includes('\0') ? undefined : text
}

/** Without recursion and before parsing, so that no depth can exhaust anything. */
function tooDeep(text: string, limit: number): boolean {
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (inString) {
      if (code === 92) at++
      else if (code === 34) inString = false
    } else if (code === 34) inString = true
    else if (code === 91 || code === 123) {
      if (++depth > limit) return true
    } else if (code === 93 || code === 125) depth--
  }
  return false
}
