// The door of the room `keys`: sealing what a subject wrote, erasing it for good, and signing for an authority.
export { createKeys, type Keys } from './keys.ts'
export { CannotOpen, SubjectErased } from './problems.ts'
export type { PublicKey, Signature } from './signing.ts'
