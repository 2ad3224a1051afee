// The registers of the country as published, kept ready in memory.
import { type Clock, machineTime } from '@ashlar/kernel/clock'
import type { Context, Database } from '@ashlar/kernel/sql'
import { RegisterNotFound } from './problems.ts'
import { openRegister, type Register, type RegisterDeclaration } from './register.ts'
import { registryStore } from './store.ts'

export interface Registers {
  publish(declarations: RegisterDeclaration[]): Promise<{ published: string[]; ended: string[] }>
  list(): Promise<Register[]>
  get(id: string): Promise<Register>
}

/** Another process may have published; registers change rarely, so a look this often is enough. */
const KEPT_MS = 1000

export function createRegisters(sql: Database, clock: Clock): Registers {
  /** By hash: what has not changed need not be compiled again. */
  const open = new Map<string, Register>()
  let kept: { until: number; registers: Promise<Map<string, Register>> } | undefined

  const load = async (): Promise<Map<string, Register>> => {
    const rows = await registryStore(sql).currentRegisters()
    return new Map(
      rows.map(({ id, hash, declaration }) => {
        const register = open.get(hash) ?? openRegister(declaration)
        open.set(hash, register)
        return [id, register]
      }),
    )
  }
  const current = (): Promise<Map<string, Register>> => {
    const now = machineTime.now().getTime()
    if (!kept || now >= kept.until) {
      const registers = load()
      kept = { until: now + KEPT_MS, registers }
      registers.catch(() => {
        kept = undefined
      })
    }
    return kept.registers
  }

  return {
    publish: async (declarations) => {
      const report = await sql.begin(publisher, async (sql) => {
        const store = registryStore(sql)
        await store.lockRegisters()
        const before = new Map((await store.currentRegisters()).map(({ id, hash }) => [id, hash]))
        const wanted = declarations.map((declaration) => ({ declaration, hash: openRegister(declaration).hash }))
        const changed = wanted.filter(({ declaration, hash }) => before.get(declaration.id) !== hash)
        const ended = [...before.keys()].filter((id) => !declarations.some((declaration) => declaration.id === id))
        const published = changed.map(({ declaration }) => declaration.id)
        await store.endRegisters([...ended, ...published], clock.now())
        for (const { declaration, hash } of changed) await store.insertRegister(declaration, hash, clock.now())
        return { published, ended }
      })
      kept = undefined
      return report
    },

    list: async () => [...(await current()).values()],

    get: async (id) => {
      const register = (await current()).get(id)
      if (!register) throw RegisterNotFound(id)
      return register
    },
  }
}

const publisher: Context = {
  tenant: '*',
  actor: { kind: 'system', id: 'registries' },
  purpose: 'publish',
  channel: 'system',
  trace: 'publish',
}
