// Names of people and firms in any script: words, skeletons for finding them, and how alike two names are.
import { scriptOf, toLatin } from './scripts.ts'

const MAX_WORDS = 12

/** Words that stand in a name or not without making another name: articles and 'son of'. */
const particles = new Set([
  'al',
  'el',
  'ul',
  'as',
  'ar',
  'bin',
  'ibn',
  'ben',
  'bint',
  'de',
  'da',
  'di',
  'la',
  'le',
  'van',
  'von',
  'بن',
  'بنت',
  'ابن',
  'ال',
])

/** The words of a name: lower case, without marks, apostrophes and particles, at most 12. */
export function wordsOf(name: string): string[] {
  const plain = name
    .slice(0, 400)
    .normalize('NFKD')
    .replace(/[\p{M}\u0640'’‘ʼ`´ʻ]/gu, '')
    .toLowerCase()
    .replace(/[أإآٱ]/g, 'ا')
    .replace(/[ىئ]/g, 'ي')
    .replace(/ة/g, 'ه')
    .replace(/ؤ/g, 'و')
    .normalize('NFC')
  const words = plain.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '')
  const bare = words.map((word) => (word.length > 4 && word.startsWith('ال') ? word.slice(2) : word))
  const kept = bare.filter((word) => !particles.has(word))
  return (kept.length > 0 ? kept : bare).slice(0, MAX_WORDS)
}

const folds: [RegExp, string][] = [
  [/sch|shch|tch|sh|ch|zh|ts|tz|dz/g, 's'],
  [/dj/g, 'j'],
  [/ph/g, 'f'],
  [/kh/g, 'h'],
  [/gh/g, 'g'],
  [/ck|q|x/g, 'k'],
  [/g(?=[ei])/g, 'j'],
  [/c(?=[eiy])/g, 's'],
  [/c/g, 'k'],
  [/z/g, 's'],
  [/[td]h/g, 't'],
  [/d/g, 't'],
  [/p/g, 'b'],
  [/[vw]/g, 'f'],
]

/**
 * What remains of a word when all is left out that spelling and transliteration change: محمد, Muhammad, Mohamed and
 * Мухаммад all give `mhmt`. It finds candidates; it never decides that two names are one.
 */
export function skeletonOf(word: string): string {
  let latin = toLatin(word)
  if (/[^a-z0-9]/.test(latin)) return latin
  // A half-vowel inside a word may be a vowel or a consonant; spellings disagree, so it counts only at the start.
  latin = latin.slice(0, 1) + latin.slice(1).replace(/ou|oo|w|y/g, '')
  for (const [spelling, sound] of folds) latin = latin.replace(spelling, sound)
  const bones = latin.replace(/[aeiouy]/g, '').replace(/(.)\1+/g, '$1')
  return bones === '' ? (latin[0] ?? '') : bones
}

/** How alike two words of one script are, 0 to 1 (Jaro–Winkler). */
function wordLikeness(a: string, b: string): number {
  if (a === b) return 1
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1)
  const taken = new Array<boolean>(b.length).fill(false)
  const found: string[] = []
  for (let i = 0; i < a.length; i++) {
    for (let j = Math.max(0, i - reach); j < Math.min(b.length, i + reach + 1); j++) {
      if (taken[j] || a[i] !== b[j]) continue
      taken[j] = true
      found.push(a[i]!)
      break
    }
  }
  if (found.length === 0) return 0
  const mirrored = [...b].filter((_, j) => taken[j])
  const moved = found.filter((letter, i) => letter !== mirrored[i]).length / 2
  const jaro = (found.length / a.length + found.length / b.length + (found.length - moved) / found.length) / 3
  let start = 0
  while (start < 4 && start < a.length && a[start] === b[start]) start++
  return jaro + start * 0.1 * (1 - jaro)
}

/** Spelling variants and other scripts are close, never the same: a person must look. */
const SAME_SOUND = 0.94
/** Any two words share some letters; below this they are simply two words. */
const ANOTHER_WORD = 0.8

function anyScriptLikeness(a: string, b: string): number {
  if (a === b) return 1
  const [soundA, soundB] = [skeletonOf(a), skeletonOf(b)]
  if (scriptOf(a) !== scriptOf(b))
    return soundA === soundB ? SAME_SOUND : orNothing(0.95 * wordLikeness(soundA, soundB))
  const spelled = orNothing(wordLikeness(a, b))
  return soundA === soundB ? Math.max(spelled, 0.9) : spelled
}

function orNothing(likeness: number): number {
  return likeness < ANOTHER_WORD ? 0 : likeness
}

/**
 * How alike two full names are, 0 to 1. The order of the words does not count; a word that the other name lacks costs
 * little if at least two words agree. 1 only when the words are the same, letter by letter.
 */
export function nameLikeness(a: string, b: string): number {
  const [short, long] = [wordsOf(a), wordsOf(b)].sort((x, y) => x.length - y.length) as [string[], string[]]
  if (short.length === 0) return 0
  const pairs = short
    .flatMap((word, i) => long.map((other, j) => ({ i, j, likeness: anyScriptLikeness(word, other) })))
    .sort((x, y) => y.likeness - x.likeness)
  const usedShort = new Set<number>()
  const usedLong = new Set<number>()
  let sum = 0
  for (const { i, j, likeness } of pairs) {
    if (usedShort.has(i) || usedLong.has(j)) continue
    usedShort.add(i)
    usedLong.add(j)
    sum += likeness
  }
  const missing = long.length - short.length
  const apart = (sum / short.length) * Math.max(0, 1 - missing * (short.length > 1 ? 0.06 : 0.25))
  return Math.max(apart, joinedLikeness(short.join(''), long.join('')))
}

/** "Abdul Rahman" and "Abdulrahman": written apart or together. */
function joinedLikeness(a: string, b: string): number {
  if (a === b) return 0.97
  return skeletonOf(a) === skeletonOf(b) ? 0.9 : 0
}
