// Currencies and how many digits their minor unit has (ISO 4217, list one of 2024-06).

export interface Currency {
  /** Three capital letters. */
  code: string
  /** Digits of the minor unit, 0–4. */
  digits: number
}

// Not taken from Intl: CLDR rounds some currencies as cash does (it says 0 for IQD, where ISO 4217 says 3).
const iso: Record<number, string> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
}
const known = new Map(
  Object.entries(iso).flatMap(([digits, codes]) => codes.split(' ').map((code) => [code, Number(digits)] as const)),
)
const declared = new Map<string, number>()

/**
 * Adds a currency of a country's own, such as VRD. The same again is fine; other digits for a code that ISO 4217 or an
 * earlier declaration knows are a fault, since amounts already stored would change their worth.
 */
export function declareCurrency({ code, digits }: Currency): void {
  if (!/^[A-Z]{3}$/.test(code)) throw new RangeError(`'${code}' is not a currency code of three capital letters`)
  if (!Number.isInteger(digits) || digits < 0 || digits > 4) throw new RangeError(`${code}: digits are 0 to 4`)
  const before = declared.get(code) ?? known.get(code)
  if (before !== undefined && before !== digits) throw new RangeError(`${code} has ${before} digits already`)
  declared.set(code, digits)
}

/** Digits of the minor unit: declared, else by ISO 4217, else 2 as most currencies have. */
export function minorDigits(code: string): number {
  return declared.get(code) ?? known.get(code) ?? 2
}
