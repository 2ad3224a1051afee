#!/usr/bin/env node
// The command line of Ashlar, as a program.
import { runCommand } from './run.ts'

process.exitCode = await runCommand(process.argv.slice(2))
