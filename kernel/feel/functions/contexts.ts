// Context functions (DMN 1.5, table 83).
import { allocate } from '../budget.ts'
import { entryOf, type FeelContext, type FeelList, type FeelValue, isContext, newContext, setEntry } from '../values.ts'
import { define, on } from './define.ts'

export const contextFunctions = define({
  'get value': [
    on('m: context, key: any', getValue),
    on('context: context, key: any', getValue),
    on('context: context, keys: list', getValue),
  ],
  'get entries': on('m: context', (context) => {
    const names = Object.keys(context)
    allocate(names.length * 16)
    return names.map((key) => entry(key, context[key]!))
  }),
  context: on('entries: list', fromEntries),
  'context put': [
    on('context: context, keys: any, value: any', (context, keys, value) =>
      put(context, Array.isArray(keys) ? keys : [keys], value),
    ),
    on('context: context, key: any, value: any', (context, key, value) => put(context, [key], value)),
  ],
  'context merge': on('contexts: list', merge),
})

function getValue(context: FeelContext, key: FeelValue): FeelValue {
  const names = Array.isArray(key) ? key : [key]
  if (!names.length) return null
  let value: FeelValue = context
  for (const name of names) {
    if (typeof name !== 'string' || !isContext(value)) return null
    value = entryOf(value, name) ?? null
  }
  return value
}

function entry(key: string, value: FeelValue): FeelContext {
  const context = newContext()
  context.key = key
  context.value = value
  return context
}

function copyOf(context: FeelContext): FeelContext {
  const copy = newContext()
  for (const name of Object.keys(context)) setEntry(copy, name, context[name]!)
  return copy
}

function fromEntries(entries: FeelList): FeelValue {
  const context = newContext()
  for (const item of entries) {
    if (!isContext(item)) return null
    const key = entryOf(item, 'key')
    const value = entryOf(item, 'value')
    if (typeof key !== 'string' || value === undefined || Object.hasOwn(context, key)) return null
    setEntry(context, key, value)
  }
  return context
}

function put(context: FeelContext, keys: FeelList, value: FeelValue): FeelValue {
  const [name, ...others] = keys
  if (typeof name !== 'string') return null
  if (!others.length) {
    const copy = copyOf(context)
    setEntry(copy, name, value)
    return copy
  }
  const inner = entryOf(context, name)
  const changed = inner !== undefined && isContext(inner) ? put(inner, others, value) : null
  if (changed === null) return null
  const copy = copyOf(context)
  setEntry(copy, name, changed)
  return copy
}

function merge(contexts: FeelList): FeelValue {
  const merged = newContext()
  for (const context of contexts) {
    if (!isContext(context)) return null
    for (const name of Object.keys(context)) setEntry(merged, name, context[name]!)
  }
  return merged
}
