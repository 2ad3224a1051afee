// Prepares every statement of a block against the migrated schema, as the block's own role: columns, types and rights.
import { Client } from 'pg'
import { statementsOf } from './statements.ts'

export interface StatementFault {
  file: string
  line: number
  message: string
  text: string
}

export interface StatementReport {
  /** Zero means that nothing was checked. */
  examined: number
  faults: StatementFault[]
}

interface Prepared {
  url: string
  database(role: string): { url: string }
}

const BLOCKS = new URL('../../blocks/', import.meta.url)

/** Of blocks/<block> unless another folder is named. Says on the console how many it examined. */
export async function prepareAll(house: Prepared, block: string, folder?: URL | string): Promise<StatementReport> {
  const client = new Client({ connectionString: house.database(`ashlar_${block}`).url })
  client.on('error', () => {})
  await client.connect()
  const report: StatementReport = { examined: 0, faults: [] }
  try {
    for (const { file, line, texts } of statementsOf(folder ?? new URL(`${block}/`, BLOCKS))) {
      for (const text of texts) {
        report.examined++
        const message = await complaintOf(client, text)
        if (message) report.faults.push({ file, line, message, text })
      }
    }
  } finally {
    await client.end()
  }
  console.log(`${block}: ${report.examined} statements prepared, ${report.faults.length} faults`)
  for (const { file, line, message } of report.faults) console.log(`  ${file}:${line} ${message}`)
  return report
}

/** PREPARE finds wrong names and types; only planning finds missing rights. */
async function complaintOf(client: Client, text: string): Promise<string | undefined> {
  try {
    await client.query(`prepare examined as ${text}`)
    await client.query('deallocate examined')
    await client.query(`explain (generic_plan) ${text}`)
    return undefined
  } catch (error) {
    await client.query('deallocate all')
    return (error as Error).message
  }
}
