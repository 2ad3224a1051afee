// A question about a party: its number, and of a person the date of birth, which only who knows them can say.
import type { Facts, Question } from '@ashlar/catalogue'
import { dateInput, fieldset, type Html, html, textInput } from '@ashlar/ui'
import type { FieldProps, Shown } from './field-props.ts'

interface PartyField {
  name: string
  legend: { text: string; classes: string; isPageHeading: boolean }
  hint?: { text: string } | undefined
  errorMessage?: { text: string; visuallyHiddenText: string } | undefined
}

export function partyField({ visit, service, question, shown, wrongPart }: FieldProps, field: PartyField): Html {
  const { t } = visit
  const { name } = field
  const isPerson = service.parties[question.of ?? '']?.is !== 'organisation'
  const isAtDay = wrongPart?.startsWith('born') ?? false
  return fieldset({
    legend: field.legend,
    content: html`
      ${textInput({
        name: `${name}-number`,
        id: `${name}-number`,
        value: shown.one,
        label: { text: t(isPerson ? 'portal.party.number' : 'portal.party.company') },
        hint: field.hint,
        classes: 'govuk-input--width-20',
        spellcheck: false,
        attributes: { dir: 'ltr', autocomplete: 'off' },
        ...(field.errorMessage && !isAtDay ? { errorMessage: field.errorMessage } : {}),
      })}
      ${
        isPerson &&
        dateInput({
          id: `${name}-born`,
          namePrefix: `${name}-born`,
          fieldset: { legend: { text: t('portal.party.born') } },
          ...(field.errorMessage && isAtDay ? { errorMessage: field.errorMessage } : {}),
          items: (['day', 'month', 'year'] as const).map((part) => ({
            name: part,
            label: t(`portal.date.${part}`),
            value: shown[part],
            error: isAtDay ? true : undefined,
          })),
        })
      }`,
  })
}

/** As it was typed. */
export function partyTyped(name: string, body: Record<string, unknown>): Pick<Shown, 'one' | 'day' | 'month' | 'year'> {
  const one = (field: string) => String([body[field]].flat()[0] ?? '')
  return {
    one: one(`${name}-number`),
    day: one(`${name}-born-day`),
    month: one(`${name}-born-month`),
    year: one(`${name}-born-year`),
  }
}

/** As it is kept. */
export function partyKept(answer: Facts[string]): Pick<Shown, 'one' | 'day' | 'month' | 'year'> {
  const { number = '', born = '' } = answer as { number?: string; born?: string }
  const [year = '', month = '', day = ''] = born.split('-')
  return { one: number, day: day && String(Number(day)), month: month && String(Number(month)), year }
}

/** What may be said of a party: what the applicant said. Names are told to nobody. */
export function partyText(
  question: Pick<Question, 'type'>,
  answer: Facts[string],
  date: (day: string) => string,
): string {
  const { number = '', born } = answer as { number?: string; born?: string }
  return question.type === 'party' && born !== undefined ? `${number}, ${date(born)}` : number
}
