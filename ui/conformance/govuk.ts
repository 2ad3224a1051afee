// Which of our components answers which of GOV.UK Frontend's, and how the options of its fixtures read in our words.

import { backLink } from '../components/back-link/back-link.ts'
import { breadcrumbs } from '../components/breadcrumbs/breadcrumbs.ts'
import { button } from '../components/button/button.ts'
import { characterCount } from '../components/character-count/character-count.ts'
import { checkboxes } from '../components/checkboxes/checkboxes.ts'
import { dateInput } from '../components/date-input/date-input.ts'
import { details } from '../components/details/details.ts'
import { errorMessage } from '../components/error-message/error-message.ts'
import { errorSummary } from '../components/error-summary/error-summary.ts'
import { fieldset } from '../components/fieldset/fieldset.ts'
import { fileUpload } from '../components/file-upload/file-upload.ts'
import { hint } from '../components/hint/hint.ts'
import { insetText } from '../components/inset-text/inset-text.ts'
import { label } from '../components/label/label.ts'
import { notificationBanner } from '../components/notification-banner/notification-banner.ts'
import { pagination } from '../components/pagination/pagination.ts'
import { panel } from '../components/panel/panel.ts'
import { passwordInput } from '../components/password-input/password-input.ts'
import { phaseBanner } from '../components/phase-banner/phase-banner.ts'
import { radios } from '../components/radios/radios.ts'
import { select } from '../components/select/select.ts'
import { serviceNavigation } from '../components/service-navigation/service-navigation.ts'
import { skipLink } from '../components/skip-link/skip-link.ts'
import { summaryList } from '../components/summary-list/summary-list.ts'
import { table } from '../components/table/table.ts'
import { tabs } from '../components/tabs/tabs.ts'
import { tag } from '../components/tag/tag.ts'
import { taskList } from '../components/task-list/task-list.ts'
import { textInput } from '../components/text-input/text-input.ts'
import { textarea } from '../components/textarea/textarea.ts'
import { warningText } from '../components/warning-text/warning-text.ts'
import { Html, trustedHtml } from '../html.ts'

// biome-ignore lint/suspicious/noExplicitAny: the fixtures' options are data of another project
export type Options = Record<string, any>
type Render = (options: Options) => Html

/**
 * GOV.UK's macros hold English texts; our components hold none, so the words come with the call. Everything else is
 * the same option under the same name, `html` being a `text` that is Html.
 */
export const renderers: Record<string, Render> = {
  'back-link': (o) => backLink({ ...o, href: o.href || '#', text: o.text || 'Back' }),
  breadcrumbs: (o) => breadcrumbs({ items: [], ...o, labelText: o.labelText ?? 'Breadcrumb' }),
  button: (o) => button({ text: '', ...o }),
  'character-count': (o) =>
    characterCount({
      ...(o as { name: string; label: { text: string } }),
      textareaDescriptionText:
        o.textareaDescriptionText ||
        (o.maxlength || o.maxwords
          ? `You can enter up to %{count} ${o.maxwords || o.countType === 'words' ? 'words' : 'characters'}`
          : ''),
    }),
  checkboxes: (o) => checkboxes({ items: [], ...o } as unknown as Parameters<typeof checkboxes>[0]),
  'date-input': (o) => dateInput({ ...o, id: o.id, items: dateItems(o) }),
  details: (o) => details({ summaryText: '', text: '', ...o }),
  'error-message': (o) => errorMessage({ text: '', ...o }),
  'error-summary': (o) => errorSummary({ titleText: '', ...o, errorList: o.errorList ?? [] }),
  fieldset: ({ text, ...o }) => fieldset({ ...o, content: text }),
  'file-upload': (o) => fileUpload({ label: { text: '' }, ...o } as unknown as Parameters<typeof fileUpload>[0]),
  hint: (o) => hint({ text: '', ...o }),
  input: (o) => textInput({ label: { text: '' }, ...o } as unknown as Parameters<typeof textInput>[0]),
  'inset-text': (o) => insetText({ text: '', ...o }),
  label: (o) => label({ text: '', ...o }),
  'notification-banner': (o) =>
    notificationBanner({ text: '', ...o, titleText: o.titleText || (o.type === 'success' ? 'Success' : 'Important') }),
  pagination: (o) =>
    pagination({
      ...o,
      landmarkLabel: o.landmarkLabel || 'Pagination',
      previous: o.previous && {
        ...o.previous,
        text: o.previous.text || trustedHtml('Previous<span class="govuk-visually-hidden"> page</span>'),
      },
      next: o.next && {
        ...o.next,
        text: o.next.text || trustedHtml('Next<span class="govuk-visually-hidden"> page</span>'),
      },
      items: o.items?.map(
        (item: Options | null) =>
          item && {
            ...item,
            ...(Object.keys(item).length > 0 && {
              visuallyHiddenText: item.visuallyHiddenText ?? `Page ${item.number}`,
            }),
          },
      ),
    }),
  panel: (o) => panel({ titleText: '', ...o }),
  'password-input': (o) =>
    passwordInput({
      ...(o as Parameters<typeof passwordInput>[0]),
      showPasswordText: o.showPasswordText ?? 'Show',
      showPasswordAriaLabelText: o.showPasswordAriaLabelText ?? 'Show password',
    }),
  'phase-banner': (o) => phaseBanner({ text: '', ...o, tag: { text: '', ...o.tag } }),
  radios: (o) => radios({ items: [], ...o } as unknown as Parameters<typeof radios>[0]),
  select: ({ items = [], ...o }) =>
    select({
      ...o,
      items: items.map((item: Options) => item && (item.value === false ? { ...item, value: 'false' } : item)),
    } as unknown as Parameters<typeof select>[0]),
  'service-navigation': ({ slots, ...o }) =>
    serviceNavigation({
      ...o,
      ariaLabel: o.ariaLabel ?? 'Service information',
      navigationLabel: o.navigationLabel || o.menuButtonText || 'Menu',
      menuButton:
        (o.collapseNavigationOnMobile ?? (o.navigation ?? []).filter(Boolean).length > 1)
          ? { text: o.menuButtonText || 'Menu', label: o.menuButtonLabel }
          : undefined,
      navigation: o.navigation?.filter((item: unknown) => Boolean(item)),
      slots: slots && {
        start: slotHtml(slots.start),
        end: slotHtml(slots.end?.text ?? slots.end),
        endInline: slots.end?.align === 'inline',
        navigationStart: slotHtml(slots.navigationStart),
        navigationEnd: slotHtml(slots.navigationEnd),
      },
    }),
  'skip-link': (o) => skipLink({ text: '', ...o, href: o.href || '#content' }),
  'summary-list': (o) => summaryList({ ...o, rows: o.rows ?? [] }),
  table: (o) => table({ ...o, rows: o.rows ?? [] }),
  tabs: (o) => tabs({ ...o, title: o.title ?? 'Contents', items: o.items ?? [] }),
  tag: (o) => tag({ text: '', ...o }),
  'task-list': (o) => taskList({ ...o, items: o.items ?? [] }),
  textarea: (o) => textarea({ label: { text: '' }, ...o } as unknown as Parameters<typeof textarea>[0]),
  'warning-text': (o) => warningText({ text: '', ...o, iconFallbackText: o.iconFallbackText || 'Warning' }),
}

