#!/usr/bin/env node
// The command line of Ashlar, as a program. What Node compiles of it is kept beside the packages, where only their owner writes.
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/ashlar', import.meta.url)))
const { runCommand } = await import('./run.ts')

process.exitCode = await runCommand(process.argv.slice(2))
