// What prints letters: the type that an adapter fulfils, and everything that a letter is drawn from.

/** What a template draws on. All of it is data: nothing here is ever read as markup or code. */
export interface LetterData {
  /** BCP 47, e.g. 'ar' */
  language: string
  direction: 'ltr' | 'rtl'
  issuer: LetterIssuer
  holder: { name: string | null }
  paper: { title: string; reference: string; issuedAt: string; validUntil: string | null }
  /** The facts as the process gave them. */
  facts: Record<string, unknown>
  /** The same, written out in the reader’s language: dates, money, lists; null where there is nothing. */
  shown: Record<string, unknown>
  /** The texts of the letter, with their values filled in. */
  texts: Record<string, string>
  /** The signed code as an SVG drawing, and the page where a reference can be typed. */
  verify: { qr: string; page: string } | null
  /** "Preview", across every sheet of what was not issued. */
  preview?: string
}

export interface LetterIssuer {
  country: string
  name: string
  /** An SVG drawing. */
  emblem?: string
  /** '#0b3d2e' */
  colour?: string
  accent?: string
}

export interface Letter {
  template: { name: string; source: string }
  data: LetterData
  /** Date of creation that the file shows: the same letter gives the same bytes. */
  at: Date
}

export interface PrintedLetter {
  pdf: Buffer
  /** Signs that no font knows; a box stands in their place. */
  missing: string[]
}

export interface LetterPrinter {
  /** A tagged PDF/A-2a. Throws LetterNotPrinted if the template is wrong or takes too long. */
  print(letter: Letter): Promise<PrintedLetter>
}
