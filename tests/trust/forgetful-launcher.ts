// The product on a database that acknowledges before it has written: for the control of the crash rig only. Nothing else is
// different, so what this loses is what the product's own database must keep.
import { startPostgres } from '@ashlar/kernel/postgres'
import { readArguments } from '../../apps/cli/arguments.ts'
import { start } from '../../apps/cli/start.ts'

const [, ...given] = process.argv.slice(2)

process.exitCode = await start(readArguments(given), async ({ folder, label, log }) => {
  const server = await startPostgres({
    folder,
    ...(label === undefined ? {} : { label }),
    ...(log === undefined ? {} : { log }),
    test: 'forgetful',
    settings: { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'off', wal_writer_delay: '1s' },
  })
  return { ...server, kind: 'embedded' as const }
})
