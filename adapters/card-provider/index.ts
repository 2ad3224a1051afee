// The door of the card provider: our client of it, and the sandbox that stands in for it.
export { createCardProvider } from './card-provider.ts'
export type { SandboxProvider } from './sandbox.ts'
export { startSandboxProvider } from './sandbox.ts'
