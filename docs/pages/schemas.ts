// The page of schemas: which file of a country keeps to which.
import { publishedSchemas } from '@ashlar/catalogue'
import { code, page, table } from '../markdown.ts'

export function schemasPage(): string {
  const rows = Object.entries(publishedSchemas()).map(([file, text]) => {
    const { title = '', properties = {} } = JSON.parse(text) as { title?: string; properties?: object }
    return [
      `[${file}](../../blocks/catalogue/schemas/${file})`,
      title,
      Object.keys(properties)
        .map((key) => code(key))
        .join(', '),
    ]
  })
  return page(
    'JSON Schemas',
    'blocks/catalogue/schema',
    `An editor completes and checks the files of a country when their first line names the schema:
\`# yaml-language-server: $schema=…/blocks/catalogue/schemas/service.json\`. \`npx ashlar check\` finds more than a schema can.
The schema of a service's answers is at \`/api/catalogue/v1/services/<id>/schema\`.`,
    table(['schema', 'of', 'keys'], rows),
  )
}
