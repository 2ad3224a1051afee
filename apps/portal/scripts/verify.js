// Checks a document in the browser: it asks the issuer's server, and without a network it reads the signature by itself.
// `verifyDocument` stands above; the page holds the public keys, names and texts as JSON, and a template for each outcome.
const page = JSON.parse(document.getElementById('verify-data').textContent)
const form = document.getElementById('verify-form')
const result = document.getElementById('verify-result')
const field = form.elements.text

const day = new Intl.DateTimeFormat(page.locale, { dateStyle: 'long', timeZone: page.zone })
const plainDay = new Intl.DateTimeFormat(page.locale, { dateStyle: 'long', timeZone: 'UTC' })

const shown = (value, known) => {
  if (value && typeof value === 'object' && 'currency' in value) {
    const digits = page.decimals
    const money = new Intl.NumberFormat(page.locale, {
      style: 'currency',
      currency: value.currency,
      minimumFractionDigits: digits,
    })
    return money.format(value.value / 10 ** digits)
  }
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value))
    return plainDay.format(new Date(`${value}T00:00:00Z`))
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)) return day.format(new Date(value))
  return known?.values?.[value] ?? String(value)
}

const rows = (verdict) => {
  const kind = page.kinds[verdict.kind]
  const all = []
  if (verdict.kind) all.push([page.labels.kind, kind?.title ?? verdict.kind])
  if (verdict.issuer) all.push([page.labels.issuer, page.issuers[verdict.issuer] ?? verdict.issuer])
  if (verdict.reference) all.push([page.labels.reference, verdict.reference])
  if (verdict.issuedAt) all.push([page.labels.issuedAt, day.format(new Date(verdict.issuedAt))])
  if (verdict.validUntil) all.push([page.labels.validUntil, day.format(new Date(verdict.validUntil))])
  if (verdict.revokedAt) all.push([page.labels.revokedAt, day.format(new Date(verdict.revokedAt))])
  for (const [name, value] of Object.entries(verdict.facts ?? {}))
    all.push([
      kind?.facts[name]?.label ?? name,
      Array.isArray(value) ? value.map((one) => shown(one, kind?.facts[name])) : shown(value, kind?.facts[name]),
    ])
  if (verdict.leftOut)
    all.push([page.labels['left-out'], verdict.leftOut.map((name) => kind?.facts[name]?.label ?? name).join(', ')])
  return all
}

const show = (verdict, isOffline) => {
  const template =
    document.getElementById(`outcome-${verdict.outcome}`) ?? document.getElementById('outcome-unreadable')
  const view = template.content.cloneNode(true)
  const list = view.querySelector('dl')
  const model = list?.firstElementChild
  for (const [key, value] of model ? rows(verdict) : []) {
    const row = model.cloneNode(true)
    row.querySelector('dt').textContent = key
    const each = row.querySelector('dd bdi')
    const lines = [value].flat()
    each.textContent = lines.length > 0 ? lines[0] : page.labels.none
    for (const line of lines.slice(1)) {
      const more = each.cloneNode()
      more.textContent = line
      row.querySelector('dd').append(document.createElement('br'), more)
    }
    list.append(row)
  }
  model?.remove()
  if (list && !list.children.length) list.remove()
  view.querySelector('[data-offline]').hidden = !isOffline
  result.replaceChildren(view)
  result.scrollIntoView({ block: 'nearest' })
}

const check = async (text) => {
  if (!text.trim()) return
  try {
    const answer = await fetch('/api/documents/v1/verify', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ text: text.slice(0, 4000) }),
    })
    if (!answer.ok) throw new Error(String(answer.status))
    show(await answer.json(), false)
  } catch {
    show(await verifyDocument(text, page.keys, new Date()), true)
  }
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  check(field.value)
})
// What stands behind the '#' is never sent with the address of a page.
const fromAddress = () => {
  if (location.hash.length < 2) return
  field.value = location.href
  check(field.value)
}
addEventListener('hashchange', fromAddress)
fromAddress()
