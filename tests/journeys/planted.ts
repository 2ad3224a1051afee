// Faults planted into a page of the product. An examination that finds them not has proved nothing.
import { examine, type Finding, type Look, MOST_BYTES, nothingExamined, watch } from './examination.ts'
import type { Stage } from './stage.ts'
import { visitor } from './visitor.ts'

interface Fault {
  name: string
  /** Run in the page. */
  script: string
  isFound(finding: Finding): boolean
  /** Bytes that a page may have, if not the usual. */
  most?: number
}

const append = (markup: string) =>
  `document.querySelector('main').insertAdjacentHTML('beforeend', ${JSON.stringify(markup)})`
const faults: Fault[] = [
  {
    name: 'a picture without a text',
    script: append('<img src="/favicon.ico">'),
    isFound: ({ rule }) => rule === 'axe image-alt',
  },
  {
    name: 'a page of more than 1 KB',
    script: '',
    most: 1024,
    isFound: ({ rule }) => rule === 'weight',
  },
  {
    name: 'something wider than the screen',
    script: append('<p id="wide">wide</p>').concat(";document.getElementById('wide').style.width='3000px'"),
    isFound: ({ rule }) => rule === 'overflow',
  },
  {
    name: 'a missing text',
    script: append('<p>portal.home.greeting</p>'),
    isFound: ({ rule, text }) => rule === 'words' && text.includes('portal.home.greeting'),
  },
  {
    name: 'a name out of the program',
    script: append('<p>differentPerson</p>'),
    isFound: ({ rule, text }) => rule === 'words' && text.includes('differentPerson'),
  },
  {
    name: 'markup that is shown as text',
    script: append('<p>&lt;bdi&gt;FN-26&lt;/bdi&gt;</p>'),
    isFound: ({ rule, text }) => rule === 'words' && text.includes('bdi'),
  },
  {
    name: 'the wrong language',
    script: "document.documentElement.lang = 'xx'",
    isFound: ({ rule }) => rule === 'lang',
  },
  {
    name: 'the wrong direction',
    script: "document.documentElement.dir = document.documentElement.dir === 'rtl' ? 'ltr' : 'rtl'",
    isFound: ({ rule }) => rule === 'dir',
  },
  {
    name: 'a script that the policy forbids',
    script:
      "document.head.append(Object.assign(document.createElement('script'), { textContent: 'window.planted = true' }))",
    isFound: ({ rule, text }) => rule === 'browser' && /Content Security Policy/i.test(text),
  },
  {
    name: 'a script that fails',
    script: "setTimeout(() => { throw new Error('planted') })",
    isFound: ({ rule, text }) => rule === 'browser' && text.includes('planted'),
  },
]

/** Names of the faults that were not found; none, if the examination is worth anything. */
export async function missedFaults(stage: Stage): Promise<{ planted: number; missed: string[] }> {
  const missed: string[] = []
  const person = await visitor(stage)
  for (const { name, script, isFound, most } of faults) {
    const watched = watch(person.page)
    await person.open('/services')
    await person.page.evaluate(script)
    await person.page.waitForTimeout(50)
    const examined = nothingExamined()
    const { language, direction, width } = stage
    const look: Look = { name: 'planted', language, direction, width, withScript: true }
    await examine(examined, watched, look, most ?? MOST_BYTES)
    if (!examined.findings.some(isFound)) missed.push(name)
  }
  await person.close()
  return { planted: faults.length, missed }
}
