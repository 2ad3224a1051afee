#!/usr/bin/env node
// The command line of Ashlar: finds the command, reads its flags, and says what to do when they are wrong.
import { nearest } from '@ashlar/kernel/language'
import { readArguments, UsageError } from './arguments.ts'
import { type Command, commands } from './commands.ts'

const [name = 'help', ...rest] = process.argv.slice(2)
const aliases: Record<string, string> = { '--help': 'help', '-h': 'help', '--version': 'version', '-v': 'version' }
const command: Command | undefined = commands[aliases[name] ?? name]

if (!command) {
  const meant = nearest(name, Object.keys(commands))
  console.error(`There is no command "${name}".${meant ? ` Did you mean "${meant}"?` : ''} See: npx ashlar help`)
  process.exit(2)
}

try {
  const given = readArguments(rest)
  if (given.flags.help) {
    console.log(`${command.usage}\n\n${command.about}`)
    process.exit(0)
  }
  process.exitCode = await command.run(given)
} catch (error) {
  console.error(error instanceof Error ? (process.env.ASHLAR_DEBUG ? error.stack : error.message) : error)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
