// Reads the examples of every component, `components/*/examples.yaml`, and draws them. For gallery and tests.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { parse, type ScalarTag } from 'yaml'
import { Html, trustedHtml } from '../html.ts'

export interface Example {
  component: string
  name: string
  /** All that the call says, to know that the component adds no words of its own */
  words: string
  draw(): Html
}

const folder = new URL('../components/', import.meta.url)

/** `!html '<b>…</b>'` in a file of examples. */
const htmlTag: ScalarTag = { tag: '!html', resolve: (text: string) => trustedHtml(text) as unknown as string }

export function componentNames(): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
}

/** The name of a component's function: its folder in camel case. */
function functionName(component: string): string {
  return component.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}

export async function loadExamples(): Promise<Example[]> {
  const examples: Example[] = []
  for (const component of componentNames()) {
    const file = new URL(`${component}/examples.yaml`, folder)
    if (!existsSync(file)) continue
    const module = (await import(new URL(`${component}/${component}.ts`, folder).href)) as Record<
      string,
      (props: unknown) => Html
    >
    const draw = module[functionName(component)]
    if (draw === undefined)
      throw new Error(`components/${component}/${component}.ts has no function ${functionName(component)}.`)
    const listed = parse(readFileSync(file, 'utf8'), { customTags: [htmlTag] }) as { name: string; props: unknown }[]
    for (const { name, props } of listed)
      examples.push({ component, name, words: wordsOf(props), draw: () => draw(props) })
  }
  return examples
}

function wordsOf(props: unknown): string {
  if (props instanceof Html) return props.markup.replace(/<[^>]*>/g, '\n')
  if (props !== null && typeof props === 'object') return Object.values(props).map(wordsOf).join('\n')
  return String(props)
}
