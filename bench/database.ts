// A connection of the superuser for as long as some work takes.
import { Client } from 'pg'

export async function withDatabase<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, application_name: 'ashlar bench' })
  // What breaks is told by the statement that it breaks.
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
