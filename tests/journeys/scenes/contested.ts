// Fines that are contested, so that offices have work: by guests without a script, or by somebody who is signed in.
import { query } from '../../trust/people.ts'
import type { Stage } from '../stage.ts'
import { type Visitor, visitor } from '../visitor.ts'
import { type Fine, findFine } from './fine.ts'

export type Contested = Pick<Fine, 'number' | 'plate'>

const next = 'main button.govuk-button:not([name]):visible'
const send = 'main form[action$="/check"] button:not([formaction])'
const nobody = async () => undefined

/** Unpaid, young enough to be contested, of nobody whom the demo shows, and contested by nobody yet. */
export const youngFines = (stage: Stage, count: number): Promise<Contested[]> =>
  query<Contested>(
    stage.product,
    `select values ->> 'number' as number, values ->> 'plate' as plate from registries.record
     where register = 'fines' and values ->> 'state' = 'unpaid' and values ->> 'enforcement' = 'active'
       and (values ->> 'placedOn')::date between current_date - 20 and current_date - 1
       and values ->> 'number' not in ('F-2026-01203', 'F-2026-00012', 'F-2026-00731', 'F-2026-00417', 'F-2026-00988')
     order by id limit $1`,
    [count],
  )

/** From the first page to the reference of the objection. */
export async function contest(person: Visitor, fine: Contested): Promise<string> {
  await findFine(person, fine, nobody)
  await person.choose('intent', 'contest')
  await person.press(next)
  await person.choose('ground', 'signHidden')
  await person.press(next)
  await person.fill('statement', 'The sign stood behind a tree.')
  await person.press(next)
  if (await person.page.locator('[name="replyTo"]').count()) {
    await person.fill('name', 'Ewa Ünal')
    await person.fill('replyTo', 'ewa@people.example')
    await person.press(next)
  }
  await person.press(send)
  return /[A-Z]+-\d\d-[A-Z0-9-]+/.exec(person.page.url())?.[0] ?? ''
}

export async function contestAsGuests(stage: Stage, count: number): Promise<string[]> {
  const references: string[] = []
  for (const fine of await youngFines(stage, count)) {
    const guest = await visitor(stage, { withScript: false })
    references.push(await contest(guest, fine))
    await guest.close()
  }
  return references
}
