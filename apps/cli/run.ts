// Finds the command, reads its flags, and says what to do when they are wrong. Imports no package, so that it can say
// what is the matter where packages are missing.
import { readArguments, UsageError } from './arguments.ts'
import { commands, helpOf } from './commands.ts'

const aliases: Record<string, string> = { '--help': 'help', '-h': 'help', '--version': 'version', '-v': 'version' }

/** Gives the exit code: 0 done, 1 something is wrong, 2 the command was not understood. */
export async function runCommand([name = 'help', ...rest]: string[]): Promise<number> {
  try {
    const command = commands[aliases[name] ?? name]
    if (!command) throw new UsageError(`There is no command "${name}".${await meant(name)} See: npx ashlar help`)
    const given = readArguments(rest)
    if (given.flags.help) {
      console.log(helpOf(command))
      return 0
    }
    return await command.run(given)
  } catch (error) {
    console.error(toWords(error))
    return error instanceof UsageError ? 2 : 1
  }
}

async function meant(name: string): Promise<string> {
  const { nearest } = await import('@ashlar/kernel/language')
  const word = nearest(name, Object.keys(commands))
  return word ? ` Did you mean "${word}"?` : ''
}

function toWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (process.env.ASHLAR_DEBUG) return error.stack ?? error.message
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ERR_MODULE_NOT_FOUND')
    return `${error.message}\nThe packages are not complete: run npm ci, then npx ashlar doctor.`
  return error.message
}
