// Fills the registers with invented people: once for each recipe, in one transaction, with few statements.
import { createHash } from 'node:crypto'
import type { Clock } from '@ashlar/kernel/clock'
import type { Pairwise } from '@ashlar/kernel/identifiers'
import type { Context, Database } from '@ashlar/kernel/sql'
import { inventPopulation, type PopulationRecipe } from './population/population.ts'
import { RecipeFault } from './population/recipe.ts'
import { SECTOR } from './reading.ts'
import type { Registers } from './registers.ts'
import { type RecordRow, registryStore } from './store.ts'

export interface SeedReport {
  /** False if the recipe had been carried out before. */
  isNew: boolean
  records: number
  /** The day from which the recipe's dates are counted. */
  day: string
}

interface SeedingNeeds {
  sql: Database
  clock: Clock
  pairwise: Pairwise
  registers: Registers
}

const BATCH = 5000

export function createSeeding({ sql, clock, pairwise, registers }: SeedingNeeds) {
  return {
    async seed(recipe: PopulationRecipe): Promise<SeedReport> {
      const name = createHash('sha256').update(JSON.stringify(recipe)).digest('hex')
      const all = new Map((await registers.list()).map((register) => [register.id, register]))
      return sql.begin(seeder, async (sql) => {
        const store = registryStore(sql)
        await store.lockSeeding()
        const known = await store.findSeeding(name)
        if (known) return { isNew: false, ...known }

        const [day, now] = [clock.today(), clock.now()]
        const rows = inventPopulation(recipe, day).flatMap(({ register: id, ...record }): RecordRow[] => {
          const register = all.get(id)
          // A register that is not kept yet has no records either.
          if (!register) return []
          const [fault] = register.faultsOf(record.values)
          if (fault) throw new RecipeFault(`${id} ${fault.pointer}: ${fault.message}`)
          const person = register.personOf(record.values)
          return [
            {
              ...record,
              id: register.idOf(record.values) ?? record.id,
              register: id,
              tenant: register.authority,
              person: person === undefined ? null : pairwise.of(SECTOR, person),
              version: 1,
              valid_from: now,
              valid_until: null,
              changed_at: now,
              changed_by: 'system:seed',
              purpose: 'seed',
              law: register.law.join(', '),
              reason: null,
              trace: 'seed',
            },
          ]
        })
        let records = 0
        for (let i = 0; i < rows.length; i += BATCH)
          records += await store.insertAll(
            rows.slice(i, i + BATCH),
            (row) => all.get(row.register)?.entriesOf(row.values) ?? [],
          )
        await store.insertSeeding(name, day, records, now)
        return { isNew: true, records, day }
      })
    },
  }
}

const seeder: Context = {
  tenant: '*',
  actor: { kind: 'system', id: 'seed' },
  purpose: 'seed',
  channel: 'system',
  trace: 'seed',
}
