// What a team has to do: who has how much, what nobody has, what is late, and what falls due on which day.
import { addDays, type Clock, dayOf, endOfDay } from '@ashlar/kernel/clock'
import type { Context, Database } from '@ashlar/kernel/sql'
import { type Assigning, teamRights } from './assignment.ts'
import { assignmentStore } from './assignment-store.ts'
import { LeadersOnly } from './problems.ts'
import { queueStore } from './queue-store.ts'
import { isAway, type Roster } from './roster.ts'
import { teamStore } from './team-store.ts'

export interface Team {
  /** The officer's unit. Everybody sees figures; what each colleague has, only who leads it and they themselves. */
  teamBoard(context: Context): Promise<TeamBoard>
  /** Whether this officer leads a team. */
  isLeader(context: Context): boolean
}

export interface TeamBoard {
  unit?: string
  members: TeamMember[]
  /** Nobody's yet, and how many of them are late. */
  unclaimed: number
  unclaimedLate: number
  open: number
  late: number
  /** Waits for a second person. */
  second: number
  /** What falls due: what is late already, then each day of the next two weeks. */
  due: { day: string; count: number }[]
  absences: { id: string; officer: string; from: string; until: string }[]
  /** Where counting stops. */
  most: number
  isLead: boolean
}

export interface TeamMember {
  id: string
  open: number
  late: number
  /** In percent of a full working time. */
  share: number
  skills: string[]
  isAway: boolean
}

export interface TeamNeeds {
  sql: Database
  clock: Clock
  roster: Roster
  assigning: Assigning
}

const MOST = 10_000
const DAYS = 15

export function createTeam({ sql, clock, roster, assigning }: TeamNeeds): Team {
  return {
    isLeader: (context) => assigning.isLead(context),

    teamBoard: async (context) => {
      const isLead = assigning.isLead(context)
      const rights = isLead ? teamRights(roster, context) : undefined
      if (rights === undefined) throw LeadersOnly()
      const today = clock.today()
      const now = clock.now()
      const until = endOfDay(addDays(today, DAYS - 1), clock.zone)
      const [load, days, absences, second] = await sql.read(context, (sql) =>
        Promise.all([
          teamStore(sql).load(rights, now, MOST),
          teamStore(sql).due(rights, { from: now, until, zone: clock.zone }, MOST),
          assignmentStore(sql).absences(rights.tenant, today),
          queueStore(sql).count(rights, { status: 'second-look' }, MOST),
        ]),
      )
      const byOfficer = new Map(load.map((one) => [one.officer ?? '', one]))
      const none = byOfficer.get('')
      const members = roster.officers.filter(({ tenant, unit }) => tenant === rights.tenant && unit === context.unit)
      const away = new Set(absences.filter(({ firstDay }) => firstDay <= today).map(({ officer }) => officer))
      const ids = new Set(members.map(({ id }) => id))
      const dueOn = new Map(days.map(({ day, count }) => [day, count]))
      const late = load.reduce((sum, one) => sum + one.late, 0)
      return {
        ...(context.unit === undefined ? {} : { unit: context.unit }),
        members: members.map((one) => ({
          id: one.id,
          open: byOfficer.get(one.id)?.open ?? 0,
          late: byOfficer.get(one.id)?.late ?? 0,
          share: one.share,
          skills: one.skills,
          isAway: away.has(one.id) || isAway(one, today),
        })),
        unclaimed: none?.open ?? 0,
        unclaimedLate: none?.late ?? 0,
        open: load.reduce((sum, one) => sum + one.open, 0),
        late,
        second,
        due: Array.from({ length: DAYS }, (_, n) => {
          const day = addDays(dayOf(now, clock.zone), n)
          return { day, count: dueOn.get(day) ?? 0 }
        }),
        absences: absences
          .filter(({ officer }) => ids.has(officer))
          .map(({ id, officer, firstDay, lastDay }) => ({ id, officer, from: firstDay, until: lastDay })),
        most: MOST,
        isLead,
      }
    },
  }
}
