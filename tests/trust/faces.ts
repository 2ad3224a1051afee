// Pages and forms of the faces, found as a visitor finds them: by following links from the first page.
import { COOKIE } from './people.ts'

export interface Face {
  method: 'GET' | 'POST'
  path: string
  /** Of the visitor who saw it; '' for nobody. */
  cookie: string
  /** Of a form: its fields and its token. */
  fields: string[]
  token: string
}

const MOST = 60
/** Leaving is the end of a visit, and streams do not end. */
const avoided = /^\/(sign-out|live\/|as\/|openapi|metrics|developers)|\.(css|js|svg|png|ico|pdf)(\?|$)/

/** What nobody, and the holder of each token, can get to; a form of the same address once for each visitor. */
export async function facesOf(url: string, tokens: string[]): Promise<Face[]> {
  const faces = new Map<string, Face>()
  for (const token of ['', ...tokens]) {
    const cookie = token === '' ? '' : `${COOKIE}=${token}`
    const waiting = ['/', '/services', '/office', '/verify', '/demo', '/mailbox']
    const seen = new Set(waiting)
    for (let count = 0; count < MOST && waiting.length > 0; count += 1) {
      const path = waiting.shift()!
      const answer = await fetch(url + path, { headers: { cookie, accept: 'text/html' }, redirect: 'manual' })
      const location = answer.headers.get('location')
      const markup = await answer.text()
      if (answer.status === 200)
        faces.set(`GET ${path} ${cookie}`, { method: 'GET', path, cookie, fields: [], token: '' })
      for (const face of formsIn(markup, path, cookie)) faces.set(`POST ${face.path} ${cookie}`, face)
      for (const link of [...linksIn(markup), ...(location === null ? [] : [location])]) {
        const next = link.startsWith(url) ? link.slice(url.length) : link
        if (!next.startsWith('/') || next.startsWith('//') || avoided.test(next) || seen.has(next)) continue
        seen.add(next)
        waiting.push(next)
      }
    }
  }
  return [...faces.values()]
}

const plain = (text: string): string => text.replaceAll('&amp;', '&').replaceAll('&#38;', '&')

const linksIn = (markup: string): string[] =>
  [...markup.matchAll(/<a\b[^>]*\shref="([^"#]+)"/g)].map(([, href]) => plain(href!))

function formsIn(markup: string, here: string, cookie: string): Face[] {
  return [...markup.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].flatMap(([, attributes = '', content = '']) => {
    if (!/method="post"/i.test(attributes)) return []
    const action = plain(/action="([^"]*)"/.exec(attributes)?.[1] ?? here)
    if (!action.startsWith('/') || avoided.test(action)) return []
    const names = [...content.matchAll(/\sname="([^"]+)"/g)].map(([, name]) => plain(name!))
    const token = /name="_token" value="([^"]+)"/.exec(content)?.[1] ?? ''
    return [
      {
        method: 'POST' as const,
        path: action,
        cookie,
        fields: [...new Set(names)].filter((name) => name !== '_token'),
        token,
      },
    ]
  })
}
