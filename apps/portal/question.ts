// Each type of question of a definition as a field of a form.
import type { Facts, Question } from '@ashlar/catalogue'
import type { Visit } from '@ashlar/face'
import {
  addAnother,
  characterCount,
  checkboxes,
  dateInput,
  errorMessage,
  fieldset,
  fileUpload,
  type Html,
  hint,
  html,
  isolate,
  join,
  type PluralTexts,
  radios,
  select,
  textarea,
  textInput,
} from '@ashlar/ui'
import type { FieldProps, Shown } from './field-props.ts'
import { partyField, partyKept, partyTyped } from './party-question.ts'
import { rowsKept, rowsTyped, tableField } from './table-question.ts'
import { shownRecord } from './words.ts'

type Json = Facts[string]

/** More choices than this are a list to open, not a column of buttons. */
const MOST_RADIOS = 12
const MOST_ITEMS = 20

export function questionField(props: FieldProps): Html {
  const { visit, words, question, shown, error, isHeading } = props
  const { name, type, optional } = question
  const { t } = visit
  const text = words(`question.${name}.label`)
  const labelText = optional ? t('portal.question.optional', { label: text }) : text
  const hintText = words.maybe(`question.${name}.hint`)
  const field = {
    name,
    id: name,
    hint: hintText === undefined ? undefined : { text: hintText },
    errorMessage: error === undefined ? undefined : { text: error, visuallyHiddenText: t('portal.error.sign') },
  }
  const label = {
    text: labelText,
    classes: isHeading ? 'govuk-label--l' : 'govuk-label--s',
    isPageHeading: isHeading,
  }
  const legend = {
    text: labelText,
    classes: isHeading ? 'govuk-fieldset__legend--l' : 'govuk-fieldset__legend--s',
    isPageHeading: isHeading,
  }

  switch (type) {
    case 'longText':
      return longText(props, { ...field, label })
    case 'choice':
      return choice(props, { ...field, label, legend }, optionsOf(props))
    case 'yesNo':
      return choice(props, { ...field, label, legend }, [
        { value: 'yes', text: t('face.yes') },
        { value: 'no', text: t('face.no') },
      ])
    case 'record':
      return choice(props, { ...field, label, legend }, recordsOf(props))
    case 'choices':
      return checkboxes({
        ...field,
        idPrefix: name,
        fieldset: { legend },
        values: shown.many,
        items: optionsOf(props),
      })
    case 'confirm':
      return checkboxes({
        ...field,
        idPrefix: name,
        values: shown.many,
        items: [{ value: 'yes', text: labelText }],
      })
    case 'date':
      return dateInput({
        ...field,
        namePrefix: name,
        fieldset: { legend },
        items: (['day', 'month', 'year'] as const).map((part) => ({
          name: part,
          label: t(`portal.date.${part}`),
          value: shown[part],
          error: error === undefined ? undefined : props.wrongPart === undefined || props.wrongPart === part,
        })),
      })
    case 'list':
      return list(props, field, legend)
    case 'file':
      return file(props, { ...field, label })
    case 'party':
      return partyField(props, { ...field, legend })
    case 'table':
      return tableField(props, { ...field, legend }, questionField)
    case 'number':
    case 'money':
      return textInput({
        ...field,
        label,
        value: shown.one,
        inputmode: type === 'money' || (question.decimals ?? 0) > 0 ? 'decimal' : 'numeric',
        spellcheck: false,
        classes: 'govuk-input--width-10',
        attributes: { dir: 'ltr' },
        ...(type === 'money' ? { suffix: { text: props.country.currency.code } } : {}),
      })
    case 'email':
    case 'phone':
      return textInput({
        ...field,
        label,
        value: shown.one,
        type: type === 'email' ? 'email' : 'tel',
        autocomplete: type === 'email' ? 'email' : 'tel',
        spellcheck: false,
        attributes: { dir: 'ltr' },
      })
    case 'bankAccount':
      return textInput({
        ...field,
        label,
        value: shown.one,
        spellcheck: false,
        autocapitalize: 'characters',
        classes: 'govuk-input--width-20',
        attributes: { dir: 'ltr' },
      })
    default:
      return textInput({
        ...field,
        label,
        value: shown.one,
        spellcheck: false,
        ...(type === 'text' && (question.like !== undefined || Number(question.max ?? 200) <= 20)
          ? { classes: 'govuk-input--width-20', attributes: { dir: 'ltr' }, autocapitalize: 'characters' }
          : { attributes: { dir: 'auto' } }),
      })
  }
}

