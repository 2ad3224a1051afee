// Builds dist/*.css from GOV.UK Frontend's Sass and our own: `node ui/build-styles.ts`; with --check it only compares.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { compile } from 'sass'
import { type CssNode, parseCss, printCss } from './styles/css.ts'
import { directionFaults, toLogical } from './styles/direction.ts'
import { type StylePart, styleOrder } from './styles/order.ts'

const here = new URL('./', import.meta.url)
const dist = new URL('dist/', here)

/** GOV.UK's fixed colours that a country's theme replaces, and those that only look like a brand. */
const ourColours: Record<string, string> = {
  '#0f7a52': 'var(--button)',
  '#0b5c3e': 'var(--button-hover)',
  '#083d29': 'var(--button-shadow)',
  '#1d70b8': 'var(--govuk-brand-colour)',
  '#0f385c': 'var(--govuk-link-hover-colour)',
  '#1a65a6': 'var(--govuk-link-colour)',
  '#f4f8fb': 'var(--govuk-surface-background-colour)',
  '#f3f3f3': 'var(--tint)',
}

/** Colours that mean something and so are not the theme's, moved off GOV.UK's blue. */
const ownColours: Partial<Record<string, Record<string, string>>> = {
  tag: { '#0f385c': '#123b60', '#083d29': '#0a4630' },
}

/** Fails the build wherever they are found: GOV.UK's blues, its font, its crown. */
const theirs = /#(1d70b8|1a65a6|16548a|0f385c|5694ca|8eb8dc|f4f8fb|003078|005ea5)\b|gds transport|crown/i

export interface StyleFault {
  part: string
  fault: string
}

/** The source of a part: beside its component, or in styles/ when it belongs to no component. */
function sourceOf(part: StylePart): URL {
  const own = new URL(`components/${part}/${part}.scss`, here)
  return existsSync(own) ? own : new URL(`styles/${part}.scss`, here)
}

export function buildPart(part: StylePart): { css: string; faults: StyleFault[] } {
  const { css } = compile(fileURLToPath(sourceOf(part)), {
    loadPaths: [fileURLToPath(new URL('../node_modules', here))],
    style: 'expanded',
    quietDeps: true,
  })
  return finish(part, css)
}

/** What happens to the CSS after Sass: made logical, branded, small; and what may not be in it. */
export function finish(part: string, css: string): { css: string; faults: StyleFault[] } {
  const nodes = mergeNeighbours(toLogical(prune(parseCss(css))))
  const printed = brand(printCss(nodes), { ...ourColours, ...ownColours[part] })
  const faults = directionFaults(nodes).map(({ selector, declaration }) => ({
    part,
    fault: `${selector} { ${declaration} } does not flip from right to left: use start and end, or write it under [dir=rtl]`,
  }))
  const brandFault = theirs.exec(printed)
  if (brandFault !== null) faults.push({ part, fault: `${brandFault[0]} belongs to GOV.UK's brand` })
  return { css: `${printed}\n`, faults }
}

function brand(css: string, colours: Record<string, string>): string {
  return css
    .replace(/var\((--govuk-[a-z-]+), ?#[0-9a-f]+\)/gi, 'var($1)')
    .replace(/#[0-9a-f]{6}\b/gi, (colour) => colours[colour.toLowerCase()] ?? colour)
    .replace(/var\(--govuk-([a-z-]+?)-colour\)/g, 'var(--$1)')
    .replace(/--govuk-([a-z-]+?)-colour/g, '--$1')
}

/** Takes out what our pages never need: fonts (the body has them), print sizes, scripts' states, IE. */
function prune(nodes: readonly CssNode[]): CssNode[] {
  return nodes.flatMap((node): CssNode[] => {
    if (node.kind === 'at') {
      if (/-ms-high-contrast|\\0|[^ -~]/.test(node.prelude) && !node.prelude.includes('forced-colors')) return []
      if (node.prelude === '@supports not (-ms-ime-align: auto)') return prune(node.nodes)
      const prelude = node.prelude.replace(/,\s*\(-ms-high-contrast: active\)/, '')
      const inside = prune(node.nodes)
        .map((child) =>
          child.kind === 'rule' && prelude === '@media print'
            ? {
                ...child,
                declarations: child.declarations.filter(
                  ({ name }) => !/^(font-size|line-height|font-family)$/.test(name),
                ),
              }
            : child,
        )
        .filter((child) => child.kind === 'at' || child.declarations.length > 0)
      return inside.length === 0 ? [] : [{ kind: 'at', prelude, nodes: inside }]
    }
    const selectors = node.selectors.filter(
      (selector) =>
        selector !== ':root' && !/\.govuk-frontend-supported|::-moz-focus-inner|exit-this-page/.test(selector),
    )
    const declarations = node.declarations.filter(
      ({ name, value }) =>
        !(name === 'font-family' && value.includes('ashlar')) &&
        !/^(-webkit-font-smoothing|-moz-osx-font-smoothing|word-wrap|-webkit-text-decoration-skip(-ink)?|text-decoration-skip|-moz-text-size-adjust|-webkit-clip-path)$/.test(
          name,
        ),
    )
    return selectors.length === 0 || declarations.length === 0 ? [] : [{ kind: 'rule', selectors, declarations }]
  })
}

/** Two rules in a row for one selector become one, and two @media in a row for one query too. */
function mergeNeighbours(nodes: readonly CssNode[]): CssNode[] {
  const merged: CssNode[] = []
  for (const node of nodes) {
    const last = merged.at(-1)
    if (last?.kind === 'rule' && node.kind === 'rule' && last.selectors.join() === node.selectors.join())
      merged[merged.length - 1] = { ...last, declarations: [...last.declarations, ...node.declarations] }
    else if (last?.kind === 'at' && node.kind === 'at' && last.prelude === node.prelude)
      merged[merged.length - 1] = { ...last, nodes: mergeNeighbours([...last.nodes, ...node.nodes]) }
    else merged.push(node.kind === 'at' ? { ...node, nodes: mergeNeighbours(node.nodes) } : node)
  }
  return merged
}

/** Builds every part; with `write` into dist/, else the parts whose file in dist/ is not what would be built. */
export function buildStyles({ write }: { write: boolean }): { parts: number; stale: string[]; faults: StyleFault[] } {
  const faults: StyleFault[] = []
  const stale: string[] = []
  if (write) mkdirSync(dist, { recursive: true })
  for (const part of styleOrder) {
    const built = buildPart(part)
    faults.push(...built.faults)
    const file = new URL(`${part}.css`, dist)
    if (existsSync(file) && readFileSync(file, 'utf8') === built.css) continue
    stale.push(part)
    if (write) writeFileSync(file, built.css)
  }
  for (const name of existsSync(dist) ? readdirSync(dist) : []) {
    if (!name.endsWith('.css') || (styleOrder as readonly string[]).includes(name.slice(0, -4))) continue
    stale.push(name)
    if (write) rmSync(new URL(name, dist))
  }
  return { parts: styleOrder.length, stale, faults }
}

if (import.meta.main) {
  const write = !process.argv.includes('--check')
  const { parts, stale, faults } = buildStyles({ write })
  for (const { part, fault } of faults) console.error(`${part}: ${fault}`)
  if (!write)
    for (const name of stale)
      console.error(`dist/${name}.css is not what its source gives: run node ui/build-styles.ts`)
  console.log(`${parts} style parts examined, ${stale.length} ${write ? 'written' : 'stale'}, ${faults.length} faults`)
  if (faults.length > 0 || (!write && stale.length > 0)) process.exitCode = 1
}
