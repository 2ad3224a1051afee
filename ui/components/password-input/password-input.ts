// A password, which a script may show.

import { classes, type Html, styled } from '../../html.ts'
import { button } from '../button/button.ts'
import { type TextInputProps, textInput } from '../text-input/text-input.ts'

export interface PasswordInputProps extends Omit<TextInputProps, 'type' | 'prefix' | 'suffix' | 'inputWrapper'> {
  /** "Show" */
  showPasswordText: string
  /** "Show password" */
  showPasswordAriaLabelText: string
  hidePasswordText?: string
  hidePasswordAriaLabelText?: string
  passwordShownAnnouncementText?: string
  passwordHiddenAnnouncementText?: string
  button?: { classes?: string }
}

const html = styled('password-input')

export function passwordInput(props: PasswordInputProps): Html {
  const id = props.id ?? props.name
  const toggle = button({
    type: 'button',
    classes: classes(
      'govuk-button--secondary govuk-password-input__toggle govuk-js-password-input-toggle',
      props.button?.classes,
    ),
    text: props.showPasswordText,
    attributes: { 'aria-controls': id, 'aria-label': props.showPasswordAriaLabelText, hidden: true },
  })
  return textInput({
    ...props,
    id,
    type: 'password',
    spellcheck: false,
    autocapitalize: 'none',
    autocomplete: props.autocomplete ?? 'current-password',
    classes: classes('govuk-password-input__input govuk-js-password-input-input', props.classes),
    inputWrapper: { classes: 'govuk-password-input__wrapper' },
    formGroup: {
      ...props.formGroup,
      classes: classes('govuk-password-input', props.formGroup?.classes),
      attributes: {
        'data-module': 'govuk-password-input',
        'data-i18n.show-password': props.hidePasswordText && props.showPasswordText,
        'data-i18n.hide-password': props.hidePasswordText,
        'data-i18n.show-password-aria-label': props.hidePasswordAriaLabelText && props.showPasswordAriaLabelText,
        'data-i18n.hide-password-aria-label': props.hidePasswordAriaLabelText,
        'data-i18n.password-shown-announcement': props.passwordShownAnnouncementText,
        'data-i18n.password-hidden-announcement': props.passwordHiddenAnnouncementText,
        ...props.formGroup?.attributes,
      },
      afterInput: { text: html`${toggle}${props.formGroup?.afterInput?.text}` },
    },
  })
}