type Field = Parameters<typeof textInput>[0]
type Legend = { text: string; classes: string; isPageHeading: boolean }
interface Option {
  value: string
  text: string | Html
  hint?: { text: string | Html }
}

function optionsOf({ words, question: { name, options, none }, hints }: FieldProps): Option[] {
  const own = options.map((value): Option => {
    const hint = hints?.[value]
    return { value, text: words(`question.${name}.option.${value}`), ...(hint ? { hint: { text: hint } } : {}) }
  })
  return none ? [...own, { value: 'none', text: words(`question.${name}.none`) }] : own
}

/** What a register holds for the person, to choose from: the first field shown names the record. */
function recordsOf({ visit, words, country, service, question, facts }: FieldProps): Option[] {
  const { of = '', key = '', show, none, name } = question
  const register = country.registers[service.evidence[of]?.register ?? '']
  const records = Array.isArray(facts[of]) ? (facts[of] as Record<string, Json>[]) : []
  const found = records.map((record): Option => {
    const [title, ...more] = shownRecord(visit, country, register, show, record)
    const value = String(record[key])
    const lines = more.map(({ label, text }) => html`${label}: ${text}`)
    return {
      value,
      text: html`${title?.text ?? isolate(value)}`,
      ...(lines.length ? { hint: { text: join(lines, html`<br>`) } } : {}),
    }
  })
  return none ? [...found, { value: 'none', text: words(`question.${name}.none`) }] : found
}

function choice(props: FieldProps, field: Field & { legend: Legend }, options: Option[]): Html {
  const { legend, label, ...rest } = field
  const { shown, within } = props
  if (options.length > MOST_RADIOS && props.question.type === 'choice')
    return select({
      ...rest,
      label,
      value: shown.one,
      items: [{ value: '', text: '' }, ...options.map(({ value, text }) => ({ value, text: String(text) }))],
    })
  return radios({
    name: rest.name,
    idPrefix: rest.name,
    hint: rest.hint,
    errorMessage: rest.errorMessage,
    fieldset: { legend },
    value: shown.one,
    items: options.map((option) => {
      const nested = within?.(option.value)
      return { ...option, ...(nested === undefined ? {} : { conditional: { text: nested } }) }
    }),
  })
}

function longText({ visit, question, shown }: FieldProps, field: Field): Html {
  const max = Number(question.max ?? 4000)
  const { t, language } = visit
  const left = (key: string): PluralTexts => {
    const rules = new Intl.PluralRules(language)
    const example: Record<string, number> = { zero: 0, one: 1, two: 2, few: 3, many: 11, other: 100 }
    return Object.fromEntries(
      rules
        .resolvedOptions()
        .pluralCategories.map((category) => [category, t(key, { count: example[category], shown: '%{count}' })]),
    )
  }
  return characterCount({
    ...field,
    value: shown.one,
    rows: 8,
    maxlength: max,
    threshold: 75,
    textareaDescriptionText: t('portal.question.most', { max: visit.number(max) }),
    charactersUnderLimitText: left('portal.question.left'),
    charactersAtLimitText: t('portal.question.none-left'),
    charactersOverLimitText: left('portal.question.over'),
    attributes: { dir: 'auto' },
  })
}

