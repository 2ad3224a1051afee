// The door of the catalogue: public services and countries as data.
export { answerSchema } from './answer-schema.ts'
export { questionTypesRead } from './answers.ts'
export {
  type Catalogue,
  type CatalogueNeeds,
  type CountryView,
  createCatalogue,
  type PublishReport,
  type Summary,
  textOf,
} from './catalogue.ts'
export { type CheckNeeds, type CheckReport, checkCountry, ready } from './check.ts'
export { type CheckProblem, toLine } from './check-problem.ts'
export type * from './country.ts'
export { holidaysOf } from './country.ts'
export { type ExampleEngine, type ExampleResult, runExamples } from './examples.ts'
export type { Decide, Facts } from './facts.ts'
export {
  type Form,
  type FormInput,
  type FormPage,
  formOf,
  lookUpsOf,
  type Price,
  pagesOf,
  priceOf,
  type WantedEvidence,
} from './form.ts'
export { formatFile } from './format.ts'
export { type Citation, cite } from './laws.ts'
export { type LoadedCountry, loadCountry, readCountry } from './load.ts'
export { isOffered, type Offers } from './needs.ts'
export type { PartyAnswer } from './party-answer.ts'
export { type Plan, type PlanRow, plan, planPage } from './plan.ts'
export type * from './public-service.ts'
export { type AnswerError, type ReadAnswers, type ReadContext, readAnswers, readPage } from './read-page.ts'
export { catalogueRoutes } from './routes.ts'
export { publishedSchemas } from './schema/kinds.ts'
export { rowsOfList } from './table-answer.ts'
export { type ErrorCode, errorCodes } from './text-keys.ts'
