// The JSON Schema of the answers of a service, as the API publishes it.
import { readers } from './answers.ts'
import type { PublicService } from './public-service.ts'

/** JSON Schema 2020-12. Questions that depend on others are not required by it; whether they are asked, the server knows. */
export function answerSchema(service: PublicService, language = service.languages[0] ?? 'en'): object {
  const texts = service.texts[language] ?? {}
  const questions = service.form.flatMap((page) => page.questions.map((question) => ({ page, question })))
  const titled = (key: string) => texts[key]
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `/api/catalogue/v1/services/${service.id}/schema?version=${service.version}`,
    title: titled('title') ?? service.id,
    type: 'object',
    properties: Object.fromEntries(
      questions.map(({ question }) => {
        const schema = readers[question.type]?.schema(question) ?? {}
        const label = titled(`question.${question.name}.label`)
        const described = { ...(label === undefined ? {} : { title: label }), ...schema }
        return [question.name, question.optional ? { anyOf: [described, { type: 'null' }] } : described]
      }),
    ),
    required: questions
      .filter(({ page, question }) => !question.optional && question.when === undefined && page.when === undefined)
      .map(({ question }) => question.name),
    additionalProperties: false,
  }
}
