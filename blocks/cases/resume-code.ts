// Codes that open a draft once on another device, read over the phone or written on paper.
import { randomInt } from 'node:crypto'
import { type Pairwise, uuidOf } from '@ashlar/kernel/identifiers'

/** No look-alikes, no vowels: 8 signs are 37 bits. */
const signs = '23456789CDFHJKMNPRTVWXYZ'
const CODE_LENGTH = 8

export function newResumeCode(): string {
  return Array.from({ length: CODE_LENGTH }, () => signs[randomInt(signs.length)]).join('')
}

/** As people type it: any case, with dashes or spaces; undefined if it cannot be one. */
export function readResumeCode(text: string): string | undefined {
  const typed = text.toUpperCase().replace(/[\s\p{Pd}]/gu, '')
  return typed.length === CODE_LENGTH ? typed : undefined
}

/** Keyed by the secret of the pairwise identifiers, so that a copy of the table opens no draft. */
export function hashOfResumeCode(code: string, pairwise: Pairwise): string {
  return pairwise.of('cases resume code', uuidOf(`resume code ${code}`))
}

/** At most so many wrong codes in a span of machine time, over all callers; a right one is given back. */
export function createGuesses(most: number, span: number) {
  let began = 0
  let count = 0
  return {
    take(): boolean {
      const now = Date.now()
      if (now - began > span) {
        began = now
        count = 0
      }
      count += 1
      return count <= most
    },
    giveBack(): void {
      count = Math.max(0, count - 1)
    },
  }
}
