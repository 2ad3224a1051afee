// The door of agencies' systems: our client of them, and the sandbox that stands in for them.
export { createAgencyClient } from './agency-client.ts'
export { type SandboxAgencies, type SandboxControl, sandboxControl, startSandboxAgencies } from './sandbox.ts'
export { sandboxKeyOf } from './sandbox-key.ts'
