// What processes may do with messaging: notify.
import type { NotifyInput, Step } from '@ashlar/workflow'
import type { Channel, Notice } from './message.ts'
import type { Messaging } from './messaging.ts'

export function messagingSteps(messaging: Messaging): [Step<NotifyInput>] {
  return [
    {
      name: 'messaging.notify',
      input: { type: 'object', required: ['message', 'channels', 'to', 'language', 'facts'] },
      output: { type: 'object' },
      run: async (commands) => {
        const notices = commands.map(
          ({ key, input, context, service, caseId }): Notice => ({
            key,
            tenant: context.tenant ?? '',
            to: {
              ...(input.to.id ? { person: input.to.id } : {}),
              ...(input.to.email ? { email: input.to.email } : {}),
              ...(input.to.phone ? { phone: input.to.phone } : {}),
            },
            service,
            message: input.message,
            language: input.language,
            channels: input.channels as Channel[],
            facts: input.facts,
            caseId,
          }),
        )
        await messaging.notifyAll(notices)
        return commands.map(() => ({ done: {} }))
      },
    },
  ]
}