/** Several of the same; adding and taking away are buttons of the form. */
function list(props: FieldProps, field: Omit<Field, 'label'>, legend: Legend): Html {
  const { visit, question, shown } = props
  const { t } = visit
  const most = question.max === undefined ? MOST_ITEMS : Number(question.max)
  const values = shown.many.length === 0 ? [''] : shown.many.slice(0, most)
  const type = question.of === 'date' || question.of === 'number' ? 'text' : question.of
  const items = values.map((value, n) => {
    const place = visit.number(n + 1)
    const itemLabel = t('portal.question.item', { label: legend.text, number: place })
    const own = {
      name: field.name,
      id: n === 0 ? field.name : `${field.name}-${n + 1}`,
      label: { text: itemLabel, classes: 'govuk-visually-hidden' },
      value,
      attributes: { dir: 'auto' },
      spellcheck: false,
    }
    return {
      fields: type === 'longText' ? textarea(own) : textInput(own),
      ...(values.length > 1
        ? {
            remove: {
              text: t('portal.question.remove'),
              visuallyHiddenText: itemLabel,
              value: `remove ${field.name} ${n}`,
            },
          }
        : {}),
    }
  })
  return fieldset({
    legend,
    ...(field.hint || field.errorMessage ? { describedBy: `${field.name}-about` } : {}),
    content: html`
      ${
        (field.hint || field.errorMessage) &&
        html`
          <div id="${field.name}-about">
            ${field.hint && hint(field.hint)}
            ${field.errorMessage && errorMessage(field.errorMessage)}
          </div>`
      }
      ${addAnother({
        name: '_list',
        items,
        ...(values.length < most ? { add: { text: t('portal.question.add'), value: `add ${field.name}` } } : {}),
      })}`,
  })
}

function file({ visit, question, shown }: FieldProps, field: Field): Html {
  const { t } = visit
  const { name } = question
  return html`
    ${fileUpload({ ...field, attributes: { accept: question.accept.join(',') } })}
    ${
      shown.file &&
      checkboxes({
        name: '_remove',
        idPrefix: `${name}-remove`,
        items: [
          {
            value: name,
            text: t('portal.question.remove-file'),
            hint: {
              text: visit.say('portal.question.file-kept', {
                name: isolate(shown.file.name),
                size: sizeOf(visit, shown.file.size),
              }),
            },
          },
        ],
      })
    }`
}

export function sizeOf({ t, number }: Visit, bytes: number): string {
  return bytes < 1_000_000
    ? t('portal.size.kb', { size: number(Math.max(1, Math.round(bytes / 1000))) })
    : t('portal.size.mb', { size: number(Math.round(bytes / 100_000) / 10) })
}

/** What was typed, to be shown again as it was. */
export function typedIn(question: Question, body: Record<string, unknown>): Shown {
  const { name } = question
  const all = (field: string) => [body[field]].flat().filter((one): one is string => typeof one === 'string')
  const one = (field: string) => all(field)[0] ?? ''
  return {
    one: one(name),
    many: all(name),
    day: one(`${name}-day`),
    month: one(`${name}-month`),
    year: one(`${name}-year`),
    file: fileOf(body[name]),
    ...(question.type === 'party' ? partyTyped(name, body) : {}),
    ...(question.type === 'table' ? { rows: rowsTyped(question, body, typedIn) } : {}),
  }
}

/** A kept answer as it stands in the field. */
export function keptIn(question: Question, answer: Json | undefined, language: string): Shown {
  const empty = { one: '', many: [], day: '', month: '', year: '' }
  if (answer === null || answer === undefined) return empty
  if (question.type === 'table') return { ...empty, rows: rowsKept(question, answer, language, keptIn) }
  if (Array.isArray(answer)) return { ...empty, many: answer.map(String) }
  switch (question.type) {
    case 'yesNo':
      return { ...empty, one: answer === true ? 'yes' : 'no' }
    case 'confirm':
      return { ...empty, many: answer === true ? ['yes'] : [] }
    case 'date': {
      const [year = '', month = '', day = ''] = String(answer).split('-')
      return { ...empty, day: String(Number(day)), month: String(Number(month)), year }
    }
    case 'number':
    case 'money':
      return {
        ...empty,
        one: new Intl.NumberFormat(language, { useGrouping: false, maximumFractionDigits: 10 }).format(Number(answer)),
      }
    case 'file':
      return { ...empty, file: fileOf(answer) }
    case 'party':
      return { ...empty, ...partyKept(answer) }
    default:
      return { ...empty, one: String(answer) }
  }
}

function fileOf(value: unknown): Shown['file'] {
  if (typeof value !== 'object' || value === null) return undefined
  const { id, name, size } = value as Record<string, unknown>
  return typeof id === 'string' && typeof name === 'string' && typeof size === 'number' ? { name, size } : undefined
}
