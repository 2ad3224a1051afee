// The gallery: every example of every component on one page. `node ui/gallery.ts > gallery.html`

import { type Example, loadExamples } from './examples/examples.ts'
import { citizenTheme } from './examples/face.ts'
import { html } from './html.ts'
import { plainPage } from './layouts/plain-page.ts'

/** The whole page, or one example alone. */
export function gallery(examples: readonly Example[], dir: 'ltr' | 'rtl' = 'ltr'): string {
  const names = [...new Set(examples.map(({ component }) => component))]
  const content = html`
    <h1 class="govuk-heading-l">Components</h1>
    <ul class="govuk-list ashlar-row">${names.map((name) => html`<li><a class="govuk-link" href="#${name}">${name}</a></li>`)}</ul>
    ${names.map(
      (name) => html`
        <section id="${name}">
          <h2 class="govuk-heading-m">${name}</h2>
          ${examples.filter(({ component }) => component === name).map((example) => html`<p class="govuk-body-s ashlar-muted">${example.name}</p><div class="ashlar-box">${example.draw()}</div>`)}
        </section>`,
    )}`
  return plainPage({
    lang: dir === 'rtl' ? 'ar' : 'en',
    dir,
    title: 'Components',
    nonce: 'gallery',
    theme: citizenTheme,
    skipText: 'Skip to main content',
    script: false,
    content,
  })
}

/** One example on a page of its own, as axe examines it. */
export function exampleDocument(example: Example, dir: 'ltr' | 'rtl'): string {
  return plainPage({
    lang: 'en',
    dir,
    title: `${example.component}: ${example.name}`,
    nonce: 'gallery',
    theme: citizenTheme,
    skipText: 'Skip to main content',
    script: false,
    content: example.draw(),
  })
}

if (import.meta.main) console.log(gallery(await loadExamples(), process.argv.includes('--rtl') ? 'rtl' : 'ltr'))
