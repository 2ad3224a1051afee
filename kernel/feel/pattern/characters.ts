// Sets of characters that a pattern can name: literals, ranges, escapes, Unicode categories and blocks.

export type CharacterSet = (character: string) => boolean

/** The character without its case, as flag i compares it. */
export const fold = (character: string): string => character.toUpperCase().toLowerCase()

export function literalSet(literal: string, ignoreCase: boolean): CharacterSet {
  if (!ignoreCase) return (character) => character === literal
  const folded = fold(literal)
  return (character) => character === literal || fold(character) === folded
}

export function rangeSet(from: string, to: string, ignoreCase: boolean): CharacterSet {
  const low = from.codePointAt(0)!
  const high = to.codePointAt(0)!
  const inside = (character: string): boolean => {
    const code = character.codePointAt(0)!
    return code >= low && code <= high
  }
  if (!ignoreCase) return inside
  return (character) => {
    const lower = character.toLowerCase()
    const upper = character.toUpperCase()
    return (
      inside(character) || inside(lower) || inside(upper) || inside(lower.toUpperCase()) || inside(upper.toLowerCase())
    )
  }
}

const nameStart =
  /^[:A-Z_a-z\u{C0}-\u{D6}\u{D8}-\u{F6}\u{F8}-\u{2FF}\u{370}-\u{37D}\u{37F}-\u{1FFF}\u{200C}-\u{200D}\u{2070}-\u{218F}\u{2C00}-\u{2FEF}\u{3001}-\u{D7FF}\u{F900}-\u{FDCF}\u{FDF0}-\u{FFFD}\u{10000}-\u{EFFFF}]$/u
const namePart = /^(?:[-.0-9\u{203F}-\u{2040}]|\u{B7}|[\u{300}-\u{36F}])$/u

const escapes: Record<string, CharacterSet> = {
  s: (character) => character === ' ' || character === '\t' || character === '\n' || character === '\r',
  d: (character) => /^\p{Nd}$/u.test(character),
  w: (character) => /^[^\p{P}\p{Z}\p{C}]$/u.test(character),
  i: (character) => nameStart.test(character),
  c: (character) => nameStart.test(character) || namePart.test(character),
}

/** \s, \d, \w, \i, \c and their opposites in capitals. */
export function escapeSet(letter: string): CharacterSet | undefined {
  const lower = letter.toLowerCase()
  const set = Object.hasOwn(escapes, lower) ? escapes[lower] : undefined
  return set && letter !== lower ? (character) => !set(character) : set
}

const categories = /^(?:L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|Z[slp]?|S[mcko]?|C[cfon]?)$/

// Blocks of Unicode by the names that XML Schema uses: first-last, hexadecimal.
const blocks = new Map(
  `BasicLatin 0-7F Latin-1Supplement 80-FF LatinExtended-A 100-17F LatinExtended-B 180-24F IPAExtensions 250-2AF
SpacingModifierLetters 2B0-2FF CombiningDiacriticalMarks 300-36F Greek 370-3FF GreekandCoptic 370-3FF Cyrillic 400-4FF
CyrillicSupplement 500-52F Armenian 530-58F Hebrew 590-5FF Arabic 600-6FF Syriac 700-74F ArabicSupplement 750-77F
Thaana 780-7BF Devanagari 900-97F Bengali 980-9FF Gurmukhi A00-A7F Gujarati A80-AFF Oriya B00-B7F Tamil B80-BFF
Telugu C00-C7F Kannada C80-CFF Malayalam D00-D7F Sinhala D80-DFF Thai E00-E7F Lao E80-EFF Tibetan F00-FFF
Myanmar 1000-109F Georgian 10A0-10FF HangulJamo 1100-11FF Ethiopic 1200-137F Cherokee 13A0-13FF
UnifiedCanadianAboriginalSyllabics 1400-167F Ogham 1680-169F Runic 16A0-16FF Khmer 1780-17FF Mongolian 1800-18AF
LatinExtendedAdditional 1E00-1EFF GreekExtended 1F00-1FFF GeneralPunctuation 2000-206F
SuperscriptsandSubscripts 2070-209F CurrencySymbols 20A0-20CF CombiningMarksforSymbols 20D0-20FF
LetterlikeSymbols 2100-214F NumberForms 2150-218F Arrows 2190-21FF MathematicalOperators 2200-22FF
MiscellaneousTechnical 2300-23FF ControlPictures 2400-243F OpticalCharacterRecognition 2440-245F
EnclosedAlphanumerics 2460-24FF BoxDrawing 2500-257F BlockElements 2580-259F GeometricShapes 25A0-25FF
MiscellaneousSymbols 2600-26FF Dingbats 2700-27BF BraillePatterns 2800-28FF CJKRadicalsSupplement 2E80-2EFF
KangxiRadicals 2F00-2FDF IdeographicDescriptionCharacters 2FF0-2FFF CJKSymbolsandPunctuation 3000-303F
Hiragana 3040-309F Katakana 30A0-30FF Bopomofo 3100-312F HangulCompatibilityJamo 3130-318F Kanbun 3190-319F
BopomofoExtended 31A0-31BF EnclosedCJKLettersandMonths 3200-32FF CJKCompatibility 3300-33FF
CJKUnifiedIdeographsExtensionA 3400-4DB5 CJKUnifiedIdeographs 4E00-9FFF YiSyllables A000-A48F YiRadicals A490-A4CF
HangulSyllables AC00-D7A3 PrivateUse E000-F8FF CJKCompatibilityIdeographs F900-FAFF
AlphabeticPresentationForms FB00-FB4F ArabicPresentationForms-A FB50-FDFF CombiningHalfMarks FE20-FE2F
CJKCompatibilityForms FE30-FE4F SmallFormVariants FE50-FE6F ArabicPresentationForms-B FE70-FEFF
HalfwidthandFullwidthForms FF00-FFEF Specials FFF0-FFFF`
    .split(/\s(?=\S+ [0-9A-F]+-)/)
    .map((line) => line.trim().split(' ') as [string, string]),
)

/** \p{…}: a general category, or a block as Is…; undefined if Unicode has none of that name. */
export function categorySet(name: string): CharacterSet | undefined {
  if (categories.test(name)) {
    const category = new RegExp(`^\\p{${name}}$`, 'u')
    return (character) => category.test(character)
  }
  const block = name.startsWith('Is') ? blocks.get(name.slice(2)) : undefined
  if (!block) return undefined
  const [low, high] = block.split('-').map((code) => Number.parseInt(code, 16)) as [number, number]
  return (character) => {
    const code = character.codePointAt(0)!
    return code >= low && code <= high
  }
}
