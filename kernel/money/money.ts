// Money is a whole number of minor units with its currency; never a fraction, never a bare number.

/** An amount in the minor unit of its ISO 4217 currency: { value: 1050, currency: 'VRD' } is 10.50 VRD. */
export interface Money {
  value: number
  currency: string
}

export function isMoney(value: unknown): value is Money {
  if (typeof value !== 'object' || value === null) return false
  const { value: amount, currency } = value as Partial<Money>
  return Number.isSafeInteger(amount) && typeof currency === 'string' && /^[A-Z]{3}$/.test(currency)
}

export function sameCurrency(...amounts: Money[]): boolean {
  return amounts.every(({ currency }) => currency === amounts[0]?.currency)
}
