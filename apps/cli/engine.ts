// What examples run on: the same compiler, engine, rules and calendar as the running house, without a database.
import { type Country, type ExampleEngine, holidaysOf } from '@ashlar/catalogue'
import { decide } from '@ashlar/decisions'
import { createCalendar } from '@ashlar/kernel/calendar'
import { compileProcess, type Graph, rehearse } from '@ashlar/workflow'

/** `years`: of the examples, so that the holidays around them count. */
export function exampleEngine(country: Country, years: { from: number; to: number }): ExampleEngine {
  const calendar = createCalendar({
    zone: country.zone,
    weekend: country.weekend,
    holidays: holidaysOf(country, years.from, years.to),
  })
  const graphs = new WeakMap<object, Graph>()
  return {
    play: (service, facts, rules, answer) => {
      const graph = graphs.get(service) ?? compileProcess(service)
      graphs.set(service, graph)
      return rehearse(graph, facts, rules, answer)
    },
    decide: (table, facts) => decide(table, facts),
    deadline: (from, term) => calendar.deadline(from, term),
  }
}
