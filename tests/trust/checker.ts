// The checker of the crash rig, a process of its own: compares what clients were promised with what the database and the
// card provider hold, by its own SQL and by no code of the product.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import type { Line } from './clients.ts'

export interface CheckOrders {
  /** Of the database's superuser. */
  database: string
  /** What the clients wrote down. */
  log: string
  /** What the card provider wrote down. */
  provider: string
  /** Where letters are kept, under the hash of their bytes. */
  files: string
  /** Of each client's person, the id under which the log of data uses knows them. */
  known: Record<string, string>
}

export interface Verdict {
  /** Wishes that were answered with a receipt, or by the provider with "paid". */
  acknowledged: { applications: number; payments: number }
  /** Acknowledged and not there; each has its own explanation. */
  lost: string[]
  /** There more often than it was asked for. */
  doubled: string[]
  /** There, and not as it was acknowledged. */
  wrong: string[]
  /** Cases that do not go on although nothing is to be done any more. */
  stuck: string[]
  /** Reads and writes of registers without their entry in the log of data uses. */
  unlogged: string[]
  /** Wishes that were refused for good. */
  refused: string[]
  examined: Record<string, number>
  /** The longest time in milliseconds that a client waited for one answer, over all its tries. */
  longestStall: number
  tries: number
}

interface Checkout {
  id: string
  reference: string
}

