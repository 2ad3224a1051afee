// Proves that money is counted exactly and written and read as each language does.
import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import {
  add,
  allocate,
  compare,
  declareCurrency,
  formatMoney,
  isMoney,
  type Money,
  minorDigits,
  moneyOf,
  multiply,
  parseMoney,
  subtract,
  sumOf,
  toDecimal,
} from './index.ts'

declareCurrency({ code: 'VRD', digits: 2 })
const vrd = (value: number): Money => ({ value, currency: 'VRD' })
const anyAmount = fc.integer({ min: -1e12, max: 1e12 }).map(vrd)

test('adding and subtracting is exact and stays in one currency', () => {
  assert.deepEqual(add(vrd(1050), vrd(1)), vrd(1051))
  assert.deepEqual(subtract(vrd(1), vrd(1)), vrd(0))
  assert.deepEqual(sumOf([], 'VRD'), vrd(0))
  assert.ok(compare(vrd(1), vrd(2)) < 0)
  assert.throws(() => add(vrd(1), { value: 1, currency: 'EUR' }), /cannot be counted together/)
  assert.throws(() => add(vrd(Number.MAX_SAFE_INTEGER), vrd(1)), RangeError)
})

test('an amount in the own unit is taken as written, and half a minor unit is rounded up', () => {
  const written = [1.005, 8.345, 1.115, 4.35, 1.0049999, 130, 0.1 + 0.2, -1.005]

  const minor = written.map((amount) => moneyOf(amount, 'VRD').value)

  assert.deepEqual(minor, [101, 835, 112, 435, 100, 13000, 30, -101])
  assert.deepEqual(moneyOf(1.0005, 'KWD'), { value: 1001, currency: 'KWD' })
  assert.deepEqual(moneyOf(1.5, 'LWD', 0), { value: 2, currency: 'LWD' })
  assert.throws(() => moneyOf(Number.NaN, 'VRD'), RangeError)
  fc.assert(fc.property(anyAmount, (amount) => moneyOf(Number(toDecimal(amount)), 'VRD').value === amount.value))
})

test('a factor is taken as written and half a minor unit is rounded up', () => {
  assert.deepEqual(multiply(vrd(1005), '0.5'), vrd(503))
  assert.deepEqual(multiply(vrd(-1005), '0.5'), vrd(-503))
  assert.deepEqual(multiply(vrd(3), 0.1), vrd(0))
  assert.deepEqual(multiply(vrd(115), '1.1'), vrd(127)) // 126.5, which binary numbers make 126.49999
  assert.throws(() => multiply(vrd(1), 'half'))
})

test('shares sum up to the whole, and no share is off by more than one', () => {
  const weights = fc.array(fc.nat(1000), { minLength: 1, maxLength: 20 }).filter((all) => all.some((w) => w > 0))
  fc.assert(
    fc.property(anyAmount, weights, (amount, all) => {
      const shares = allocate(amount, all)
      const total = all.reduce((sum, weight) => sum + weight, 0)

      assert.deepEqual(sumOf(shares, 'VRD'), amount)
      shares.forEach((share, i) => {
        assert.ok(Math.abs(share.value - (amount.value * all[i]!) / total) < 1.001)
      })
    }),
  )
  assert.deepEqual(allocate(vrd(100), [1, 1, 1]), [vrd(34), vrd(33), vrd(33)])
  assert.throws(() => allocate(vrd(100), [0, 0]), RangeError)
})

test('a decimal leads back to the amount, in currencies of 0, 2 and 3 digits', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -1e12, max: 1e12 }),
      fc.constantFrom('VRD', 'JPY', 'KWD', 'IQD'),
      (value, currency) => {
        assert.deepEqual(parseMoney(toDecimal({ value, currency }), currency), { value, currency })
      },
    ),
  )
  assert.equal(toDecimal(vrd(-5)), '-0.05')
  assert.equal(minorDigits('IQD'), 3)
  assert.throws(() => declareCurrency({ code: 'JPY', digits: 2 }), /0 digits already/)
})

test('each language writes its own way, and what it writes can be read', () => {
  assert.equal(formatMoney(vrd(123450), 'en'), 'VRD\u00a01,234.50')
  assert.match(formatMoney(vrd(123450), 'fr'), /^1\s234,50\sVRD$/u)
  assert.match(formatMoney({ value: 123450, currency: 'EGP' }, 'ar-EG'), /١٬٢٣٤٫٥٠/)
  assert.equal(formatMoney(vrd(9007199254740991), 'en'), 'VRD\u00a090,071,992,547,409.91')
})

test('amounts are read in the separators of the language and the digits of any script, and never guessed', () => {
  assert.deepEqual(parseMoney('1.234,50', 'VRD', 'de'), vrd(123450))
  assert.deepEqual(parseMoney('1 234,5', 'VRD', 'fr'), vrd(123450))
  assert.deepEqual(parseMoney('1,234.50', 'VRD', 'en'), vrd(123450))
  assert.deepEqual(parseMoney('١٬٢٣٤٫٥٠', 'VRD', 'ar'), vrd(123450))
  assert.deepEqual(parseMoney('١٢', 'VRD', 'ar'), vrd(1200))
  for (const wrong of [
    '',
    '1.234,50',
    '1,23',
    '12.345',
    'ten',
    '1e3',
    '1 2',
    'NaN',
    '99999999999999999',
    '--1',
    '0x10',
  ])
    assert.throws(() => parseMoney(wrong, 'VRD', 'en'), { code: 'not-an-amount' }, wrong)
  assert.throws(() => parseMoney('1,234.50', 'VRD'), { code: 'not-an-amount' })
})

test('only whole minor units with a currency code are money', () => {
  assert.ok(isMoney(vrd(0)))
  for (const no of [null, 5, { value: 1.5, currency: 'VRD' }, { value: 1 }, { value: 1, currency: 'vrd' }])
    assert.equal(isMoney(no), false)
})
