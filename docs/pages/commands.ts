// The page of commands: the command line as its help shows it.
import { commands, helpOf } from '../../apps/cli/commands.ts'
import { page } from '../markdown.ts'

export function commandsPage(): string {
  return page(
    'Commands',
    'apps/cli/commands.ts',
    `Data goes to stdout, talk to stderr. The exit code is 0 when done, 1 when something is wrong, 2 when the command was not
understood. Every [setting](settings.md) is a flag, too.`,
    ...Object.entries(commands).map(([name, command]) => `## ${name}\n\n\`\`\`\n${helpOf(command)}\n\`\`\``),
  )
}
