// Shows changes made elsewhere: <main data-live="/live/…" data-live-text="This page has changed">. When the server tells
// of a change (SSE), the main region is fetched anew and said politely; never while somebody types in it.
const main = document.querySelector('main[data-live]')
if (main) {
  const said = document.createElement('div')
  said.className = 'govuk-visually-hidden'
  said.setAttribute('role', 'status')
  document.body.append(said)
  let waiting = 0
  let again
  const nameOf = (details) => details.firstElementChild.textContent
  const fields = () => [...main.querySelectorAll('input,textarea')]
  const ticked = () => fields().filter((one) => one.type === 'checkbox' && one.checked !== one.defaultChecked)
  const isBusy = () =>
    (main.contains(document.activeElement) &&
      document.activeElement.matches('input:not([type=checkbox]),select,textarea')) ||
    fields().some(
      (one) => one.type !== 'checkbox' && (one.value !== one.defaultValue || one.checked !== one.defaultChecked),
    )
  const refresh = async () => {
    waiting = 0
    if (isBusy()) return later(3000)
    const answer = await fetch(location.href, { headers: { accept: 'text/html' } })
    // The styles carry another nonce, so they are taken as text and put into the ones that are allowed here.
    let css = ''
    const text = (await answer.text()).replace(/<style[^>]*>([^<]*)<\/style>/, (_, styles) => {
      css = styles
      return ''
    })
    const fresh = new DOMParser().parseFromString(text, 'text/html')
    const next = fresh.querySelector('main[data-live]')
    if (!answer.ok || !next) return
    main.dataset.live = next.dataset.live
    if (next.innerHTML === main.innerHTML || isBusy()) return
    const focus = document.activeElement?.id || document.activeElement?.getAttribute('href')
    if (css) document.querySelector('style').textContent = css
    const kept = ticked()
    const opened = [...main.querySelectorAll('details[open]')].map(nameOf)
    main.replaceChildren(...next.childNodes)
    for (const one of main.querySelectorAll('details')) if (opened.includes(nameOf(one))) one.open = true
    document.title = fresh.title
    dispatchEvent(new Event('renewed'))
    for (const box of kept)
      for (const one of fields())
        if (one.type === 'checkbox' && one.name === box.name && one.value === box.value) one.checked = box.checked
    if (focus)
      [...main.querySelectorAll('[id],[href]')]
        .find((one) => one.id === focus || one.getAttribute('href') === focus)
        ?.focus()
    said.textContent = ''
    said.textContent = main.dataset.liveText
  }
  const later = (wait) => {
    if (!waiting) waiting = setTimeout(refresh, wait)
  }
  const open = () => {
    // The address says from when the page is; what changed since then is told at once.
    const source = new EventSource(main.dataset.live)
    source.onmessage = () => later(150)
    source.onerror = () => {
      again = setTimeout(open, source.readyState === 2 ? 30000 : 2000)
      source.close()
    }
    addEventListener(
      'pagehide',
      () => {
        source.close()
        clearTimeout(again)
      },
      { once: true },
    )
  }
  open()
  addEventListener('pageshow', (event) => event.persisted && open())
}
