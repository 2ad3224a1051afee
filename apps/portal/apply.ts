// Applying: the pages of a draft are asked one after the other, and each is kept as soon as it is sent.
import { type AnswerError, type Page, type Question, rowsOfList } from '@ashlar/catalogue'
import type { Visit } from '@ashlar/face'
import type { Upload } from '@ashlar/kernel/http'
import { isUuid } from '@ashlar/kernel/identifiers'
import { isProblem } from '@ashlar/kernel/problem'
import { backLink, button, html, insetText } from '@ashlar/ui'
import type { FastifyReply } from 'fastify'
import { resume, resumePage, start } from './begin.ts'
import {
  findPage,
  isMoved,
  nextHref,
  type OpenDraft,
  openDraft,
  pageAfter,
  pageHref,
  pageOfAddress,
  toOpen,
} from './draft.ts'
import { isAhead, lostErrors, type ShownError, showPage } from './question-page.ts'
import { fieldsOf, parameter, type Site } from './site.ts'
import { changedRows, fieldsOfRows } from './table-question.ts'
import type { Words } from './words.ts'

const LARGEST_FILE = 10 * 2 ** 20
const MOST_FILES = 5

export function applyPages(site: Site): void {
  const { get, post } = site
  const why = 'Answers come before signing in where the law allows; a draft is shown to its owner only.'
  const withCode = 'Who has the code of a draft goes on with it.'

  get('/apply/:id', why, async (visit) => {
    const id = parameter(visit, 'id')
    if (!isUuid(id)) return start(site, visit, id)
    const open = await openDraft(site, visit, id)
    return visit.go('sent' in open ? sentHref(open.sent.reference) : nextHref(open))
  })
  post('/apply/:id', why, (visit) => start(site, visit, parameter(visit, 'id')))

  get('/apply/:id/:page', why, async (visit) => {
    const open = await openDraft(site, visit, parameter(visit, 'id'))
    if ('sent' in open) return visit.go(sentHref(open.sent.reference))
    const id = pageOfAddress(parameter(visit, 'page'))
    const page = findPage(open, id)
    if (page === undefined || isAhead(open, id)) return visit.go(nextHref(open))
    return showPage(site, visit, open, page, { errors: lostErrors(open, id) })
  })

  post('/apply/:id/:page', why, (visit) => savePage(site, visit), {
    config: { upload: { bytes: LARGEST_FILE, files: MOST_FILES } },
  })

  post('/apply/:id/save', why, async (visit) => {
    const open = await openDraft(site, visit, parameter(visit, 'id'))
    return 'sent' in open ? visit.go(sentHref(open.sent.reference)) : laterPage(site, visit, open)
  })

  get('/apply/:id/discard', why, async (visit) => {
    const open = await openDraft(site, visit, parameter(visit, 'id'))
    return 'sent' in open ? visit.go(sentHref(open.sent.reference)) : discardPage(visit, open)
  })
  post('/apply/:id/discard', why, async (visit) => {
    const open = await openDraft(site, visit, parameter(visit, 'id'))
    if ('sent' in open) return visit.go(sentHref(open.sent.reference))
    await site.cases.discardDraft(open.draft.id, open.context)
    return visit.go('/applications')
  })

  get('/resume', withCode, (visit) => resumePage(visit))
  post('/resume', withCode, (visit) => resume(site, visit))
}

const sentHref = (reference: string): string => `/applications/${reference}`

