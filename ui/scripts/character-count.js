// Says how many characters or words are left, in the words and plural forms that the page brings.
for (const group of document.querySelectorAll('[data-module=govuk-character-count]')) {
  const area = group.querySelector('textarea')
  const info = document.getElementById(`${area.id}-info`)
  const data = group.dataset
  const kind = data.countType === 'words' ? 'words' : 'characters'
  const limit = Number(data.maxwords ?? data.maxlength)
  const lang = document.documentElement.lang
  const said = info.cloneNode()
  said.removeAttribute('id')
  said.className = 'govuk-visually-hidden'
  said.setAttribute('aria-live', 'polite')
  info.after(said)
  let later
  const text = (left) => {
    const side = left === 0 ? 'at' : left > 0 ? 'under' : 'over'
    const key = `data-i18n.${kind}-${side}-limit`
    const rule = new Intl.PluralRules(lang).select(Math.abs(left))
    const words = group.getAttribute(key) ?? group.getAttribute(`${key}.${rule}`) ?? group.getAttribute(`${key}.other`)
    return words?.replace('%{count}', new Intl.NumberFormat(lang).format(Math.abs(left)))
  }
  const count = () => {
    const used = kind === 'words' ? (area.value.match(/\S+/g) ?? []).length : area.value.length
    const left = limit - used
    const shown = text(left)
    if (!limit || !shown) return
    if (used >= (limit * (data.threshold ?? 0)) / 100) info.textContent = shown
    info.classList.toggle('govuk-error-message', left < 0)
    info.classList.toggle('govuk-hint', left >= 0)
    area.classList.toggle('govuk-textarea--error', left < 0)
    clearTimeout(later)
    later = setTimeout(() => (said.textContent = shown), 1000)
  }
  area.addEventListener('input', count)
  count()
}
