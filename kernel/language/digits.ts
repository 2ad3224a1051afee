// Digits of every script to the digits that programs read: people type ١٢٣, १२३ or １２３.

// The zero of each script's ten digits in a row (Unicode category Nd) that keyboards offer.
const zeros = [
  0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0de6, 0x0e50,
  0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50,
  0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xaa50, 0xabf0, 0xff10,
]
const latin = new Map(
  zeros.flatMap((zero) => Array.from({ length: 10 }, (_, digit) => [String.fromCodePoint(zero + digit), `${digit}`])),
)

/** Everything but digits stays as it is. */
export function toLatinDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (digit) => latin.get(digit) ?? digit)
}