/** Reads and keeps one page, and goes to the next. What was typed comes back whenever it cannot be kept. */
async function savePage(site: Site, visit: Visit): Promise<FastifyReply> {
  const open = await openDraft(site, visit, parameter(visit, 'id'))
  if ('sent' in open) return visit.go(sentHref(open.sent.reference))
  const { draft, context } = open
  const id = pageOfAddress(parameter(visit, 'page'))
  const shown = findPage(open, id)
  if (shown === undefined || shown.page.stop) return visit.go(nextHref(open))

  const fields = fieldsOf(visit)
  const isLater = fields._then === 'later'
  const listed = changedList(fields) ?? changedRows(fields)
  if (listed !== undefined) return showPage(site, visit, open, shown, { typed: listed })

  const { body, errors: refused } = await withFiles(site, open, shown.page, fields)
  if (refused.length > 0) {
    visit.reply.code(422)
    return showPage(site, visit, open, shown, { typed: body, errors: toShown(visit, open.words, shown.page, refused) })
  }
  try {
    const version = Number(fields._version)
    const saving = { draft: draft.id, page: id, body, version, language: visit.language }
    const saved = await toOpen(site, visit, await site.cases.saveDraft(saving, context), context)
    const lost = lostErrors(saved, id)
    const again = findPage(saved, id)
    if (isLater) return laterPage(site, visit, saved)
    if (lost.length > 0 && again !== undefined) {
      visit.reply.code(422)
      return showPage(site, visit, saved, again, { typed: body, errors: lost })
    }
    return visit.go(afterSaving(saved, id, fields._from === 'check'))
  } catch (error) {
    if (!isProblem(error)) throw error
    if (error.code === 'page-not-found') return visit.go(nextHref(open))
    if (isMoved(error)) {
      const now = await toOpen(site, visit, await site.cases.getDraft(draft.id, context), context)
      const page = findPage(now, id)
      if (page === undefined) return visit.go(nextHref(now))
      visit.reply.code(409)
      return showPage(site, visit, now, page, { typed: body, isMoved: true })
    }
    const answers = error.members?.answers as AnswerError[] | undefined
    if (error.code !== 'answers-not-valid' || answers === undefined) throw error
    // Who leaves need not answer: what was kept before is kept.
    if (isLater) return laterPage(site, visit, open)
    visit.reply.code(422)
    return showPage(site, visit, open, shown, { typed: body, errors: toShown(visit, open.words, shown.page, answers) })
  }
}

/** After a change, questions that it opened are asked before one is back at the check. */
function afterSaving(open: OpenDraft, page: string, isFromCheck: boolean): string {
  const after = isFromCheck ? undefined : pageAfter(open, page)
  return after === undefined ? nextHref(open) : pageHref(open.draft.id, after.id)
}

/** A list with one field more, or one less, as the button says; undefined if none was pressed. */
function changedList(fields: Record<string, unknown>): Record<string, unknown> | undefined {
  const [act, name = '', place = ''] = String(fields._list ?? '').split(' ')
  if (act !== 'add' && act !== 'remove') return undefined
  const values = [fields[name] ?? ''].flat()
  return { ...fields, [name]: act === 'add' ? [...values, ''] : values.filter((_, n) => n !== Number(place)) }
}

/** A pasted or uploaded list becomes the rows of its table, in place of those that stand there. */
function withRows(question: Question, body: Record<string, unknown>): void {
  const [file] = [body[`${question.name}-file`]].flat() as (Upload | string | undefined)[]
  const uploaded =
    typeof file === 'object' && file !== null && Buffer.isBuffer(file.bytes) ? file.bytes.toString('utf8') : ''
  const pasted = [body[`${question.name}-list`]].flat().find((one) => typeof one === 'string' && one.trim() !== '')
  delete body[`${question.name}-file`]
  delete body[`${question.name}-list`]
  const list = uploaded.trim() === '' ? pasted : uploaded
  if (typeof list !== 'string') return
  for (const field of Object.keys(body)) if (field.startsWith(`${question.name}-`)) delete body[field]
  Object.assign(body, fieldsOfRows(question, rowsOfList(list, question)))
}

