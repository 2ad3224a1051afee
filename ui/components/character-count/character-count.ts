// Several lines of text with a limit; the remaining number is counted by a script, the limit itself by the server.

import { classes, type Html, styled } from '../../html.ts'
import { hint } from '../hint/hint.ts'
import { type TextareaProps, textarea } from '../textarea/textarea.ts'

/** Texts by plural category (CLDR), with %{count} where the number stands. */
export type PluralTexts = Partial<Record<'zero' | 'one' | 'two' | 'few' | 'many' | 'other', string>>

export interface CharacterCountProps extends TextareaProps {
  maxlength?: number
  maxwords?: number
  countType?: 'characters' | 'words'
  /** From which percentage of the limit on the remaining number is shown */
  threshold?: number
  /** "You can enter up to %{count} characters", shown without a script */
  textareaDescriptionText: string
  charactersUnderLimitText?: PluralTexts
  charactersAtLimitText?: string
  charactersOverLimitText?: PluralTexts
  wordsUnderLimitText?: PluralTexts
  wordsAtLimitText?: string
  wordsOverLimitText?: PluralTexts
  countMessage?: { classes?: string }
}

const html = styled('character-count')

export function characterCount(props: CharacterCountProps): Html {
  const id = props.id ?? props.name
  const limit = props.maxwords ?? props.maxlength
  const description = limit === undefined ? '' : props.textareaDescriptionText.replace('%{count}', String(limit))
  return textarea({
    ...props,
    id,
    describedBy: `${id}-info`,
    classes: classes('govuk-js-character-count', props.classes),
    formGroup: {
      ...props.formGroup,
      classes: classes('govuk-character-count', props.formGroup?.classes),
      attributes: {
        'data-module': 'govuk-character-count',
        'data-maxlength': props.maxlength,
        'data-maxwords': props.maxwords,
        'data-threshold': props.threshold,
        'data-count-type': props.countType ?? (props.maxwords ? 'words' : undefined),
        ...(limit === undefined &&
          props.textareaDescriptionText !== '' &&
          messages('textarea-description', { other: props.textareaDescriptionText })),
        ...messages('characters-under-limit', props.charactersUnderLimitText),
        ...messages('characters-at-limit', props.charactersAtLimitText),
        ...messages('characters-over-limit', props.charactersOverLimitText),
        ...messages('words-under-limit', props.wordsUnderLimitText),
        ...messages('words-at-limit', props.wordsAtLimitText),
        ...messages('words-over-limit', props.wordsOverLimitText),
        ...props.formGroup?.attributes,
      },
      afterInput: {
        text: html`
          ${hint({ text: description, id: `${id}-info`, classes: classes('govuk-character-count__message', props.countMessage?.classes) })}
          ${props.formGroup?.afterInput?.text}`,
      },
    },
  })
}

function messages(key: string, texts: string | PluralTexts | undefined): Record<string, string> {
  if (texts === undefined || texts === '') return {}
  if (typeof texts === 'string') return { [`data-i18n.${key}`]: texts }
  return Object.fromEntries(Object.entries(texts).map(([rule, text]) => [`data-i18n.${key}.${rule}`, text]))
}
