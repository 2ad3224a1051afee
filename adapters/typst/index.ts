// The door of the Typst adapter: a printer of letters.
export { checkTemplate } from './template.ts'
export type { Typesetter, TypesetterOptions } from './typesetter.ts'
export { startTypesetter } from './typesetter.ts'
export type { TypstOptions, TypstPrinter } from './typst.ts'
export { createTypst, LetterNotPrinted } from './typst.ts'
