// The door of the test room: a house of named blocks on a fresh, real database, with a clock that stands still.

export type { BlockRoom, HouseOptions, TestHouse } from './house.ts'
export { house } from './house.ts'
export type { StatementFault, StatementReport } from './prepare-all.ts'
export { prepareAll } from './prepare-all.ts'
export type { FoundStatement } from './statements.ts'
export { statementsOf } from './statements.ts'
export type { TestServer } from './test-server.ts'
export { testServer } from './test-server.ts'
