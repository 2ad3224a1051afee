// The settings of the program: one table; flag > environment (ASHLAR_SECTION__KEY) > ashlar.yaml > default.
import { existsSync } from 'node:fs'
import { type Config, readConfig } from '@ashlar/kernel/config'
import { type Static, Type } from 'typebox'

export const settingsSchema = Type.Object({
  http: Type.Object({
    host: Type.String({ default: '127.0.0.1', description: 'Address to listen on.' }),
    port: Type.Integer({ default: 8080, minimum: 0, maximum: 65535, description: 'Port; 0 takes a free one.' }),
    baseUrl: Type.Optional(Type.String({ description: 'What people type; http://localhost:<port> if not set.' })),
    trustProxy: Type.Array(Type.String(), {
      default: [],
      description: 'Addresses or networks of your own proxies, whose X-Forwarded-* headers are believed.',
    }),
    metricsToken: Type.Optional(
      Type.String({ secret: true, description: 'Who shows it may read /metrics from another machine.' }),
    ),
    inFlight: Type.Integer({ default: 400, minimum: 1, description: 'Requests at a time; more are answered 503.' }),
  }),
  database: Type.Object({
    url: Type.Optional(
      Type.String({ secret: true, env: 'DATABASE_URL', description: 'PostgreSQL 15 or newer; embedded if not set.' }),
    ),
    connections: Type.Integer({ default: 6, minimum: 1, description: 'Connections at most, for each block.' }),
  }),
  data: Type.Object({
    folder: Type.String({ default: './data', description: 'Embedded database, files and secrets.' }),
  }),
  country: Type.Object({
    folder: Type.String({ default: 'countries/veridia', description: 'The country to run.' }),
  }),
  demo: Type.Object({
    enabled: Type.Boolean({ default: true, description: 'Invented people, doors, mailbox, a clock that moves.' }),
    public: Type.Boolean({ default: false, description: 'Allow the demo on an address that others reach.' }),
    people: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'How many people are invented; as many as the country says if not set.',
      }),
    ),
  }),
  log: Type.Object({
    level: Type.String({ default: 'warn', description: 'trace, debug, info, warn, error or fatal.' }),
  }),
  mail: Type.Object({
    relay: Type.Optional(
      Type.String({ secret: true, description: 'smtp:// URL of the relay; the sandbox mailbox if not set.' }),
    ),
    from: Type.Optional(Type.String({ description: 'Sender of all mail; no-reply at the address’s host if not set.' })),
  }),
  payments: Type.Object({
    providerUrl: Type.Optional(Type.String({ description: 'The card provider; its sandbox if not set.' })),
    providerKey: Type.Optional(Type.String({ secret: true, description: 'Our key at the card provider.' })),
    providerSecret: Type.Optional(Type.String({ secret: true, description: 'Signs the provider’s notices.' })),
  }),
  documents: Type.Object({
    printAhead: Type.Boolean({
      default: true,
      description: 'Letters are printed as soon as they are issued; otherwise when first opened.',
    }),
  }),
  blocks: Type.Object({
    paymentsUrl: Type.Optional(Type.String({ description: 'Payments runs elsewhere and keeps its contract.' })),
    paymentsToken: Type.Optional(Type.String({ secret: true, description: 'How we prove ourselves there.' })),
  }),
})

export type Settings = Static<typeof settingsSchema>

/** Reads all settings; throws ConfigError with every problem. `ashlar.yaml` is read if it is there. */
export function readSettings(flags: Record<string, string | boolean> = {}): Config<Settings> {
  return readConfig(settingsSchema, {
    flags,
    env: process.env,
    ...(existsSync('ashlar.yaml') ? { file: 'ashlar.yaml' } : {}),
    notSettings: ['ASHLAR_FAILPOINT'],
  })
}

const loopback = new Set(['127.0.0.1', '::1', '[::1]', 'localhost'])

/** Why these settings may not run, or undefined: a demo is not for strangers. */
export function refusalOf({ http, demo }: Pick<Settings, 'http' | 'demo'>): string | undefined {
  if (!demo.enabled || demo.public) return undefined
  const others = reachedFrom(http)
  if (others === undefined) return undefined
  return `The demo signs anybody in without a password, so it is for this computer only, not for ${others}. Say --demo.public if you mean it, or --demo.enabled=false.`
}

/** From where others reach it: on its own address, or through a proxy on this computer. */
function reachedFrom({ host, baseUrl, trustProxy }: Settings['http']): string | undefined {
  if (!loopback.has(host)) return host
  if (baseUrl !== undefined && !loopback.has(URL.parse(baseUrl)?.hostname ?? '')) return baseUrl
  return trustProxy.length > 0 ? 'those behind a proxy' : undefined
}
