// The door of FEEL: expressions and unary tests of DMN 1.5, compiled once, exact in decimals, bounded in time and memory.
export { defaultLimits, FeelLimitExceeded, type Limits } from './budget.ts'
export { checkNames, type FeelProblem, shapeOf } from './check.ts'
export { type CompiledFeel, type CompiledUnaryTests, compileFeel, compileUnaryTests, type FeelOptions } from './feel.ts'
export { type Json, toFeel, toJson } from './json.ts'
export type { Shape } from './shape.ts'
export { FeelError } from './syntax.ts'
export { compare, equal, type FeelContext, FeelFunction, FeelRange, type FeelValue, format, kindOf } from './values.ts'