export async function check({ database, log, provider, files, known }: CheckOrders): Promise<Verdict> {
  const lines = linesOf<Line>(log)
  const client = new Client({ connectionString: database, application_name: 'ashlar checker' })
  await client.connect()
  const rows = async <Row extends object>(text: string) => (await client.query<Row>(text)).rows
  const verdict: Verdict = {
    acknowledged: { applications: 0, payments: 0 },
    lost: [],
    doubled: [],
    wrong: [],
    stuck: [],
    unlogged: [],
    refused: [],
    examined: {},
    longestStall: Math.max(0, ...lines.map(({ ms }) => ms)),
    tries: lines.reduce((sum, { tries }) => sum + tries, 0),
  }
  const { lost, doubled, wrong, stuck, unlogged } = verdict

  try {
    await applications()
    await processes()
    await letters()
    await payments()
    await dataUses()
    return verdict
  } finally {
    await client.end()
  }

  async function applications(): Promise<void> {
    const promised = new Map<string, Extract<Line, { kind: 'applied' }>>()
    const byWish = new Map<string, string>()
    for (const line of lines) {
      if (line.kind === 'refused') verdict.refused.push(`${line.what}: ${line.status} ${line.code}`)
      if (line.kind === 'replayed' && line.caseId !== line.was)
        wrong.push(`asked again, ${line.was} became ${line.caseId}`)
      if (line.kind !== 'applied') continue
      verdict.acknowledged.applications += 1
      if (byWish.has(line.wish)) wrong.push(`the wish ${line.wish} was acknowledged twice`)
      byWish.set(line.wish, line.caseId)
      promised.set(line.caseId, line)
    }
    verdict.examined.replays = lines.filter(({ kind }) => kind === 'replayed').length

    const cases = await rows<{ id: string; service: string; reference: string; application: string | null }>(`
      select c.id, c.service, c.reference, a.reference as application
      from cases.case c left join cases.application a on a.case_id = c.id`)
    verdict.examined.cases = cases.length
    const found = new Map(cases.map((row) => [row.id, row]))
    for (const [id, line] of promised) {
      const row = found.get(id)
      if (!row) lost.push(`case ${id} (${line.reference}) was acknowledged and is not there`)
      else if (!row.application) lost.push(`case ${id} has lost its application`)
      else if (row.reference !== line.reference || row.service !== line.service)
        wrong.push(`case ${id} is ${row.service} ${row.reference}, acknowledged as ${line.service} ${line.reference}`)
    }
    for (const { id, service } of cases)
      if (!promised.has(id)) doubled.push(`case ${id} of ${service} was asked for by nobody, or twice`)
  }

  async function processes(): Promise<void> {
    for (const row of await rows<{ id: string; count: number }>(`
      select c.id, count(i.id)::int as count from cases.case c left join workflow.instance i on i.case_id = c.id
      group by c.id having count(i.id) <> 1`))
      (row.count ? doubled : stuck).push(`case ${row.id} has ${row.count} processes`)

    for (const row of await rows<{ id: string; status: string; held: boolean }>(`
      select id, status, stuck_since is not null as held from cases.case where status <> 'closed' or stuck_since is not null`))
      stuck.push(`case ${row.id} is ${row.status}${row.held ? ' and held up' : ''}`)

    const wanted = `(values ('criminal-record-extract', 'granted', 'extract'), ('fine', 'paid', 'receipt')) as w (service, result, output)`
    for (const row of await rows<{ id: string; output: string; count: number }>(`
      select c.id, w.output, count(d.id)::int as count
      from cases.case c join ${wanted} on w.service = c.service and w.result = c.result
      left join documents.document d on d.case_id = c.id and d.output = w.output
      group by c.id, w.output having count(d.id) <> 1`))
      (row.count ? doubled : lost).push(`case ${row.id} has ${row.count} of its letter ${row.output}`)

    const told = `(values ('criminal-record-extract', 'granted', 'received'), ('criminal-record-extract', 'granted', 'ready'),
      ('fine', 'paid', 'paid')) as w (service, result, name)`
    for (const row of await rows<{ id: string; name: string; count: number }>(`
      select c.id, w.name, count(m.id)::int as count
      from cases.case c join ${told} on w.service = c.service and w.result = c.result
      left join messaging.message m on m.case_id = c.id and m.name = w.name
      group by c.id, w.name having count(m.id) <> 1`))
      (row.count ? doubled : lost).push(`case ${row.id} was told "${row.name}" ${row.count} times`)

    for (const row of await rows<{ queue: string; count: number }>(`
      select queue, count(*)::int as count from kernel.dead_letter group by queue`))
      stuck.push(`${row.count} dead letters of ${row.queue}`)
    for (const row of await rows<{ count: number }>(`
      select count(*)::int as count from workflow.incident where mended_at is null having count(*) > 0`))
      stuck.push(`${row.count} incidents of processes`)
    const [figures] = await rows<{ documents: number; messages: number }>(`
      select (select count(*) from documents.document)::int as documents, (select count(*) from messaging.message)::int as messages`)
    Object.assign(verdict.examined, figures)
  }

  /** Each letter was printed, is there, and is whole. */
  async function letters(): Promise<void> {
    const documents = await rows<{ id: string; file: string | null }>('select id, file from documents.document')
    for (const { id, file } of documents) {
      if (file === null) {
        stuck.push(`the letter ${id} was not printed`)
        continue
      }
      const path = join(files, file.slice(0, 2), file)
      const hash = existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : ''
      if (hash !== file) lost.push(`the file of letter ${id} is ${hash === '' ? 'not there' : 'torn'}`)
    }
    verdict.examined.letters = documents.length
  }

  async function payments(): Promise<void> {
    const paid = lines.filter((line) => line.kind === 'paid')
    verdict.acknowledged.payments = paid.length
    const checkouts = new Map<string, Checkout>()
    const charges = new Map<string, number>()
    for (const line of linesOf<{ checkout?: Checkout; charge?: { checkout: string } }>(provider)) {
      if (line.checkout) checkouts.set(line.checkout.id, line.checkout)
      if (line.charge) charges.set(line.charge.checkout, (charges.get(line.charge.checkout) ?? 0) + 1)
    }
    const charged = new Set<string>()
    for (const [id, count] of charges) {
      const { reference } = checkouts.get(id)!
      if (count > 1 || charged.has(reference)) doubled.push(`bill ${reference} was charged more than once`)
      charged.add(reference)
    }
    verdict.examined.charges = charges.size

    const bills = await rows<{ id: string; state: string; debt: string; payments: number; surplus: number }>(`
      select b.id, b.state, b.debt, count(p.id) filter (where not p.surplus)::int as payments,
        count(p.id) filter (where p.surplus)::int as surplus
      from payments.bill b left join payments.payment p on p.bill = b.id group by b.id`)
    verdict.examined.bills = bills.length
    const found = new Map(bills.map((bill) => [bill.id, bill]))
    for (const { bill: id, caseId } of paid) {
      const bill = found.get(id)
      if (!bill) lost.push(`bill ${id} of case ${caseId} was paid and is not there`)
      else if (bill.state !== 'settled' || bill.payments !== 1) lost.push(`bill ${id} was paid and is ${bill.state}`)
      if (!charged.has(id)) wrong.push(`bill ${id} was acknowledged and never charged`)
    }
    for (const bill of bills) {
      if (bill.payments > 1 || bill.surplus > 0)
        doubled.push(`bill ${bill.id} has ${bill.payments + bill.surplus} payments`)
      if (bill.payments === 1 && !charged.has(bill.id)) wrong.push(`bill ${bill.id} is settled and was never charged`)
    }
    for (const { debt, count } of await rows<{ debt: string; count: number }>(`
      select debt, count(*)::int as count from payments.bill where debt is not null and state <> 'withdrawn'
      group by tenant, debt having count(*) > 1`))
      doubled.push(`the debt ${debt} has ${count} bills`)

    for (const { number, state } of await rows<{ number: string; state: string }>(`
      select r.values ->> 'number' as number, r.values ->> 'state' as state from registries.record r
      where r.register = 'fines' and r.values ->> 'number' in (${paid.map(({ fine }) => `'${fine}'`).join(', ') || "''"})`))
      if (state !== 'paid') lost.push(`the fine ${number} was paid and the register says ${state}`)

    for (const row of await rows<{ what: string }>(`
      select 'transfer ' || transfer::text as what from payments.entry group by transfer, currency having sum(amount) <> 0
      union all select 'the whole ledger in ' || currency from payments.entry group by currency having sum(amount) <> 0
      union all select 'the clearing account' from (
        select coalesce((select sum(amount) from payments.entry where account = 'clearing'), 0) as booked,
          coalesce((select sum(amount) from payments.payment), 0) as arrived) as both_sides where booked <> arrived`))
      wrong.push(`${row.what} does not balance`)
    const [entries] = await rows<{ entries: number }>('select count(*)::int as entries from payments.entry')
    Object.assign(verdict.examined, entries)
  }

  /** A read or a write that a process made has an entry that names its case; one that a form made names its person. */
  async function dataUses(): Promise<void> {
    for (const row of await rows<{ case_id: string; step: string; made: number; logged: number }>(`
      select c.case_id::text as case_id, c.step, c.made, coalesce(u.logged, 0)::int as logged
      from (select i.case_id, k.step, count(*)::int as made from workflow.command k join workflow.instance i on i.id = k.instance
        where k.step in ('registries.lookUp', 'registries.write') and k.state = 'done' group by 1, 2) c
      left join (select k.id, case when u.outcome = 'written' then 'registries.write' else 'registries.lookUp' end as step,
        count(*) as logged from consent.use u join cases.case k on u.case_reference in (k.reference, k.id::text) group by 1, 2) u
        on u.id = c.case_id and u.step = c.step
      where coalesce(u.logged, 0) < c.made`))
      unlogged.push(`case ${row.case_id}: ${row.step} ${row.made} times, ${row.logged} in the log`)

    // Every application began with a look into a register on the person's behalf.
    const begun = new Map<string, number>()
    for (const line of lines) if (line.kind === 'applied') begun.set(line.person, (begun.get(line.person) ?? 0) + 1)
    const logged = new Map(
      (
        await rows<{ actor: string; count: number }>(`
          select actor, count(*)::int as count from consent.use where case_reference is null group by actor`)
      ).map(({ actor, count }) => [actor, count]),
    )
    for (const [person, count] of begun) {
      const looks = logged.get(`person:${known[person]}`) ?? 0
      if (looks < count) unlogged.push(`${person} applied ${count} times, ${looks} looks are in the log`)
    }
    const [uses] = await rows<{ uses: number }>('select count(*)::int as uses from consent.use')
    Object.assign(verdict.examined, uses)
  }
}

/** Whole lines only; one that is being written is none yet. */
function linesOf<T>(file: string): T[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as T)
}

if (process.argv[1] === import.meta.filename)
  process.stdout.write(JSON.stringify(await check(JSON.parse(process.argv[2] ?? '{}') as CheckOrders)))
