// Which methods a path knows, so that a wrong method is told from a wrong address.

export interface Paths {
  add(method: string | string[], url: string): void
  /** The methods of the routes that this path fits, sorted. */
  methodsOf(path: string): string[]
}

export function createPaths(): Paths {
  const routes = new Map<string, { pattern: RegExp; methods: Set<string> }>()

  return {
    add(method, url) {
      if (url === '*' || url === '/*') return
      const route = routes.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() }
      for (const one of [method].flat()) route.methods.add(one)
      routes.set(url, route)
    },
    methodsOf(path) {
      const fitting = [...routes.values()].filter(({ pattern }) => pattern.test(path))
      return [...new Set(fitting.flatMap(({ methods }) => [...methods]))].sort()
    },
  }
}

/** '/cases/:id/notes' → ^/cases/[^/]+/notes$ */
function patternOf(url: string): RegExp {
  const text = url
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/:[A-Za-z0-9_]+/g, '[^/]+')
    .replaceAll('*', '.*')
  return new RegExp(`^${text}$`)
}
