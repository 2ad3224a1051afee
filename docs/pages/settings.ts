// The page of settings: every key, how to set it, and what holds if nobody does.
import { configKeys } from '@ashlar/kernel/config'
import { settingsSchema } from '@ashlar/server'
import { code, page, table } from '../markdown.ts'

export function settingsPage(): string {
  return page(
    'Settings',
    'apps/server/settings.ts',
    `A flag wins over the environment, the environment over \`ashlar.yaml\`, the file over the default. An unknown key is refused
with a suggestion. A secret can be read from a file named by its variable with \`_FILE\` at the end.
\`npx ashlar config explain\` shows which source won.`,
    table(
      ['flag', 'environment', 'default', 'what it is'],
      configKeys(settingsSchema).map(({ key, env, schema }) => [
        code(`--${key}`),
        [env, ...(schema.env ? [schema.env] : [])].map(code).join(' or '),
        schema.default === undefined ? '' : code(JSON.stringify(schema.default)),
        `${schema.description ?? ''}${schema.secret ? ' Secret.' : ''}`,
      ]),
    ),
  )
}
