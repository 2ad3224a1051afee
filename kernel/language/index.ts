// The door of the room `language`: texts that people see, in every language of a country.
export { toLatinDigits } from './digits.ts'
export { readTexts, type TextTree } from './files.ts'
export { nearest } from './nearest.ts'
export { createTexts, type Language, type TextProblem, type Texts, type TextValues } from './texts.ts'
