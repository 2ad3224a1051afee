// Shows changes made elsewhere: <main data-live="/live/…" data-live-text="This page has changed">. When the server tells
// of a change (SSE), the main region is fetched anew and said politely; never while somebody types in it.
const main = document.querySelector('main[data-live]')
if (main) {
  const said = document.createElement('div')
  said.className = 'govuk-visually-hidden'
  said.setAttribute('role', 'status')
  document.body.append(said)
  let waiting = 0
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
    if (!answer.ok || !next || next.innerHTML === main.innerHTML || isBusy()) return
    const focus = document.activeElement?.id || document.activeElement?.getAttribute('href')
    if (css) document.querySelector('style').textContent = css
    const kept = ticked()
    main.replaceChildren(...next.childNodes)
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
    const source = new EventSource(main.dataset.live)
    // What changed between the drawing of the page and this moment was told to nobody, so the page is asked once more;
    // where asking is a reading of somebody's data, only when the line had been broken.
    let isAsking = !('liveReading' in main.dataset)
    source.onopen = () => {
      if (isAsking) later(150)
      isAsking = true
    }
    source.onmessage = () => later(150)
    addEventListener('pagehide', () => source.close(), { once: true })
  }
  open()
  addEventListener('pageshow', (event) => {
    if (!event.persisted) return
    open()
    later(0)
  })
}
