// Digits of any script as Latin ones, so that a sentence about an amount holds in every language.
export const toLatin = (text: string): string =>
  text
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[\u066b\u066c]/g, '.')
    .replace(/[\u00a0\u202f]/g, ' ')
