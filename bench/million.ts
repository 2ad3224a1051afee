// Fills the cases of a house with a million rows, quickly and as its superuser: 200 services of 20 agencies, most closed.

import { createPairwise } from '@ashlar/kernel/identifiers'
import { createKeys } from '@ashlar/kernel/keys'
import { connect } from '@ashlar/kernel/sql'
import type { SignedInPerson } from '../tests/trust/people.ts'
import type { Product } from '../tests/trust/product.ts'
import { withDatabase } from './database.ts'

export interface Filled {
  cases: number
  tasks: number
  timeline: number
  seconds: number
  /** Case ids of each person who reads, in their order. */
  own: string[][]
}

const MILLION = 1_000_000
/** Each who reads has so many. */
const EACH = 10

/** Only what readers open is sealed for them; the others share one value. In all:  $1 persons who read, $2 how many, $3 cases, $4 every how manyth is theirs, $5 what is sealed. */
const content = `case when g % $4::bigint = 0 then ($5::bytea[])[(1 + g / $4::bigint % $2::bigint)::integer] else ($5::bytea[])[1] end`
/** Ids grow with time as UUIDv7 do, and follow from the number of the case. */
const idOf = (what: string) =>
  `(lpad(to_hex(1730000000000 + g * 60000), 12, '0') || '7' || substr(md5('${what}' || g), 1, 3) || '8' || substr(md5('${what}' || g), 4, 15))::uuid`
/** Those of readers are of a service that there is. */
const service = `case when g % 200 = 0 or g % $4::bigint = 0 then 'criminal-record-extract' else 'service-' || g % 200 end`
const version = `(select version from catalogue.current_definition where kind = 'service' and id = 'criminal-record-extract')`
const tenant = `case when g % 20 = 0 or g % $4::bigint = 0 then 'justice' else 'agency-' || g % 20 end`
const submittedAt = `now() - ($3::bigint - g) * interval '1 minute'`
const isOpen = `(hashint8(g) & 1023) < 51`
const hadTask = `(hashint8(g) & 1023) < 153`
const person = `case when g % $4::bigint = 0 then ($1::uuid[])[(1 + g / $4::bigint % $2::bigint)::integer] else md5('person' || g % 20000)::uuid end`
const reference = `'CR-26-' || upper(substr(md5('reference' || g), 1, 14))`
const series = `generate_series(1::bigint, $3::bigint) g`

