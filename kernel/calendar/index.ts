// The door of the room `calendar`: working days, holidays, and terms such as '10 working days'.
export type { Calendar, CalendarRules } from './calendar.ts'
export { createCalendar } from './calendar.ts'
export { isTerm, NotATerm, readTerm, type Term } from './term.ts'
