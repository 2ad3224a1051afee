// How the embedded server is set: for one machine, reachable by its socket only, and silent about people's data.
export const DURABILITY = ['fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums'] as const

/** Durability is on purpose not set here: what an operator has turned off must be noticed and refused. */
export function serverSettings(socketFolder: string): Record<string, string> {
  return {
    listen_addresses: '',
    unix_socket_directories: socketFolder,
    unix_socket_permissions: '0700',
    password_encryption: 'scram-sha-256',
    max_connections: '200',
    shared_buffers: '128MB',
    effective_cache_size: '1GB',
    work_mem: '8MB',
    maintenance_work_mem: '128MB',
    min_wal_size: '256MB',
    max_wal_size: '2GB',
    wal_recycle: 'on',
    random_page_cost: '1.1',
    jit: 'off',
    timezone: 'UTC',
    idle_in_transaction_session_timeout: '60s',
    client_connection_check_interval: '10s',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] ',
    // A failed statement, its message and its details would carry a person's data into the log: the server's own
    // doings and what ends a session are kept, errors of statements are the caller's to report.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    log_autovacuum_min_duration: '-1',
  }
}

/** Only for tests: quick and forgetful. The product's start refuses a folder that was ever run like this. */
export const FORGETFUL: Record<string, string> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  scram_iterations: '1',
  autovacuum_naptime: '20s',
}
