// A country's colours and emblem, made into the custom properties of every page; and the check that they can be read.

import { type Html, trustedHtml } from './html.ts'

/** Colours as #rrggbb; what a country leaves out is as in the defaults below. */
export interface ThemeColours {
  /** The header's ground, with white text on it */
  brand?: string
  /** The rule under the header and over the footer; decoration, carries no text */
  accent?: string
  link?: string
  /** Buttons and headed boxes, with white text on them */
  action?: string
  /** The light ground of navigation, footer and offers */
  band?: string
}

/** The `theme` of a country as its folder says it. */
export interface ThemeData {
  /** 'star', or an SVG drawing without words, scripts or styles; var(--accent) and currentColor take the theme's colours */
  emblem: string
  colours: ThemeColours
  /** Where the staff's pages differ */
  office?: ThemeColours
}

export type ThemeFace = 'citizen' | 'office'

export interface Theme {
  css: string
  emblem: Html
  /** For <meta name="theme-color"> */
  brand: string
  properties: Readonly<Record<string, string>>
}

const defaults: Record<ThemeFace, Required<ThemeColours>> = {
  citizen: { brand: '#0b3d33', accent: '#e0b040', link: '#0a5f78', action: '#0b5d4d', band: '#f0f5f4' },
  office: { brand: '#1b333d', accent: '#2a9d8f', link: '#1d5c73', action: '#1f6f65', band: '#f2f4f5' },
}

const star =
  '<svg viewBox="0 0 44 44"><circle cx="22" cy="22" r="20" fill="none" stroke="currentColor" stroke-width="2.5"/><path fill="var(--accent)" d="M22 7.5l3.9 10h10.7l-8.6 6.6 3.2 10.4L22 28.1l-9.2 6.4L16 24.1 7.4 17.5h10.7z"/></svg>'

/** Two colours that stand on one another and are too alike to be read. */
export interface ContrastFault {
  face: ThemeFace
  pair: string
  foreground: string
  background: string
  ratio: number
  needed: number
}

/** Makes the theme of a face once at the start. Throws when a colour or the emblem is not what it should be. */
export function createTheme(data: ThemeData, face: ThemeFace = 'citizen'): Theme {
  const properties = propertiesOf(data, face)
  const css = `:root{${Object.entries(properties)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';')}}`
  const emblem = safeEmblem(data.emblem === 'star' ? star : data.emblem)
  return { css, emblem, brand: properties.header as string, properties }
}

/** All pairs of text and ground that a page can show, with a ratio below WCAG 2.2 AA: 4.5, for signs and edges 3. */
export function checkTheme(data: ThemeData): { examined: number; faults: ContrastFault[] } {
  const results = (['citizen', 'office'] as const).map((face) => checkFace(face, propertiesOf(data, face)))
  return {
    examined: results.reduce((sum, { examined }) => sum + examined, 0),
    faults: results.flatMap(({ faults }) => faults),
  }
}

function checkFace(face: ThemeFace, at: Record<string, string>): { examined: number; faults: ContrastFault[] } {
  const color = (name: string) => at[name] as string
  const pairs: [pair: string, foreground: string, background: string, needed?: number][] = [
    ['text on the page', 'text', 'body-background'],
    ['secondary text on the page', 'secondary-text', 'body-background'],
    ['text on the surface', 'text', 'surface-background'],
    ['secondary text on the surface', 'secondary-text', 'surface-background'],
    ['text in the header', 'inverse-text', 'header'],
    ['link on the page', 'link', 'body-background'],
    ['link on the surface', 'link', 'surface-background'],
    ['hovered link on the page', 'link-hover', 'body-background'],
    ['hovered link on the surface', 'link-hover', 'surface-background'],
    ['visited link on the page', 'link-visited', 'body-background'],
    ['visited link on the surface', 'link-visited', 'surface-background'],
    ['text on a button', 'inverse-text', 'button'],
    ['text on a hovered button', 'inverse-text', 'button-hover'],
    ['text on a secondary button', 'text', 'tint'],
    ['title of a headed box', 'inverse-text', 'brand'],
    ['text of a done panel', 'inverse-text', 'success'],
    ['text with focus', 'focus-text', 'focus'],
    ['error on the page', 'error', 'body-background'],
    ['error on the surface', 'error', 'surface-background'],
    ['edge of a field', 'input-border', 'body-background', 3],
    ['mark of the current page', 'link', 'surface-background', 3],
    ['bar of progress', 'success', 'track', 3],
  ]
  const faults = pairs.flatMap(([pair, foreground, background, needed = 4.5]) => {
    const ratio = contrast(color(foreground), color(background))
    return ratio < needed
      ? [
          {
            face,
            pair,
            foreground: color(foreground),
            background: color(background),
            ratio: Math.floor(ratio * 100) / 100,
            needed,
          },
        ]
      : []
  })
  return { examined: pairs.length, faults }
}

