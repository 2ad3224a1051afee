// What travels between the printer and the typesetter: one JSON object a line, each way.
import type { Duplex } from 'node:stream'

export interface Order {
  source: string
  /** JSON; the library reads it from `sys.inputs`. */
  data: string
  /** Unix seconds. */
  at: number
}

/** `refused` says what is wrong with the template, and holds no facts of the letter. */
export type Answer =
  | { pdf: string /* base64 */; missing: string[] }
  | { refused: string }
  /** The typesetter ended or took too long. */
  | { failed: true }

/** Bytes; a letter's data and a letter's file are far below. */
export const longestLine = 64 * 2 ** 20

/** Calls back for each whole line; a line that grows beyond the limit destroys the connection. */
export function eachLine(connection: Duplex, limit: number, found: (line: string) => void): void {
  let rest: Buffer[] = []
  let length = 0
  connection.on('data', (chunk: Buffer) => {
    let from = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      const line = Buffer.concat([...rest, chunk.subarray(from, end)]).toString('utf8')
      rest = []
      length = 0
      from = end + 1
      found(line)
    }
    if (from < chunk.length) rest.push(chunk.subarray(from))
    length += chunk.length - from
    if (length > limit) connection.destroy(new Error(`a line of more than ${limit} bytes`))
  })
}

export const send = (connection: Duplex, message: Order | Answer): void => {
  connection.write(`${JSON.stringify(message)}\n`)
}
