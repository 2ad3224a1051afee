// Who works where, what they are able to do, and who gets the next task: by skills, load and fairness. Pure.
import { createHash } from 'node:crypto'
import type { Context } from '@ashlar/kernel/sql'
import type { TaskRow } from './store.ts'

export interface RosterOfficer {
  id: string
  /** The agency. */
  tenant: string
  unit?: string
  roles: string[]
  skills: string[]
  /** How much of a full working time, in percent. */
  share: number
  /** First and last day. */
  absences: { from: string; until: string }[]
}

export interface Roster {
  officers: RosterOfficer[]
  /** How the work of a unit is given out; manual, where nothing is said. */
  teams: { tenant: string; unit: string; assignment: 'manual' | 'automatic' }[]
}

export const emptyRoster: Roster = { officers: [], teams: [] }

type Work = Pick<TaskRow, 'id' | 'tenant' | 'role' | 'unit' | 'skills' | 'proposedBy'>

/** Whether somebody of this role and unit may do it: not whom the law keeps away from it. */
export function isFit(officer: RosterOfficer, task: Work): boolean {
  return (
    officer.tenant === task.tenant &&
    officer.roles.includes(task.role) &&
    (task.unit === '' || task.unit === officer.unit) &&
    task.proposedBy !== officer.id &&
    task.skills.every((skill) => officer.skills.includes(skill))
  )
}

export function isAway({ absences }: Pick<RosterOfficer, 'absences'>, day: string): boolean {
  return absences.some(({ from, until }) => from <= day && day <= until)
}

/**
 * Who gets it: the least loaded for their working time, and of several as little loaded one that the task itself draws, so
 * that nobody is always the first. `load` counts what each has.
 */
export function chooseOfficer(fit: RosterOfficer[], task: Pick<Work, 'id'>, load: Map<string, number>) {
  const ranked = fit.map((officer) => ({
    officer,
    load: ((load.get(officer.id) ?? 0) + 1) / Math.max(1, officer.share),
    lot: createHash('sha256').update(`${task.id} ${officer.id}`).digest('hex'),
  }))
  ranked.sort((a, b) => a.load - b.load || (a.lot < b.lot ? -1 : 1))
  return ranked[0]?.officer
}

export function officerIn(roster: Roster, { actor, tenant }: Context): RosterOfficer | undefined {
  return roster.officers.find(({ id, tenant: agency }) => id === actor.id && agency === tenant)
}

/** Whether the work of a team is shared out by itself. */
export function isAutomatic({ teams }: Roster, { tenant, unit }: { tenant: string; unit: string }): boolean {
  return teams.some(
    (team) => team.tenant === tenant && team.assignment === 'automatic' && (unit === '' || team.unit === unit),
  )
}