export async function fillMillion(product: Product, people: SignedInPerson[], cases = MILLION): Promise<Filled> {
  const start = performance.now()
  const { persons, sealed } = await sealFor(product, people)
  const values = [persons, people.length, cases, Math.max(1, Math.floor(cases / (people.length * EACH)))]
  const fill = (statements: [string, unknown[]][]) =>
    withDatabase(product.superuser(), async (client) => {
      await client.query('set synchronous_commit = off')
      for (const [text, parameters] of statements) await client.query(text, parameters)
    })
  await Promise.all([
    fill([
      [
        `insert into cases.case (id, reference, service, service_version, tenant, person, anonymous, status, waits_for,
           result, version, term, deadline, submitted_at, closed_at)
         select ${idOf('case')}, ${reference}, ${service}, ${version}, ${tenant}, ${person}, false,
           case when ${isOpen} then 'in-progress' else 'closed' end, case when ${isOpen} then 'officer' end,
           case when ${isOpen} then null else 'granted' end, case when ${isOpen} then 2 else 3 end, '30 days',
           now() + (g % 60 + 1) * interval '1 day', ${submittedAt},
           case when ${isOpen} then null else ${submittedAt} + interval '1 hour' end
         from ${series}`,
        values,
      ],
      ['analyze cases.case', []],
      [
        `insert into cases.task (id, key, case_id, reference, service, name, role, unit, tenant, person, state, outcomes,
           reasons, facts, term, due, sort_due, opened_at, ended_at)
         select ${idOf('task')}, 'bench:' || g, ${idOf('case')}, ${reference}, ${service}, 'confirm-match',
           case ${tenant} when 'justice' then 'records-officer' else 'officer' end, '', ${tenant}, ${person},
           case when ${isOpen} then 'open' else 'done' end, '{samePerson,differentPerson}', '{}', ($5::bytea[])[1],
           '10 working days', now() + (g % 60 + 1) * interval '1 day', now() + (g % 60 + 1) * interval '1 day',
           ${submittedAt}, case when ${isOpen} then null else ${submittedAt} + interval '1 hour' end
         from ${series} where ${hadTask}`,
        [...values, sealed],
      ],
      ['analyze cases.task', []],
    ]),
    fill([
      [
        `insert into cases.application (id, case_id, reference, service, service_version, tenant, person, anonymous, channel,
           language, content, submitted_by, submitted_at)
         select ${idOf('application')}, ${idOf('case')}, ${reference}, ${service}, ${version}, ${tenant}, ${person}, false,
           'web', 'en', ${content}, 'person:' || ${person}, ${submittedAt}
         from ${series}`,
        [...values, sealed],
      ],
      ['analyze cases.application', []],
      [
        `insert into cases.timeline (id, case_id, tenant, person, at, kind, audience, actor, data)
         select ${idOf('line')}, ${idOf('case')}, ${tenant}, ${person}, ${submittedAt}, 'submitted', 'all', 'person',
           '{"channel": "web"}'
         from ${series}`,
        values,
      ],
      [
        `insert into cases.timeline (id, case_id, tenant, person, at, kind, audience, actor, data)
         select ${idOf('end')}, ${idOf('case')}, ${tenant}, ${person}, ${submittedAt} + interval '1 hour', 'closed', 'all',
           'system', '{"result": "granted"}'
         from ${series} where not (${isOpen})`,
        values,
      ],
      ['analyze cases.timeline', []],
    ]),
  ])
  return { ...(await counts(product, persons)), seconds: (performance.now() - start) / 1000 }
}

/** What an application of the extract holds, sealed for each person as the product seals it. */
async function sealFor(product: Product, people: SignedInPerson[]): Promise<{ persons: string[]; sealed: Buffer[] }> {
  const { pairwise: secret = '', master = '' } = product.secrets()
  const pairwise = createPairwise(Buffer.from(secret, 'base64'))
  const role = 'ashlar_keys'
  const sql = connect({ ...product.roleUrl(role), role, max: 2 })
  const keys = createKeys({ sql, master: Buffer.from(master, 'base64') })
  const sealed = await Promise.all(
    people.map(({ person, name }) => keys.seal(person, JSON.stringify(contentOf(person, name)))),
  )
  await sql.close()
  return { persons: people.map(({ person }) => pairwise.of('cases', person)), sealed }
}

const contentOf = (id: string, name: string) => ({
  applicant: { id, kind: 'person', name },
  answers: { purpose: 'employment', otherNames: [name] },
  evidence: {
    person: {
      fact: {
        sex: 'female',
        fullName: name,
        latinName: name,
        formerNames: [],
        dateOfBirth: '1992-06-14',
        nationality: 'VRD',
        personNumber: '14-206417-3',
        placeOfBirth: 'Port Verde',
      },
      register: 'population',
      at: '2026-04-20T09:00:00.000Z',
      by: JSON.stringify({ id }),
      use: id,
    },
  },
})

function counts(product: Product, persons: string[]): Promise<Omit<Filled, 'seconds'>> {
  return withDatabase(product.superuser(), async (client) => {
    const all = await client.query<Omit<Filled, 'own' | 'seconds'>>(
      `select (select count(*) from cases.case)::int as cases, (select count(*) from cases.task)::int as tasks,
         (select count(*) from cases.timeline)::int as timeline`,
    )
    const own = await client.query<{ own: string[] }>(
      `select array(select id from cases.case where person = p.id order by submitted_at desc) as own
       from unnest($1::uuid[]) with ordinality p(id, at) order by p.at`,
      [persons],
    )
    await client.query('checkpoint')
    return { ...all.rows[0]!, own: own.rows.map((row) => row.own) }
  })
}
