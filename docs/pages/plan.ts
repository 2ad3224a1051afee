// The page of the plan: what each public service of the model country needs that no block offers yet.
import { join } from 'node:path'
import { loadCountry, plan, planPage } from '@ashlar/catalogue'
import { offers } from '@ashlar/server/offers'

export async function offeredPlan(root: string): Promise<string> {
  const { country } = await loadCountry(join(root, 'countries/veridia'))
  if (!country) throw new Error('countries/veridia cannot be read: run npx ashlar check')
  return planPage(plan(country, offers))
}
