// The door of the room `clock`: legal time, machine time, durations and time zones.
export type { Clock, MovableClock, TestClock } from './clock.ts'
export { legalClock, machineTime, stoppedClock } from './clock.ts'
export { addDuration, type Duration, isDuration, NotADuration } from './duration.ts'
export { createMovableClock, type SharedClock } from './movable-clock.ts'
export { addDays, dayOf, endOfDay, fromWallTime, isDay, startOfDay, toWallTime, type WallTime } from './zone.ts'
