// All built-in functions by name.
import type { FeelFunction } from '../values.ts'
import { contextFunctions } from './contexts.ts'
import { conversionFunctions } from './conversions.ts'
import { listFunctions } from './lists.ts'
import { numberFunctions } from './numbers.ts'
import { rangeFunctions } from './ranges.ts'
import { stringFunctions } from './strings.ts'
import { temporalFunctions } from './temporals.ts'

export const builtIns: ReadonlyMap<string, FeelFunction> = new Map(
  [
    ...conversionFunctions,
    ...stringFunctions,
    ...numberFunctions,
    ...listFunctions,
    ...contextFunctions,
    ...temporalFunctions,
    ...rangeFunctions,
  ].map((builtIn) => [builtIn.name, builtIn]),
)
