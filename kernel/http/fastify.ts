// What this room adds to Fastify's types: settings of routes, who calls, and ways to answer.
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyTypeProvider,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { Static, TSchema } from 'typebox'
import type { Caller } from './caller.ts'
import type { Claim } from './idempotency.ts'
import type { Pages } from './pages.ts'
import type { EventStream } from './sse.ts'
import type { UploadLimits } from './uploads.ts'

/** Types of requests and answers from their TypeBox schemas. */
export interface TypeBoxTypeProvider extends FastifyTypeProvider {
  validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown
  serializer: this['schema'] extends TSchema ? Static<this['schema']> : unknown
}

export type Http = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The scope a caller needs: '<block>.<verb>'. A route has this or `public`. */
    scope?: string
    /** Why anyone may come here: one sentence, shown in the docs. */
    public?: string
    /** Codes of the problems this route may answer beside those of every route; shown in the docs. */
    problems?: string[]
    /** Why this write of /api needs no Idempotency-Key: what makes doing it twice harmless. */
    idempotent?: string
    /** Takes multipart/form-data: fields and files become the body. */
    upload?: UploadLimits
    /** Takes forms (urlencoded) although it stands under /api. */
    forms?: boolean
    /** Why other origins may write here, such as a webhook of a provider that proves itself otherwise. */
    anyOrigin?: string
    /** false: asks neither for the caller nor for room; only for health and files. */
    plain?: true
    /** false leaves a route of /api out of the description, true takes one in that stands elsewhere. */
    documented?: boolean
  }

  interface FastifyRequest {
    /** Who calls; undefined is anonymous. */
    caller: Caller | undefined
    /** For this answer's inline and linked styles and scripts: <style nonce="…">. */
    readonly nonce: string
    /** For the hidden field `_token` of this answer's forms; '' without a session. */
    readonly formToken: string
    /** The JSON text of the body, for fingerprints. */
    bodyText: string
    claim: Claim | null
    counted: boolean
    nonceMade: string
  }

  interface FastifyReply {
    /** Sends a page with its Content-Security-Policy; `policy` adds to directives, such as { 'img-src': 'https://…' }. */
    html(markup: string, policy?: Record<string, string>): FastifyReply
    /**
     * Streams events (text/event-stream). `subscribe` gets the stream and gives the function that ends the
     * subscription, called once when the browser leaves, falls behind, or the server closes.
     */
    sse(subscribe: (stream: EventStream) => () => void): FastifyReply
  }

  interface FastifyInstance {
    /** Adds a check to /readyz; one that throws or gives false makes the program not ready. */
    readyWhen(name: string, check: () => Promise<unknown> | unknown): void
    /** How refusals and plain documents look for people; set by a face. */
    setPages(pages: Partial<Pages>): void
    /** Lets forms lead to another origin, such as a payment provider's page. */
    allowFormTarget(origin: string): void
    /** Not ready from now on; closes after `delay` milliseconds, finishing what is in work. */
    drain(delay?: number): Promise<void>
  }
}
