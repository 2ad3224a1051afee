// Shows and hides what is typed in a password field; hides it again before the form is sent.
for (const group of document.querySelectorAll('[data-module=govuk-password-input]')) {
  const input = group.querySelector('.govuk-js-password-input-input')
  const button = group.querySelector('.govuk-js-password-input-toggle')
  const [text, label] = [button.textContent, button.getAttribute('aria-label')]
  const set = (shown) => {
    input.type = shown ? 'text' : 'password'
    button.textContent = (shown && group.getAttribute('data-i18n.hide-password')) || text
    button.setAttribute('aria-label', (shown && group.getAttribute('data-i18n.hide-password-aria-label')) || label)
  }
  button.hidden = false
  button.addEventListener('click', () => set(input.type === 'password'))
  input.form?.addEventListener('submit', () => set(false))
}
