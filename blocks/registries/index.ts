// The door of registries: registers declared by a schema, and the only way to read or change their records.
export type { Access } from './access.ts'
export type { Selection } from './finding.ts'
export { type InventedRecord, inventPopulation, type PopulationRecipe, personaId } from './population/population.ts'
export type {
  FoundRecord,
  HistoryRequest,
  LookUp,
  LookUpAnswer,
  OwnRecords,
  RecordVersion,
} from './reading.ts'
export type { RegisterDeclaration, Values } from './register.ts'
export { createRegistries, type Registries, type RegistryNeeds } from './registries.ts'
export { registryRoutes } from './routes.ts'
export type { SeedReport } from './seeding.ts'
export { registrySteps, toFacts } from './steps.ts'
export type { Write, Written } from './writing.ts'
