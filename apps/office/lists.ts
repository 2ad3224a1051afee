// The queue as a file: the rows and columns of the page, no more; that it left is written down.
import type { QueuedTask } from '@ashlar/cases'
import { requireCaller } from '@ashlar/kernel/http'
import { Type } from 'typebox'
import { ChoiceFields, readChoice } from './choice.ts'
import { type Cell, csvOf, xlsxOf } from './list-file.ts'
import { statusOf } from './queue.ts'
import { type OfficeRooms, office } from './rooms.ts'

const types = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const

export function listFiles({ http, faces, cases, catalogue, clock, wordsOf }: OfficeRooms): void {
  const { staff } = faces.country
  for (const format of ['csv', 'xlsx'] as const)
    http.get(`/office/queue.${format}`, {
      ...office,
      schema: { querystring: Type.Object(ChoiceFields) },
      handler: async (request, reply) => {
        const visit = faces.visit(request, reply)
        const { context } = requireCaller(request)
        const { t, language } = visit
        const titles = new Map((await catalogue.list(language)).map(({ id, title }) => [id, title]))
        const choice = readChoice(request.query)

        async function* rows(): AsyncGenerator<Cell[]> {
          yield ['case', 'service', 'task', 'received', 'deadline', 'status', 'with'].map((key) => t(`office.${key}`))
          for await (const tasks of cases.exportQueue({ choice, format }, context))
            for (const task of tasks) yield await toCells(task)
        }
        async function toCells(task: QueuedTask): Promise<Cell[]> {
          const words = await wordsOf({ id: task.service, version: task.serviceVersion })
          return [
            task.reference,
            titles.get(task.service) ?? task.service,
            words.say(language, `task.${task.name}.title`),
            new Date(task.openedAt),
            task.due ? new Date(task.due) : '',
            statusOf(visit, task).text,
            task.claimedBy ? (staff[task.claimedBy]?.name ?? task.claimedBy) : '',
          ]
        }

        const name = `${clock.today()}.${format}`
        const body = format === 'csv' ? csvOf(rows()) : xlsxOf(t('office.queue'), visit.direction === 'rtl', rows())
        return reply
          .type(types[format])
          .header('content-disposition', `attachment; filename="queue-${name}"`)
          .send(body)
      },
    })
}
