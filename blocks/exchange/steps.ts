// What processes may do with the exchange: tell an agency.
import { isProblem } from '@ashlar/kernel/problem'
import type { Command, ExpiredCommand, Outcome, Step } from '@ashlar/workflow'
import type { Exchange } from './exchange.ts'
import type { Json } from './message.ts'
import { toTold } from './sending.ts'

export interface TellInput {
  agency: string
  message: string
  data: Record<string, Json>
  register: string
  agreement: string
  purpose: string
  system?: string
  /** Whose data it is, if not the applicant's. */
  person?: string | null
  /** The public reference of the case. */
  case?: string | null
}

const text = { type: 'string' }

export function exchangeSteps(exchange: Exchange): [Step<TellInput>] {
  const toTelling = ({ key, input, context, caseId, service }: Command<TellInput>) => ({
    key,
    agency: input.agency,
    message: input.message,
    data: input.data,
    ...(input.system === undefined ? {} : { system: input.system }),
    ground: { register: input.register, agreement: input.agreement, purpose: input.purpose },
    case: { id: caseId, reference: input.case ?? caseId, service: service.id },
    context: input.person ? { ...context, subject: input.person } : context,
  })
  const orRefused = async (work: Promise<Outcome>): Promise<Outcome> =>
    work.catch((error: unknown): Outcome => {
      if (!isProblem(error) || error.status >= 500) throw error
      return { failed: { code: error.code, title: error.title, ...(error.detail ? { detail: error.detail } : {}) } }
    })
  const run = async (command: Command<TellInput>): Promise<Outcome> => {
    const told = toTold(await exchange.tell(toTelling(command)))
    return told === undefined ? { waiting: true } : { done: { ...told } }
  }
  const expire = async ({ key, onExpiry }: ExpiredCommand<TellInput>): Promise<Outcome> => {
    const told = toTold((await exchange.giveUp(key, 'expire'))!)
    // Acknowledged a moment ago: then that is what is so.
    return {
      done:
        told === undefined || told.state === 'expired' ? { ...(onExpiry as object), state: 'expired' } : { ...told },
    }
  }
  return [
    {
      name: 'exchange.tell',
      input: {
        type: 'object',
        required: ['agency', 'message', 'data', 'register', 'agreement', 'purpose'],
        properties: {
          agency: text,
          message: text,
          data: { type: 'object' },
          register: text,
          agreement: text,
          purpose: text,
        },
      },
      output: { type: 'object', properties: { state: text, agency: text, at: text } },
      run: (commands) => Promise.all(commands.map((command) => orRefused(run(command)))),
      expire: (commands) => Promise.all(commands.map(expire)),
      cancel: async (commands) => {
        for (const { key } of commands) await exchange.giveUp(key, 'cancel')
      },
    },
  ]
}
