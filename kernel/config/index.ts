// The door of the room `config`: settings from flags, environment, file and defaults, and where each came from.
export { type Config, ConfigError, type ConfigRow, type ConfigSources, readConfig } from './config.ts'
export { type ConfigKey, configKeys } from './keys.ts'
