// How refusals and plain documents look to people. A face brings its own; these are for a program without one.
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Problem } from '../problem/index.ts'
import { brotliAt, encodingFor } from './compression.ts'
import { pagePolicy } from './security.ts'

type Answer<T> = T | Promise<T>

export interface Pages {
  /** A refusal as a page, or where to send the person instead (such as to sign in). `trace` and `reference` are in `problem.members`. */
  problem(problem: Problem, request: FastifyRequest): Answer<string | { redirect: string }>
  /** A document of the platform itself, such as the explanation of a problem; `content` is markup. */
  document(title: string, content: string, request: FastifyRequest): Answer<string>
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

const style =
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}td,th{text-align:start;padding:.3rem 1rem .3rem 0;vertical-align:top}'

export const plainPages: Pages = {
  problem: (problem, request) =>
    plainPages.document(
      problem.title,
      [problem.detail ?? problem.kind.about ?? '']
        .filter((text) => text !== '')
        .map((text) => `<p>${escapeHtml(text)}</p>`)
        .join(''),
      request,
    ),

  document: (title, content, request) =>
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
    `<title>${escapeHtml(title)}</title><style nonce="${request.nonce}">${style}</style></head>` +
    `<body><main><h1>${escapeHtml(title)}</h1>${content}</main></body></html>`,
}

const zip = { br: promisify(brotliCompress), gzip: promisify(gzip) }
/** Below this a page is one packet anyway. */
const WORTH_ZIPPING = 1400

/** Sends markup as a page with its policy, compressed off the main thread for those who can read it. */
export function sendPage(
  reply: FastifyReply,
  markup: string,
  formTargets: string,
  policy: Record<string, string> | undefined,
): FastifyReply {
  reply.headers({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': pagePolicy(reply.request.nonce, formTargets, policy),
  })
  const encoding = markup.length < WORTH_ZIPPING ? undefined : encodingFor(reply.request.headers['accept-encoding'])
  if (encoding === undefined) return reply.send(markup)
  const bytes = Buffer.from(markup, 'utf8')
  const zipped = encoding === 'br' ? zip.br(bytes, brotliAt(bytes, 4)) : zip.gzip(bytes, { level: 5 })
  zipped.then(
    (form) => reply.headers({ 'content-encoding': encoding, vary: 'accept-encoding' }).send(form),
    () => reply.send(markup),
  )
  return reply
}
