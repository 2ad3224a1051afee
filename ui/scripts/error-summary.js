// Goes to the error summary when the page opens, and from each of its links to the field itself.
const summary = document.querySelector('[data-module=govuk-error-summary]')
if (summary) {
  if (summary.dataset.disableAutoFocus !== 'true') {
    summary.tabIndex = -1
    summary.focus()
  }
  summary.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#"]')
    const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)))
    if (!field) return
    const input = field.matches('input,select,textarea,button') ? field : field.querySelector('input,select,textarea')
    if (!input) return
    event.preventDefault()
    const question =
      input.closest('fieldset')?.querySelector('legend') ??
      document.querySelector(`label[for="${CSS.escape(input.id)}"]`)
    ;(question ?? input).scrollIntoView()
    input.focus({ preventScroll: true })
  })
}