function slotHtml(slot: unknown): Html | undefined {
  return slot instanceof Html ? slot : typeof slot === 'string' && slot !== '' ? trustedHtml(slot) : undefined
}

/** GOV.UK's default items day, month and year, labels in English and values by name. */
function dateItems(o: Options): Parameters<typeof dateInput>[0]['items'] {
  const [day, month, year] = ['day', 'month', 'year'].map((name) => o[name] !== false && { name, ...o[name] })
  const items: (Options | null)[] = o.items?.length > 0 ? o.items : [day, month, year]
  const yearName = o.year?.name ?? 'year'
  return items.map((item) => {
    if (!item) return undefined
    const name: string = item.name ?? ''
    const prefix = o.namePrefix ? `${o.namePrefix}-` : ''
    return {
      ...item,
      name,
      label: item.label || name.charAt(0).toUpperCase() + name.slice(1).toLowerCase(),
      value: item.value ?? o[name]?.value ?? o.values?.[prefix + name] ?? o.values?.[name],
      width: name === 'year' || name === yearName ? 4 : 2,
    }
  })
}

/** The options of a fixture in our words: html and text are one, attributes that are empty are said so. */
export function toProps(component: string, options: Options): Options {
  const props = inOurWords(options)
  if (component === 'error-message') return { ...props, visuallyHiddenText: options.visuallyHiddenText ?? 'Error' }
  return props
}

// biome-ignore lint/suspicious/noExplicitAny: see above
function inOurWords(value: any, key = ''): any {
  if (Array.isArray(value)) return value.map((item) => inOurWords(item))
  if (value === null || typeof value !== 'object') return value
  if (key === 'attributes')
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, attributeValue(item)]))
  const words: Options = {}
  for (const [name, item] of Object.entries(value)) {
    const isHtml = name === 'html' || name.endsWith('Html')
    if (!isHtml) words[name] ??= inOurWords(item, name)
    else if (item) words[name.replace(/html$/, 'text').replace(/Html$/, 'Text')] = trustedHtml(String(item))
  }
  for (const [name, item] of Object.entries(value))
    if (item && (name === 'html' || name.endsWith('Html')))
      words[name.replace(/html$/, 'text').replace(/Html$/, 'Text')] = trustedHtml(String(item))
  if (key === 'errorMessage') words.visuallyHiddenText = value.visuallyHiddenText ?? 'Error'
  return words
}

/** GOV.UK writes true as "true" unless an attribute is marked as optional. */
// biome-ignore lint/suspicious/noExplicitAny: see above
function attributeValue(item: any): string | boolean | undefined {
  if (item !== null && typeof item === 'object') {
    if (item.optional === true)
      return item.value === true ? true : item.value === false ? undefined : (item.value ?? undefined)
    return String(item.value ?? '')
  }
  return item === null || item === undefined ? '' : String(item)
}
