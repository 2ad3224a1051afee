// Turns rules that speak of left and right into rules that speak of start and end, so that a page flips by `dir` alone.

import type { CssNode, Declaration } from './css.ts'
import { split } from './css.ts'

/** What still speaks of left or right after the turning, unless it stands under [dir=rtl] or [dir=ltr]. */
export interface DirectionFault {
  selector: string
  declaration: string
}

const renamed: Record<string, string> = {
  'margin-left': 'margin-inline-start',
  'margin-right': 'margin-inline-end',
  'padding-left': 'padding-inline-start',
  'padding-right': 'padding-inline-end',
  'border-left': 'border-inline-start',
  'border-right': 'border-inline-end',
  'border-left-width': 'border-inline-start-width',
  'border-right-width': 'border-inline-end-width',
  'border-left-style': 'border-inline-start-style',
  'border-right-style': 'border-inline-end-style',
  'border-left-color': 'border-inline-start-color',
  'border-right-color': 'border-inline-end-color',
  left: 'inset-inline-start',
  right: 'inset-inline-end',
}

export function toLogical(nodes: readonly CssNode[]): CssNode[] {
  return nodes.map((node) =>
    node.kind === 'at'
      ? { ...node, nodes: toLogical(node.nodes) }
      : isDirected(node.selectors)
        ? node
        : {
            ...node,
            declarations: node.declarations.flatMap((declaration) =>
              isPhysical(node.selectors, declaration.name, declaration.value) ? [declaration] : logical(declaration),
            ),
          },
  )
}

export function directionFaults(nodes: readonly CssNode[]): DirectionFault[] {
  const turned = new Set(
    rulesOf(nodes).flatMap((rule) =>
      isDirected(rule.selectors)
        ? rule.selectors.flatMap((selector) =>
            rule.declarations.map(({ name }) => `${selector.replace(directed, '').trim()} ${name}`),
          )
        : [],
    ),
  )
  return rulesOf(nodes).flatMap(({ selectors, declarations }) =>
    isDirected(selectors)
      ? []
      : declarations
          .filter(
            ({ name, value }) =>
              !isPhysical(selectors, name, value) &&
              (name in renamed || fourSided(name, value) || speaksOfSides(name, value)),
          )
          .filter(({ name }) => !selectors.every((selector) => turned.has(`${selector} ${name}`)))
          .map(({ name, value }) => ({ selector: selectors.join(', '), declaration: `${name}: ${value}` })),
  )
}

function rulesOf(nodes: readonly CssNode[]): Extract<CssNode, { kind: 'rule' }>[] {
  return nodes.flatMap((node) => (node.kind === 'at' ? rulesOf(node.nodes) : [node]))
}

const directed = /\[dir=["']?(rtl|ltr)["']?\]/

function isDirected(selectors: readonly string[]): boolean {
  return selectors.every((selector) => directed.test(selector))
}

/** A phone's notch has a side of its own, and a shape drawn with the borders of ::before turns as a whole. */
function isPhysical(selectors: readonly string[], name: string, value: string): boolean {
  return (
    value.includes('safe-area-inset') ||
    (name === 'border-width' && selectors.every((selector) => /:(before|after)$/.test(selector)))
  )
}

function logical({ name, value }: Declaration): Declaration[] {
  const name2 = renamed[name]
  if (name2 !== undefined) return [{ name: name2, value }]
  if ((name === 'text-align' || name === 'justify-content') && (value === 'left' || value === 'right'))
    return [{ name, value: value === 'left' ? 'start' : 'end' }]
  // Browsers before 2023 know no inline-start here and keep the first line: columns in their old order, still usable.
  if (name === 'float' && (value === 'left' || value === 'right'))
    return [
      { name, value },
      { name, value: value === 'left' ? 'inline-start' : 'inline-end' },
    ]
  if (fourSided(name, value)) {
    const [top, right, bottom, left] = split(value.replace(/\s*!important/, ''), ' ') as [
      string,
      string,
      string,
      string,
    ]
    const important = value.includes('!important') ? '!important' : ''
    const [before, after] = name === 'border-width' ? ['border', '-width'] : [name, '']
    const two = (one: string, other: string) => (one === other ? one : `${one} ${other}`) + important
    return [
      { name: `${before}-block${after}`, value: two(top, bottom) },
      { name: `${before}-inline${after}`, value: two(left, right) },
    ]
  }
  return [{ name, value }]
}

/** margin: 0 1px 0 2px, whose second and fourth values differ. */
function fourSided(name: string, value: string): boolean {
  if (name !== 'margin' && name !== 'padding' && name !== 'border-width') return false
  const sides = split(value.replace(/\s*!important/, ''), ' ')
  return sides.length === 4 && sides[1] !== sides[3]
}

function speaksOfSides(name: string, value: string): boolean {
  if (/-(left|right)\b/.test(name)) return true
  if (name === 'float') return false
  if (/\b(left|right)\b/.test(value)) return true
  if (name === 'clip-path') return value.startsWith('polygon') && !isSymmetric(value)
  return name === 'transform' && /rotate\((?!0|180)/.test(value)
}

/** Is a polygon the same when left and right change places? */
function isSymmetric(polygon: string): boolean {
  const points = [...polygon.matchAll(/([\d.]+)% ([\d.]+)%/g)].map(([, x, y]) => [Number(x), Number(y)] as const)
  const all = new Set(points.map(([x, y]) => `${x} ${y}`))
  return points.every(([x, y]) => all.has(`${100 - x} ${y}`))
}
