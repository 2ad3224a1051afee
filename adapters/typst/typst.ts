// Prints letters at a typesetter, one after another; a letter on which the typesetter dies is tried again with more care.
import { randomUUID } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Letter, LetterPrinter, PrintedLetter } from '@ashlar/documents'
import { type Answer, eachLine, longestLine, type Order, send } from './order.ts'
import { checkTemplate } from './template.ts'
import { startTypesetter, type Typesetter } from './typesetter.ts'

export interface TypstOptions {
  /** Where a typesetter listens (see startTypesetter). Without it, one is started at the first letter. */
  socket?: string
  /** For a typesetter of our own. */
  fonts?: string[]
  limit?: number
  /** Letters that may wait before another is refused. Default 1000. */
  waiting?: number
}

export interface TypstPrinter extends LetterPrinter {
  close(): Promise<void>
}

/** A fault of the template or of the typesetter, never of the reader; `message` holds no facts of the letter. */
export class LetterNotPrinted extends Error {
  override readonly name = 'LetterNotPrinted'
}

interface Waiting {
  letter: Letter
  tries: number
  resolve(printed: PrintedLetter): void
  reject(error: Error): void
}

export function createTypst({ socket, waiting = 1_000, ...own }: TypstOptions = {}): TypstPrinter {
  const queue: Waiting[] = []
  let typesetter: Promise<Typesetter> | undefined
  let connection: Socket | undefined
  let current: Waiting | undefined
  let closed = false

  async function open(): Promise<Socket> {
    if (!socket) typesetter ??= startTypesetter({ ...own, socket: join(tmpdir(), `typesetter-${randomUUID()}`) })
    const opened = connect(socket ?? (await typesetter!).socket)
    eachLine(opened, longestLine, (line) => settle(JSON.parse(line) as Answer))
    opened.on('error', () => {})
    opened.on('close', () => {
      if (connection === opened) connection = undefined
      lost()
    })
    return opened
  }

  async function next(): Promise<void> {
    if (current || closed) return
    current = queue.shift()
    if (!current) return void connection?.unref()
    try {
      connection ??= await open()
    } catch {
      return lost()
    }
    connection.ref()
    if (current) send(connection, toOrder(current))
  }

  function settle(answer: Answer): void {
    const done = 'failed' in answer ? undefined : take()
    if ('failed' in answer) lost()
    else if ('refused' in answer) done?.reject(fault(done.letter, answer.refused))
    else done?.resolve({ pdf: Buffer.from(answer.pdf, 'base64'), missing: [...answer.missing, ...leftOut(done)] })
    void next()
  }

  /** The typesetter died or hung. The letter in work gets a second try, without the signs that are known to be hard. */
  function lost(): void {
    const letter = take()
    if (letter && letter.tries++ === 0) queue.unshift(letter)
    else letter?.reject(fault(letter.letter, 'the typesetter failed on it or took too long'))
    void next()
  }

  function take(): Waiting | undefined {
    const taken = current
    current = undefined
    return taken
  }

  return {
    print: (letter) =>
      new Promise((resolve, reject) => {
        const [problem] = checkTemplate(letter.template.source)
        if (problem) return reject(fault(letter, `line ${problem.line}: ${problem.message}`))
        if (queue.length >= waiting) return reject(fault(letter, `${waiting} letters are waiting already`))
        if (closed) return reject(fault(letter, 'the printer is closed'))
        queue.push({ letter, tries: 0, resolve, reject })
        void next()
      }),

    close: async () => {
      closed = true
      for (const left of [take(), ...queue.splice(0)]) left?.reject(fault(left.letter, 'the printer is closed'))
      connection?.destroy()
      await (await typesetter)?.stop()
    },
  }
}

const fault = (letter: Letter, reason: string) => new LetterNotPrinted(`${letter.template.name}: ${reason}`)

function toOrder({ letter: { template, data, at }, tries }: Waiting): Order {
  const cleaned = JSON.stringify(data, (_, value) => (typeof value === 'string' ? clean(value) : value))
  const careful =
    tries === 0 ? cleaned : cleaned.normalize('NFC').replace(hard, (sign) => (/\p{M}/u.test(sign) ? '' : '□'))
  return { source: template.source, data: careful, at: Math.floor(at.getTime() / 1000) }
}

/** Text as it may be printed: whole characters, no control signs, and none that turn the direction of what follows. */
const clean = (text: string): string => text.toWellFormed().replace(unprintable, '')
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it takes out
const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]/g

/** Scripts for which a font is here, and what every script shares. */
const drawn =
  'Latn Grek Cyrl Arab Hebr Armn Geor Deva Beng Taml Thai Ethi Sinh Guru Gujr Telu Knda Mlym Laoo Khmr Mymr Hani Hira Kana Hang Zyyy Zinh'
const ofDrawn = drawn.replace(/(\w+) ?/g, '\\p{scx=$1}')

/**
 * Signs on which Typst 0.14 is known to fail (typst/typst#8667), left out when a letter is tried again: marks of
 * right-to-left scripts, and letters of scripts for which no font is here.
 */
const hard = new RegExp(`[\\p{M}&&[\\p{scx=Arab}\\p{scx=Hebr}]]|[[\\p{L}\\p{M}\\p{N}]--[${ofDrawn}]]`, 'gv')

const leftOut = ({ letter, tries }: Waiting): string[] =>
  tries === 0 ? [] : [...new Set(JSON.stringify(letter.data).normalize('NFC').match(hard) ?? [])]
