// The sandbox provider's own pages: a card form and short messages; plain HTML that needs no script.
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

export type Language = 'en' | 'ar' | 'fr'

const read = (language: Language): Record<string, string> =>
  parse(readFileSync(new URL(`./texts/${language}.yaml`, import.meta.url), 'utf8')) as Record<string, string>
const texts: Record<Language, Record<string, string>> = { en: read('en'), ar: read('ar'), fr: read('fr') }

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

const style = `
*{box-sizing:border-box}body{margin:0;font:1.125rem/1.4 system-ui,"Noto Sans","Noto Sans Arabic",sans-serif;color:#1b1b2b;background:#f3f2f8}
header{background:#2f2a5c;color:#fff;padding:.9rem 1rem;font-weight:700}
main{max-width:34rem;margin:1.5rem auto;padding:1.5rem;background:#fff;border:1px solid #cfcde0}
h1{margin:0 0 1rem;font-size:1.75rem}label,legend{font-weight:700;display:block;margin:0 0 .25rem}
.hint{color:#4a4860;margin:0 0 .5rem;font-size:1rem}input[type=text]{font:inherit;width:100%;padding:.5rem;border:2px solid #1b1b2b}
fieldset{border:0;padding:0;margin:1.25rem 0}.choice{display:flex;gap:.6rem;align-items:center;font-weight:400;padding:.3rem 0}
.choice input{inline-size:1.5rem;block-size:1.5rem}
button{font:inherit;font-weight:700;background:#2f2a5c;color:#fff;border:0;padding:.7rem 1.2rem;cursor:pointer}
a{color:#2f2a5c}:focus-visible{outline:3px solid #ffbf47;outline-offset:2px}
.sum{font-size:1.5rem;font-weight:700;margin:.25rem 0 1.25rem}.error{border:4px solid #b3261e;padding:.75rem 1rem;margin:0 0 1.25rem}
.error strong{color:#b3261e}`

const page = (language: Language, body: string): string => `<!DOCTYPE html>
<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(texts[language].title!)}</title><style>${style}</style></head>
<body><header>${escaped(texts[language].sandbox!)}</header><main>${body}</main></body></html>`

export function messagePage({ language, text, back }: { language: Language; text: string; back?: string }): string {
  const t = texts[language]
  const link = back ? `<p><a href="${escaped(back)}">${escaped(t.back!)}</a></p>` : ''
  return page(language, `<h1>${escaped(t[text]!)}</h1>${link}`)
}

/** The amount in the language's own digits and signs; the provider knows no currency but by its code. */
function amountIn(language: Language, { value, currency }: CheckoutView['amount'], digits: number): string {
  return new Intl.NumberFormat(language, {
    style: 'currency',
    currency,
    currencyDisplay: 'code',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value / 10 ** digits)
}

export interface CheckoutView {
  language: Language
  id: string
  amount: { value: number; currency: string }
  digits: number
  description: string
  returnUrl: string
  error?: string
}

export function checkoutPage({ language, id, amount, digits, description, returnUrl, error }: CheckoutView): string {
  const t = texts[language]
  const sum = amountIn(language, amount, digits)
  const choice = (value: string) =>
    `<label class="choice"><input type="radio" name="behaviour" value="${value}"${value === 'normal' ? ' checked' : ''}> ${escaped(t[value]!)}</label>`
  return page(
    language,
    `${error ? `<div class="error" role="alert"><strong>${escaped(t.error!)}</strong><br><a href="#card">${escaped(t[error]!)}</a></div>` : ''}
<h1>${escaped(t.title!)}</h1><p class="hint">${escaped(description)}</p>
<p>${escaped(t['to-pay']!)}</p><p class="sum">${escaped(sum)}</p>
<form method="post" action="/checkout/${escaped(id)}?lang=${language}">
<label for="card">${escaped(t.card!)}</label><p class="hint" id="card-hint">${escaped(t['card-hint']!)}</p>
<input type="text" id="card" name="card" inputmode="numeric" autocomplete="cc-number" dir="ltr" aria-describedby="card-hint" value="4242 4242 4242 4242">
<fieldset><legend>${escaped(t.behaviour!)}</legend>${['normal', 'late', 'doubled', 'missing'].map(choice).join('')}</fieldset>
<button type="submit">${escaped(t.pay!.replace('{amount}', sum))}</button></form>
<p><a href="${escaped(returnUrl)}">${escaped(t.cancel!)}</a></p>`,
  )
}
