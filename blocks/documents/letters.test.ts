// Every letter of the model country, printed in each of its languages by the real typesetter.
import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { type Country, loadCountry } from '@ashlar/catalogue'
import { createTexts } from '@ashlar/kernel/language'
import { declareCurrency } from '@ashlar/kernel/money'
import { createTypst } from '@ashlar/typst'
import { toLetter } from './letter.ts'

const country = (await loadCountry(new URL('../../countries/veridia', import.meta.url))).country as Country
declareCurrency({ code: country.currency.code, digits: country.currency.decimals })
const printer = createTypst()
after(() => printer.close())

/** Values for every fact that the letters of the country state. */
const facts = {
  fullName: 'Amina Yusuf محمد',
  formerNames: ['王小明', 'Жанна Іваненко'],
  dateOfBirth: '1992-06-14',
  placeOfBirth: null,
  purpose: 'employment',
  otherPurpose: null,
  entries: [
    { court: 'Court of Saltmarsh', offence: 'Theft', convictedOn: '2023-11-20', sentence: '6 months, suspended' },
  ],
  number: 'F-2026-00417',
  plate: 'PV-1042',
  offence: 'parking',
  placedOn: '2026-02-11',
  amount: { value: 6500, currency: 'VRD' },
  paidAt: '2026-03-01T10:15:00Z',
  payment: 'PAY-26-7K3MX-9RDT4',
  percent: 65,
  refunded: 'yes',
  deemed: 'yes',
  reason: 'signCouldBeSeen',
}

describe('the letters of Veridia', () => {
  for (const service of Object.values(country.services))
    for (const output of Object.values(service.outputs)) {
      if (output.letter === undefined || service.files[output.letter] === undefined) continue
      for (const { code, direction } of country.languages)
        it(`${service.id}: ${output.name} in ${code}`, async () => {
          const texts = createTexts({ languages: country.languages, texts: service.texts, zone: country.zone })
          const row = {
            id: '',
            key: '',
            reference: 'CR-26-7K3MX-9RDT4',
            tenant: service.authority,
            person: null,
            service: service.id,
            version: service.version,
            output: output.name,
            language: code,
            case_id: null,
            sealed: Buffer.alloc(0),
            digest: Buffer.alloc(0),
            kid: '',
            issued_at: new Date('2026-03-02T09:00:00Z'),
            valid_until: new Date('2026-05-31T19:59:59Z'),
            state: 'issued' as const,
            revoked_at: null,
            revoked_reason: null,
            file: null,
          }
          const stated = Object.fromEntries(
            Object.keys(output.facts).map((name) => [name, facts[name as keyof typeof facts] ?? null]),
          )
          const letter = toLetter(
            row,
            { facts: stated, holder: null, code: `https://veridia.example/verify#${'x'.repeat(500)}` },
            {
              service,
              texts,
              issuer: {
                country: country.name[code] ?? '',
                name: country.agencies[service.authority]?.name[code] ?? '',
                colour: country.theme.colours.brand,
                accent: country.theme.colours.accent,
              },
              verifyPage: 'veridia.example/verify',
              zone: country.zone,
            },
          )

          const { pdf, missing } = await printer.print(letter)

          assert.deepEqual(missing, [])
          assert.equal(letter.data.direction, direction)
          assert.match(pdf.toString('latin1'), /^%PDF-1\.7/)
        })
    }
})
