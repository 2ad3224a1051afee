// Copies the text of an element: <button data-copy="id of it" data-copied="Copied">.
addEventListener('click', async (event) => {
  const button = event.target.closest?.('[data-copy]')
  if (!button) return
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim())
  const before = button.textContent
  button.textContent = button.dataset.copied
  button.setAttribute('aria-live', 'polite')
  setTimeout(() => (button.textContent = before), 3000)
})
