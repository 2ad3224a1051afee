// The product's interfaces as it describes them itself, and a way to send it exactly these bytes.
import { connect } from 'node:net'

export interface Schema {
  type?: string | string[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  enum?: unknown[]
  const?: unknown
  format?: string
  pattern?: string
  minimum?: number
  minLength?: number
  maxLength?: number
  additionalProperties?: boolean | Schema
  patternProperties?: Record<string, Schema>
}

export interface Operation {
  method: string
  /** With its parameters in braces. */
  path: string
  public: boolean
  scope?: string
  description: string
  parameters: { name: string; in: 'path' | 'query' | 'header'; schema: Schema; required?: boolean }[]
  /** Of the JSON body; undefined where none is described. */
  body?: Schema
  responses: string[]
}

interface Described {
  description?: string
  security?: { token?: string[] }[]
  parameters?: Operation['parameters']
  requestBody?: { content?: Record<string, { schema?: Schema }> }
  responses?: Record<string, unknown>
}

/** Every operation of /openapi.json. */
export async function operationsOf(url: string): Promise<Operation[]> {
  const answer = await fetch(`${url}/openapi.json`)
  const { paths } = (await answer.json()) as { paths: Record<string, Record<string, Described>> }
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]): Operation => {
      const scope = described.security?.[0]?.token?.[0]
      const body = described.requestBody?.content?.['application/json']?.schema
      return {
        method: method.toUpperCase(),
        path,
        public: scope === undefined,
        description: described.description ?? '',
        parameters: described.parameters ?? [],
        responses: Object.keys(described.responses ?? {}),
        ...(scope === undefined ? {} : { scope }),
        ...(body === undefined ? {} : { body }),
      }
    }),
  )
}

export const writes = ({ method }: Pick<Operation, 'method'>): boolean => !['GET', 'HEAD', 'OPTIONS'].includes(method)

export interface Sent {
  method: string
  /** As it stands in the request line. */
  path: string
  headers?: Record<string, string>
  body?: Buffer | string
}

export interface Reply {
  /** 0: no answer came. */
  status: number
  headers: string
  body: string
}

/** Sends bytes that an HTTP client would refuse to send, too; one connection for one request. */
export function sendRaw(url: string, { method, path, headers = {}, body = '' }: Sent): Promise<Reply> {
  const { port } = new URL(url)
  const bytes = Buffer.from(body)
  const all: Record<string, string> = { host: `localhost:${port}`, connection: 'close', ...headers }
  if (bytes.length > 0 || method !== 'GET') all['content-length'] ??= String(bytes.length)
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    const socket = connect(Number(port), '127.0.0.1')
    const end = () => {
      socket.destroy()
      const text = Buffer.concat(chunks).toString('utf8')
      const head = text.indexOf('\r\n\r\n')
      resolve({ status: Number(text.slice(9, 12)) || 0, headers: text.slice(0, head), body: text.slice(head + 4) })
    }
    socket.setTimeout(20_000, end)
    socket.on('data', (chunk) => chunks.push(chunk))
    // An answer that comes before the body is read ends the connection: what had been answered counts.
    socket.on('error', () => undefined)
    socket.on('close', end)
    socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1')
    socket.write(bytes)
  })
}

/** The code of a problem, or ''. */
export const codeOf = ({ body }: Reply): string => /"code":"([^"]+)"/.exec(body)?.[1] ?? ''
