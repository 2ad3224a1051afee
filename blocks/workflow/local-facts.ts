// What FEEL sees from inside a sub-process: its own facts before those around it; kept beside the facts, sealed with them.
import type { Json } from './graph.ts'
import type { Facts, State } from './state.ts'

const DRAWER = '#'
/** Of prototypes' making: never a fact. */
const forbidden = new Set(['__proto__', 'constructor', 'prototype', DRAWER])

export class LocalFacts {
  facts: Facts
  learned = false
  #state: State
  #views = new Map<string | undefined, Facts>()

  constructor(facts: Facts, state: State) {
    this.facts = facts
    this.#state = state
  }

  /** All that is seen from a scope; undefined is the process itself. */
  view(scope: string | undefined): Facts {
    if (scope === undefined) return this.facts
    const known = this.#views.get(scope)
    if (known !== undefined) return known
    const { isolated, in: outer } = this.#scope(scope)
    const around = isolated ? {} : this.view(outer)
    const view = { ...around, ...(this.kept(scope) as Facts | undefined) }
    this.#views.set(scope, view)
    return view
  }

  /** Where a name is already a fact of its own, or everything is, it stays inside. Dots lead into a fact. */
  learn(scope: string | undefined, path: string, value: Json): void {
    const [name, ...inner] = path.split('.') as [string, ...string[]]
    if ([name, ...inner].some((part) => forbidden.has(part))) throw new Error(`'${path}' cannot be the name of a fact`)
    const home = this.#homeOf(scope, name)
    const old = home === undefined ? this.facts[name] : (this.kept(home) as Facts)[name]
    const whole = inner.length === 0 ? value : within(old, inner, value)
    if (home === undefined) this.#change({ ...this.facts, [name]: whole })
    else this.keep(home, { ...(this.kept(home) as Facts), [name]: whole })
  }

  #homeOf(scope: string | undefined, name: string): string | undefined {
    for (let at = scope; at !== undefined; at = this.#scope(at).in) {
      const { own, isolated } = this.#scope(at)
      if (own || isolated || Object.hasOwn((this.kept(at) as Facts | undefined) ?? {}, name)) return at
    }
    return undefined
  }

  /** Of all that is kept beside the facts. */
  keys(): string[] {
    return Object.keys((this.facts[DRAWER] as Facts | undefined) ?? {})
  }

  kept(key: string): Json | undefined {
    return (this.facts[DRAWER] as Facts | undefined)?.[key]
  }

  keep(key: string, value: Json): void {
    this.#change({ ...this.facts, [DRAWER]: { ...(this.facts[DRAWER] as Facts | undefined), [key]: value } })
  }

  drop(key: string) {
    const drawer = this.facts[DRAWER] as Facts | undefined
    if (drawer === undefined || !Object.hasOwn(drawer, key)) return
    const { [key]: _dropped, ...rest } = drawer
    if (Object.keys(rest).length > 0) return this.#change({ ...this.facts, [DRAWER]: rest })
    const { [DRAWER]: _empty, ...facts } = this.facts
    this.#change(facts)
  }

  #change(facts: Facts): void {
    this.facts = facts
    this.learned = true
    this.#views.clear()
  }

  #scope(id: string) {
    const scope = this.#state.scopes?.[id]
    if (scope === undefined) throw new Error(`there is no scope '${id}'`)
    return scope
  }
}

function within(old: Json | undefined, [name, ...inner]: string[], value: Json): Json {
  const members = typeof old === 'object' && old !== null && !Array.isArray(old) ? old : {}
  return { ...members, [name!]: inner.length === 0 ? value : within(members[name!], inner, value) }
}
