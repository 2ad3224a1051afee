// Folds the navigation behind its button where the page is narrow.
for (const button of document.querySelectorAll('.govuk-js-service-navigation-toggle')) {
  const list = document.getElementById(button.getAttribute('aria-controls'))
  const narrow = matchMedia('(max-width: 40em)')
  const set = (open) => {
    list.hidden = narrow.matches && !open
    button.hidden = !narrow.matches
    button.setAttribute('aria-expanded', String(open))
  }
  button.removeAttribute('aria-hidden')
  button.addEventListener('click', () => set(list.hidden))
  narrow.addEventListener('change', () => set(false))
  set(false)
}
