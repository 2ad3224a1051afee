// Papers of a case: documents that were issued, and files that the applicant handed in; each opening is a reading.
import { attachment, type IssuedDocument } from '@ashlar/documents'
import { NotFound, requireCaller } from '@ashlar/kernel/http'
import { type Html, html } from '@ashlar/ui'
import { Type } from 'typebox'
import type { OpenCase } from './open-case.ts'
import { type OfficeRooms, office } from './rooms.ts'

const Id = Type.String({ maxLength: 100 })

/** A file as the answer to a question has it. */
export interface HandedIn {
  id: string
  name: string
  type: string
  size: number
}

export function paperPages({ http, documents }: OfficeRooms): void {
  http.get('/office/documents/:id', {
    ...office,
    schema: { params: Type.Object({ id: Id }) },
    handler: async (request, reply) => {
      const pdf = await documents.pdf(request.params.id, requireCaller(request).context)
      return reply.type('application/pdf').header('content-disposition', 'inline').send(pdf)
    },
  })

  // Only to an officer of the case that the file belongs to, and as an attachment: a stranger's file is never a page of ours.
  http.get('/office/cases/:case/files/:id', {
    ...office,
    schema: { params: Type.Object({ case: Id, id: Id }) },
    handler: async (request, reply) => {
      const file = await documents.uploads.get(request.params.id, requireCaller(request).context)
      if (file.caseId !== request.params.case) throw NotFound()
      return reply.headers(attachment(file)).send(file.bytes)
    },
  })
}

export const isHandedIn = (value: unknown): value is HandedIn =>
  typeof value === 'object' && value !== null && 'id' in value && 'name' in value && 'size' in value

export function documentsBox({ visit, words }: OpenCase, issued: IssuedDocument[]): Html {
  const { t, language } = visit
  return html`
    <div class="ashlar-box">
      <h2 class="govuk-heading-m">${t('office.documents')}</h2>
      ${
        issued.length > 0
          ? html`<ul class="govuk-list">${issued.map(
              ({ id, output, reference, issuedAt }) => html`
                <li>
                  <a class="govuk-link" href="/office/documents/${id}">${words.say(language, `output.${output}.title`)}</a>
                  <br><bdi dir="ltr">${reference}</bdi>, ${visit.date(issuedAt)}
                </li>`,
            )}</ul>`
          : html`<p class="govuk-body">${t('office.no-documents')}</p>`
      }
    </div>`
}
