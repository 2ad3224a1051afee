// What people type is in no log (B11), and in no table in the clear: a word that was in all that was sent is looked for.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Figure, figure } from './figure.ts'
import { query } from './people.ts'
import type { Product } from './product.ts'

/** Lines of logs (files, or folders of them) that hold the word, and how many kilobytes were looked at. */
export function logsHolding(canary: string, logs: string[]): { findings: string[]; kilobytes: number } {
  const findings: string[] = []
  let bytes = 0
  for (const file of logs.flatMap(filesIn)) {
    const text = readFileSync(file, 'utf8')
    bytes += text.length
    const line = text.split('\n').find((one) => one.includes(canary))
    if (line !== undefined) findings.push(`${file}: ${line.slice(0, 300)}`)
  }
  return { findings, kilobytes: Math.round(bytes / 1024) }
}

export async function canaryIsNowhere(product: Product, canary: string, logs: string[]): Promise<Figure[]> {
  const { findings, kilobytes } = logsHolding(canary, logs)
  const tables = await query<{ place: string }>(
    product,
    `select format('%I.%I', n.nspname, c.relname) as place from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'`,
  )
  const hex = Buffer.from(canary).toString('hex')
  const clear: string[] = []
  for (const { place } of tables) {
    const [row] = await query<{ row: string }>(
      product,
      `select left(t::text, 300) as row from ${place} t where t::text like $1 or t::text like $2 limit 1`,
      [`%${canary}%`, `%${hex}%`],
    )
    if (row) clear.push(`${place}: ${row.row}`)
  }
  return [
    figure('B11', 'Logs that hold what people sent', findings.length, '= 0', { examined: kilobytes, findings }),
    figure('B11', 'Tables that hold it in the clear', clear.length, '= 0', {
      examined: tables.length,
      findings: clear,
    }),
  ]
}

function filesIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
