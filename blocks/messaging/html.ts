// The HTML part of a mail: the same words as the plain part, readable everywhere, nothing loaded from anywhere.

const rightToLeft = /^(ar|fa|he|ur|ps|sd|ug|yi|dv|ckb)\b/
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

export function toHtml({ subject, body }: { subject: string; body: string }, language: string): string {
  const direction = rightToLeft.test(language) ? 'rtl' : 'ltr'
  const paragraphs = body
    .split(/\n\s*\n/)
    .map((paragraph) => `<p style="margin:0 0 16px">${escaped(paragraph.trim()).replaceAll('\n', '<br>')}</p>`)
  return `<!DOCTYPE html><html lang="${escaped(language)}" dir="${direction}"><head><meta charset="utf-8"><title>${escaped(subject)}</title></head><body style="margin:0;padding:24px;font:17px/1.5 sans-serif;color:#111"><h1 style="font-size:22px;margin:0 0 16px">${escaped(subject)}</h1>${paragraphs.join('')}</body></html>`
}
