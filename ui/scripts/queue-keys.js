// Keys for the queue: J and K move, X ticks, N takes the next, Enter opens (it is a link), / searches, ? shows the keys. They can be
// switched off (WCAG 2.1.4), and do nothing while somebody types. The page may be renewed under us (live.js).
const find = (what) => document.querySelector(what)
const isOff = () => find('[data-keys-off]')?.checked
const show = () => {
  const keys = find('[data-keys]')
  if (!keys) return
  keys.hidden = false
  try {
    find('[data-keys-off]').checked = localStorage.keysOff === '1'
  } catch {}
}
const move = (step) => {
  const links = [...document.querySelectorAll('[data-queue] tbody th a')]
  const row = document.activeElement.closest('[data-queue] tr')
  const at = row ? links.findIndex((link) => row.contains(link)) : step > 0 ? -1 : links.length
  links[Math.min(Math.max(at + step, 0), links.length - 1)]?.focus()
}
const acts = {
  j: () => move(1),
  k: () => move(-1),
  x: () => document.activeElement.closest('[data-queue] tr')?.querySelector('[type=checkbox]')?.click(),
  n: () => find('[data-key=n]')?.click(),
  '/': () => find('[data-search]')?.focus(),
  '?': () => find('[data-keys]').focus(),
}
show()
addEventListener('renewed', show)
addEventListener('change', (event) => {
  if (!event.target.matches('[data-keys-off]')) return
  try {
    localStorage.keysOff = event.target.checked ? '1' : ''
  } catch {}
})
addEventListener('keydown', (event) => {
  if (!find('[data-keys]') || isOff() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
  if (event.target.closest('input:not([type=checkbox]),textarea,select,[contenteditable]')) return
  const act = acts[event.key.toLowerCase()]
  if (!act) return
  event.preventDefault()
  act()
})
