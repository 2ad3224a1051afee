// The door of the room `problem`: refusals we expect, declared once and told to callers as RFC 9457.
export type { FieldError, ProblemBody, ProblemKind } from './problem.ts'
export { declaredProblems, findProblem, isProblem, Problem, problem, problemBody, problemFromBody } from './problem.ts'
