// Views of the queue that officers keep for themselves, or share in their unit.

import { requireCaller } from '@ashlar/kernel/http'
import { isProblem } from '@ashlar/kernel/problem'
import { Type } from 'typebox'
import { hrefOf, readChoice, toForm } from './choice.ts'
import { type OfficeRooms, office } from './rooms.ts'

export function viewForms({ http, faces, cases }: OfficeRooms): void {
  http.post('/office/views', {
    ...office,
    schema: {
      body: Type.Object({
        name: Type.String({ maxLength: 60 }),
        choice: Type.String({ maxLength: 2000 }),
        shared: Type.Optional(Type.String({ maxLength: 10 })),
      }),
    },
    handler: async (request, reply) => {
      const visit = faces.visit(request, reply)
      const { name, shared } = request.body
      const choice = readKept(request.body.choice)
      if (name.trim() !== '')
        await cases.saveView({ name: name.trim(), choice, isShared: shared === 'yes' }, requireCaller(request).context)
      return visit.go(hrefOf(toForm(choice)))
    },
  })

  http.post('/office/views/:id/drop', {
    ...office,
    schema: { params: Type.Object({ id: Type.String({ maxLength: 100 }) }) },
    handler: async (request, reply) => {
      try {
        await cases.dropView(request.params.id, requireCaller(request).context)
      } catch (error) {
        // Dropped meanwhile: that is what was wanted.
        if (!isProblem(error) || error.code !== 'view-not-found') throw error
      }
      return faces.visit(request, reply).go('/office')
    },
  })
}

/** What the form carried, read anew as an address would be: nothing else gets in. */
function readKept(text: string) {
  try {
    const kept: unknown = JSON.parse(text)
    if (typeof kept !== 'object' || kept === null) return {}
    const form = toForm(kept as Parameters<typeof toForm>[0])
    const words = Object.entries(form).filter(([, value]) => typeof value === 'string' && value.length <= 100)
    return readChoice(Object.fromEntries(words), false)
  } catch {
    return {}
  }
}