/** The contrast ratio of WCAG 2.2, from 1 to 21. */
export function contrast(one: string, other: string): number {
  const [bright, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number]
  return (bright + 0.05) / (dark + 0.05)
}

function propertiesOf(data: ThemeData, face: ThemeFace): Record<string, string> {
  const given = face === 'office' ? data.office : data.colours
  const colours = { ...defaults[face] }
  for (const [name, value] of Object.entries(given ?? {}) as [keyof ThemeColours, string | undefined][]) {
    if (value === undefined) continue
    if (!/^#[0-9a-f]{6}$/i.test(value))
      throw new Error(`The colour ${name} is ${JSON.stringify(value)}; write it as #rrggbb.`)
    colours[name] = value
  }
  const { brand, accent, link, action, band } = colours
  return {
    text: '#0b0c0c',
    'inverse-text': '#ffffff',
    'secondary-text': '#484949',
    'print-text': '#000000',
    'body-background': '#ffffff',
    'template-background': band,
    'surface-background': band,
    'surface-text': '#0b0c0c',
    'surface-border': mix(brand, band, 0.55),
    focus: '#ffdd00',
    'focus-text': '#0b0c0c',
    error: '#ca3535',
    success: '#0f7a52',
    border: '#cecece',
    'box-border': '#d5d9da',
    'input-border': '#0b0c0c',
    hover: '#cecece',
    tint: '#f3f3f3',
    track: '#e5e9ea',
    // GOV.UK's word for what we call action: the ground of headed boxes.
    brand: action,
    header: brand,
    accent,
    link,
    'link-hover': mix(link, '#000000', 0.4),
    'link-visited': '#54319f',
    'link-active': '#0b0c0c',
    button: action,
    'button-hover': mix(action, '#000000', 0.25),
    'button-shadow': mix(action, '#000000', 0.5),
  }
}

function channels(colour: string): [number, number, number] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)) as [number, number, number]
}

function mix(colour: string, other: string, share: number): string {
  const others = channels(other)
  const mixed = channels(colour).map((value, index) =>
    Math.round(value * (1 - share) + (others[index] as number) * share),
  )
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}

function luminance(colour: string): number {
  const [red, green, blue] = channels(colour).map((value) => {
    const share = value / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

const drawing = new Set(
  'svg g defs title path circle ellipse rect line polyline polygon linearGradient radialGradient stop clipPath use'.split(
    ' ',
  ),
)

/** Refuses what a drawing does not need: other elements, handlers, styles, addresses outside itself. */
function safeEmblem(svg: string): Html {
  const source = svg.replace(/<\?xml[^>]*\?>|<!--[\s\S]*?-->/g, '').trim()
  const refuse = (what: string): never => {
    throw new Error(`The emblem may not hold ${what}: use plain SVG shapes, at most 4 KB.`)
  }
  if (!/^<svg[\s>]/.test(source) || !source.endsWith('</svg>')) refuse('anything but one svg element')
  if (source.length > 4096) refuse(`${source.length} characters`)
  for (const [, name] of source.matchAll(/<\/?([^\s/>]*)/g)) if (!drawing.has(name as string)) refuse(`<${name}>`)
  for (const [, name, value] of source.matchAll(/\s([^\s=<>/]+)\s*=\s*["']?([^"'>]*)/g)) {
    if (/^(on|style$|class$|id$)/i.test(name as string) && !/^id$/i.test(name as string))
      refuse(`the attribute ${name}`)
    if (/href$/i.test(name as string) && !(value as string).startsWith('#')) refuse(`the address ${value}`)
    if (/url\(\s*["']?[^#]/i.test(value as string)) refuse(`the address ${value}`)
  }
  return trustedHtml(source.replace(/\s*\n\s*/g, ' ').replace(/^<svg/, '<svg aria-hidden="true" focusable="false"'))
}
