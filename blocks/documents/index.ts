// The door of documents.
export type { Letter, LetterData, LetterIssuer, LetterPrinter, PrintedLetter } from './letter-printer.ts'
