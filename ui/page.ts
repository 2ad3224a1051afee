// A whole document: its head, the few styles its components use, inlined with a nonce, and one script for all.

import { fontStack } from './fonts.ts'
import { attributes, escapeHtml, type Html, html, trustedHtml } from './html.ts'
import { scriptFile } from './scripts/script-file.ts'
import { cssOf, joinStyles, styleSet } from './styles.ts'
import type { Theme } from './theme.ts'

export interface PageProps {
  lang: string
  dir: 'ltr' | 'rtl'
  /** For the browser's tab: "Error: Your name – Criminal record extract – Republic of Veridia" */
  title: string
  /** The nonce of the response's content security policy, for style and script */
  nonce: string
  theme: Theme
  body: Html
  /** false: no script at all. Pages work without; it makes them quicker to use. */
  script?: boolean
  description?: string
  /** The same page in other languages */
  alternates?: readonly { lang: string; href: string }[]
  /** Search engines keep out */
  noIndex?: boolean
  /** Loads the page again after so many seconds, for those without a script (at most on pages that only show) */
  refreshAfter?: number
  /** schema.org facts about the page */
  facts?: object
  /** Of the staff: dense tables, wide container */
  isStaff?: boolean
}

const baseStyles = styleSet(['base'])

/** The document as text, ready to send as text/html. */
export function page(props: PageProps): string {
  const styles = joinStyles(baseStyles, props.body.styles)
  const css = `${props.theme.css}body{--font:${fontStack(props.lang)}}${cssOf(styles)}`
  const head = html`
    <meta charset="utf-8">
    <title>${props.title}</title>
    <meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover">
    <meta name="theme-color" content="${props.theme.brand}">
    ${props.description && html`<meta name="description" content="${props.description}">`}
    ${props.noIndex && html`<meta name="robots" content="noindex">`}
    ${props.refreshAfter && html`<noscript><meta http-equiv="refresh" content="${props.refreshAfter}"></noscript>`}
    ${props.alternates?.map(({ lang, href }) => html`<link rel="alternate" hreflang="${lang}" href="${href}">`)}
    ${trustedHtml(`<style nonce="${escapeHtml(props.nonce)}">${css}</style>`)}
    ${props.facts && trustedHtml(`<script type="application/ld+json">${JSON.stringify(props.facts).replace(/</g, '\\u003c')}</script>`)}
    ${props.script !== false && trustedHtml(`<script${attributes({ nonce: props.nonce, src: scriptFile.path, type: 'module' }).markup}></script>`)}`
  const bodyClass = props.isStaff ? 'govuk-template__body ashlar-staff' : 'govuk-template__body'
  return `<!DOCTYPE html>${html`<html class="govuk-template" lang="${props.lang}" dir="${props.dir}"><head>${head}</head><body class="${bodyClass}">${props.body}</body></html>`.markup}`
}
