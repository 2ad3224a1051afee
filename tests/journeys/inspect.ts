// Runs in the page: is it in the language that was asked for, without keys for words, and no wider than the screen?

interface Asked {
  language: string
  direction: string
}

/** One function, since it travels into the browser as text. */
export function inspect({ language, direction }: Asked): { rule: string; text: string }[] {
  const found: { rule: string; text: string }[] = []
  const note = (rule: string, text: string) => void found.push({ rule, text })
  const root = document.documentElement

  if (root.lang !== language) note('lang', `lang="${root.lang}" instead of "${language}"`)
  if (root.dir !== direction) note('dir', `dir="${root.dir}" instead of "${direction}"`)
  if (!document.title.trim()) note('title', 'The page has no title')
  const wide = root.scrollWidth - root.clientWidth
  if (wide > 0) {
    const widest = [...document.querySelectorAll('body *')]
      .filter(
        (one) => one.getBoundingClientRect().right > root.clientWidth + 1 || one.getBoundingClientRect().left < -1,
      )
      .at(-1)
    note('overflow', `${wide} points wider than the screen: ${widest?.outerHTML.slice(0, 150)}`)
  }

  // Keys stand where a text is missing; camelCase is what is left of one, or a name out of the program.
  const rooms =
    'portal|office|face|demo|problem|catalogue|decision|decisions|documents|question|page|evidence|rule|task'
  const parts = `${rooms}|message|output|letter|result|ask|fee|refund|purpose`
  const key = new RegExp(`(?<![\\w@./-])(?:${parts})\\.[a-z][\\w-]*(?:\\.[\\w-]+)*`)
  const camel = /(?<![\w@./#:=-])[a-z]{2,}[A-Z][a-z]+\w*/
  const shown: string[] = [document.title]
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement
    if (!parent?.closest('script,style,code,noscript')) shown.push(walker.currentNode.textContent ?? '')
  }
  for (const one of document.querySelectorAll('[aria-label],[alt],[title],[placeholder]'))
    for (const name of ['aria-label', 'alt', 'title', 'placeholder']) shown.push(one.getAttribute(name) ?? '')
  for (const text of shown) {
    const match = key.exec(text)?.[0] ?? camel.exec(text)?.[0]
    const markup = /<\/?bdi|\[object \w+\]|\bundefined\b|\bNaN\b/.exec(text)?.[0]
    if (markup) note('words', `"${markup}" in "${text.trim().slice(0, 100)}"`)
    if (match) note('words', `"${match}" in "${text.trim().slice(0, 100)}"`)
  }

  // In another script, what the platform says is easily told from what it does not say in that language.
  if (language === 'ar')
    for (const one of document.querySelectorAll('h1,h2,h3,label,legend,button,th,dt,nav a,.govuk-tag,.govuk-hint')) {
      const copy = one.cloneNode(true) as Element
      for (const other of copy.querySelectorAll('bdi,kbd,code,[lang]')) other.remove()
      const text = copy.textContent ?? ''
      if (!one.closest('[lang]:not(html),bdi') && /[a-z]{3}/.test(text) && !/[\u0600-\u06ff]/.test(text))
        note('words', `not in Arabic: "${text.trim().slice(0, 100)}"`)
    }
  return found
}