/** Files are handed in first; the answer is what the store knows of them. A file kept before stays until it is taken away. */
async function withFiles(
  site: Site,
  { draft, service, context }: OpenDraft,
  page: Page,
  fields: Record<string, unknown>,
): Promise<{ body: Record<string, unknown>; errors: AnswerError[] }> {
  const body = Object.fromEntries(Object.entries(fields).filter(([name]) => !name.startsWith('_')))
  const removed = [fields._remove].flat()
  const errors: AnswerError[] = []
  for (const question of page.questions.filter(({ type }) => type === 'table')) withRows(question, body)
  for (const { name, max } of page.questions.filter(({ type }) => type === 'file')) {
    const [upload] = [body[name]].flat() as (Upload | string | undefined)[]
    const kept = draft.form.answers[name]
    delete body[name]
    if (typeof upload === 'object' && upload !== null && Buffer.isBuffer(upload.bytes)) {
      const stored = await site.documents.uploads
        .store({ name: upload.name, bytes: upload.bytes, tenant: service.authority }, context)
        .catch((error: unknown) => {
          if (!isProblem(error) || error.code !== 'file-refused') throw error
          const reason = String(error.members?.reason)
          errors.push({
            question: name,
            field: name,
            code: 'unreadable',
            key: `portal.file.${reason}`,
            values: { max: Number(max ?? 10) },
          })
          return undefined
        })
      if (stored) body[name] = { id: stored.id, name: stored.name, type: stored.type, size: stored.size }
    } else if (kept && !removed.includes(name)) body[name] = kept
  }
  return { body, errors }
}

/** Refusals as people read them: the service's own words, else the house's. */
function toShown(visit: Visit, words: Words, page: Page, errors: AnswerError[]): ShownError[] {
  return errors.map(({ question, field, key, values, row, column }) => {
    const label = words(column === undefined ? `question.${question}.label` : `question.${question}.column.${column}`)
    const all = { ...values, question: label }
    const fault = key.startsWith('question.') ? words(key, all) : visit.t(key, all)
    const text = row === undefined ? fault : visit.t('portal.table.fault', { row: visit.number(row), fault })
    const isDate = page.questions.find(({ name }) => name === question)?.type === 'date'
    return {
      question,
      text,
      field: isDate && field === question ? `${question}-day` : field,
      ...(row === undefined ? {} : { row }),
    }
  })
}

/** What is kept, until when, and how to go on. */
async function laterPage(
  site: Site,
  visit: Visit,
  { draft, service, words, context }: OpenDraft,
): Promise<FastifyReply> {
  const { t } = visit
  const { code, until } = await site.cases.resumeCode(draft.id, context)
  const title = t('portal.later.title')
  return visit.citizen({
    title,
    within: { text: words('title'), href: `/services/${service.id}` },
    noIndex: true,
    beforeContent: backLink({ text: t('portal.later.go-on'), href: nextHref({ draft }) }),
    content: html`
      <h1 class="govuk-heading-l">${title}</h1>
      <p class="govuk-body">${t('portal.later.kept', { until: visit.date(draft.expiresAt) })}</p>
      ${insetText({
        text: html`
          <p class="govuk-body">${t('portal.later.code')}</p>
          <p class="govuk-heading-l"><bdi dir="ltr">${`${code.slice(0, 4)} ${code.slice(4)}`}</bdi></p>
          <p class="govuk-body">${t('portal.later.code-until', { until: visit.time(until) })}</p>`,
      })}
      <p class="govuk-body"><a class="govuk-link" href="/apply/${draft.id}/discard">${t('portal.discard.title')}</a></p>
      <p class="govuk-body">${visit.say('portal.later.where', { link: html`<a class="govuk-link" href="/resume">${t('portal.resume.title')}</a>` })}</p>`,
  })
}

/** Taken away for good, so it is asked once more. */
function discardPage(visit: Visit, { draft, service, words }: OpenDraft): FastifyReply {
  const { t } = visit
  const title = t('portal.discard.title')
  return visit.citizen({
    title,
    within: { text: words('title'), href: `/services/${service.id}` },
    noIndex: true,
    beforeContent: backLink({ text: t('portal.back'), href: nextHref({ draft }) }),
    content: html`
      <h1 class="govuk-heading-l">${title}</h1>
      <p class="govuk-body">${t('portal.discard.text')}</p>
      <form method="post" action="/apply/${draft.id}/discard">
        ${visit.token}
        ${button({ text: t('portal.discard.go'), classes: 'govuk-button--warning' })}
      </form>`,
  })
}
