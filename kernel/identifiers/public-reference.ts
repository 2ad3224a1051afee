// References that people quote on the phone and copy by hand: 'CR-26-7K3MX-9RDT4'.
import { randomInt } from 'node:crypto'

/**
 * 23 signs that are not taken for one another: of each look-alike pair only one is there (2 Z, 5 S, 6 G, 8 B, V U, and
 * neither of 0 O Q nor 1 I L), and without A and E no words are spelt. 23 is prime, which makes the check sign work.
 */
const signs = '23456789CDFHJKMNPRTVWXY'
const shape = /^([A-Z]{1,6})-(\d{2})-([2-9CDFHJKMNPRTVWXY]{5})-([2-9CDFHJKMNPRTVWXY]{5})$/

/**
 * The check sign: a sum with the weights 1–11 modulo 23 over the two digits of the year and the nine random signs.
 * Catches every single wrong sign and every two signs that changed places; the prefix is weighed as a whole.
 */
function checkSign(prefix: string, year: string, random: string): string {
  const values = [...year].map(Number).concat([...random].map((sign) => signs.indexOf(sign)))
  const whole = [...prefix].reduce((sum, letter) => (sum * 26 + letter.charCodeAt(0)) % 23, 0)
  return signs[values.reduce((sum, value, index) => sum + value * (index + 1), whole) % 23]!
}

/**
 * A random reference: nine signs are 40.7 bits, so that one cannot be guessed from another, and the tenth checks them.
 * Random is not unique by itself: the store has a unique key and tries again. `at` gives the year it shows.
 */
export function publicReference(prefix: string, at: Date = new Date()): string {
  if (!/^[A-Z]{1,6}$/.test(prefix)) throw new RangeError(`'${prefix}' is not a prefix of 1 to 6 capital letters`)
  const year = String(at.getUTCFullYear() % 100).padStart(2, '0')
  let random = ''
  for (let left = 9; left > 0; left--) random += signs[randomInt(signs.length)]
  const all = random + checkSign(prefix, year, random)
  return `${prefix}-${year}-${all.slice(0, 5)}-${all.slice(5)}`
}

/** What a person typed, as we write it: capitals, any dashes or spaces between; undefined if the check sign is wrong. */
export function readPublicReference(text: string): string | undefined {
  if (text.length > 40) return undefined
  const bare = text.toUpperCase().replace(/[\s\p{Pd}._]/gu, '')
  const parts = /^([A-Z]{1,6}?)(\d\d)(.{5})(.{5})$/.exec(bare)
  const reference = parts ? `${parts[1]}-${parts[2]}-${parts[3]}-${parts[4]}` : undefined
  return reference !== undefined && isPublicReference(reference) ? reference : undefined
}

/** Whether this is a reference as we write it, with a right check sign; not whether it was ever given out. */
export function isPublicReference(text: string): boolean {
  const parts = shape.exec(text)
  if (!parts) return false
  const signsGiven = parts[3]! + parts[4]!
  return checkSign(parts[1]!, parts[2]!, signsGiven.slice(0, 9)) === signsGiven[9]
}
