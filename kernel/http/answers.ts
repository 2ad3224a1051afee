// What callers are told when something is refused or fails: a problem for programs, a page for people.
import type { Socket } from 'node:net'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { publicReference } from '../identifiers/index.ts'
import type { Log } from '../log/index.ts'
import { isProblem, type Problem, problemBody } from '../problem/index.ts'
import { hasBody } from './bodies.ts'
import { type Pages, plainPages } from './pages.ts'
import * as problems from './problems.ts'

/** Milliseconds. */
const LINGER = 1_000

const PROBLEM_JSON = 'application/problem+json; charset=utf-8'

/** Of the database and its connections: it is there again in a moment, or was too busy. */
const passing = new Set(
  'ECONNREFUSED ECONNRESET EPIPE ETIMEDOUT 08000 08003 08006 57014 57P01 57P02 57P03 53300 53400 55P03 40001 40P01'.split(
    ' ',
  ),
)

interface AnswerNeeds {
  log: Log
  baseUrl: string
  pages: Pages
  bodyLimit: number
}

export function createAnswers({ log, baseUrl, pages, bodyLimit }: AnswerNeeds) {
  /** A fault is logged here, once, with the reference that the caller is told. */
  function toProblem(error: unknown, request: FastifyRequest): Problem {
    if (isProblem(error)) return error
    const { code = '', statusCode = 500, message = '' } = error as Partial<FastifyError>
    const ofFastify = fromFastify(code, request)
    if (ofFastify !== undefined) return ofFastify
    if (hasLeft(request)) return problems.RequestTooSlow()
    if (statusCode >= 400 && statusCode < 500 && code.startsWith('FST_')) return problems.RequestNotValid([])

    const reference = publicReference('E')
    const fields = { traceId: request.id, reference, method: request.method, route: request.routeOptions.url }
    if (passing.has(code) || message.startsWith('timeout exceeded when trying to connect')) {
      log.error({ ...fields, err: error }, 'a part of the system cannot be reached')
      return problems.TemporarilyUnavailable(reference)
    }
    log.error({ ...fields, err: error }, 'fault')
    return problems.SomethingWentWrong(reference)
  }

  function fromFastify(code: string, request: FastifyRequest): Problem | undefined {
    switch (code) {
      case 'FST_ERR_CTP_BODY_TOO_LARGE':
        return problems.BodyTooLarge(request.routeOptions.bodyLimit ?? bodyLimit)
      case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
        return problems.MediaTypeNotSupported(request.url.startsWith('/api/') ? 'application/json' : 'a form or JSON')
      case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
        return problems.BodyNotJson('Its length is not the one announced.')
      case 'FST_ERR_BAD_URL':
      case 'FST_ERR_MAX_PARAM_LENGTH':
        return problems.UrlNotValid()
      default:
        return undefined
    }
  }

  return async function answer(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const problem = toProblem(error, request)
    for (const name of ['etag', 'location', 'link', 'content-encoding', 'content-length']) reply.removeHeader(name)
    reply
      .code(problem.status)
      .headers(problem.headers ?? {})
      .header('cache-control', 'no-store')
    // What is still on its way would be waited for, byte by byte, if the connection stayed open.
    if (!request.raw.complete && hasBody(request.raw)) {
      reply.header('connection', 'close')
      closeGently(request.raw.socket)
    }
    // An address that does not parse is refused before Fastify has given the reply what this room adds to it.
    if (wantsPage(request) && (reply.html as unknown) === undefined)
      return reply.type('text/html; charset=utf-8').send(plainPages.problem(problem, request))
    if (wantsPage(request)) {
      const page = await pageOf(problem, request)
      if (typeof page !== 'string') return reply.redirect(page.redirect, 303)
      return reply.html(page)
    }
    const body = problemBody(problem, { baseUrl, instance: pathOf(request), traceId: request.id })
    return reply.header('content-type', PROBLEM_JSON).send(JSON.stringify(body))
  }

  async function pageOf(problem: Problem, request: FastifyRequest) {
    try {
      return await pages.problem(problem, request)
    } catch (err) {
      log.error({ traceId: request.id, err }, 'the page of a problem failed')
      return plainPages.problem(problem, request)
    }
  }
}

/**
 * Closed at once while bytes still come in, a connection is reset, and the caller may never read why. So our side ends, and
 * what comes for another second is thrown away.
 */
function closeGently(socket: Socket): void {
  socket.destroySoon = () => {
    socket.end()
    setTimeout(() => socket.destroy(), LINGER).unref()
  }
}

/** A browser at a face; everything under /api is for programs. */
function wantsPage(request: FastifyRequest): boolean {
  return !request.url.startsWith('/api/') && (request.headers.accept?.includes('text/html') ?? false)
}

/** Without the query, which may say something of somebody. */
function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0]!.slice(0, 500)
}

function hasLeft({ raw }: FastifyRequest): boolean {
  return raw.destroyed && !raw.complete
}
