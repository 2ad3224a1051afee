// The door of the room `identifiers`: keys of rows, references for people, pairwise identifiers of persons.
export { createPairwise, type Pairwise } from './pairwise.ts'
export { isPublicReference, publicReference, readPublicReference } from './public-reference.ts'
export { isUuid, uuidOf, uuidv7 } from './uuid.ts'
