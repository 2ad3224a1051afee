// What processes may do with documents: issue.
import { dayOf } from '@ashlar/kernel/clock'
import type { Context } from '@ashlar/kernel/sql'
import type { IssueInput, Step } from '@ashlar/workflow'
import type { IssuedDocument } from './document.ts'
import type { Documents } from './documents.ts'

export function documentSteps(documents: Documents, { zone }: { zone: string }): [Step<IssueInput>] {
  return [
    {
      name: 'documents.issue',
      input: { type: 'object', required: ['output', 'letter', 'validFor', 'qr', 'to', 'language', 'facts'] },
      output: {
        type: 'object',
        properties: {
          id: { type: 'string' },
          reference: { type: 'string' },
          verifyUrl: { type: 'string' },
          issuedAt: { type: 'string' },
          validUntil: { type: ['string', 'null'] },
        },
      },
      run: async (commands) => {
        const issued = await documents.issueAll(
          commands.map(({ key, service, caseId, context, input }) => ({
            key,
            service,
            caseId,
            output: input.output,
            authority: context.tenant ?? '',
            ...ownerOf(input.to, context),
            ...(input.to.name ? { holder: input.to.name } : {}),
            language: input.language,
            facts: input.facts,
            ...(input.validFor ? { validFor: input.validFor } : {}),
            qr: input.qr,
          })),
        )
        return issued.map((document) => ({ done: toFact(document, zone) }))
      },
    },
  ]
}

/** Somebody who did not sign in holds it as the bearer of the case, under whom the context lets them in. */
function ownerOf(to: IssueInput['to'], { subject }: Context): { owner?: string } {
  if (to.id) return { owner: to.id }
  return to.party === 'applicant' && subject ? { owner: subject } : {}
}

/** As FEEL and messages see it: `validUntil` is the last day on which it is good. */
const toFact = ({ id, reference, verifyUrl, issuedAt, validUntil }: IssuedDocument, zone: string) => ({
  id,
  reference,
  verifyUrl,
  issuedAt,
  validUntil: validUntil ? dayOf(new Date(validUntil), zone) : null,
})
