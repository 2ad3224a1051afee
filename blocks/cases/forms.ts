// The form of a service as the catalogue reads it, filled in with what registers know.
import type {
  Decide,
  Form,
  formOf,
  lookUpsOf,
  PublicService,
  Question,
  ReadAnswers,
  ReadContext,
  readAnswers,
  readPage,
  WantedEvidence,
} from '@ashlar/catalogue'
import type { Clock } from '@ashlar/kernel/clock'
import type { Context } from '@ashlar/kernel/sql'
import type { Registries } from '@ashlar/registries'
import { type Content, toFact, toInput } from './content.ts'

/** The functions of the catalogue by these names. */
export interface FormReader {
  formOf: typeof formOf
  lookUpsOf: typeof lookUpsOf
  readPage: typeof readPage
  readAnswers: typeof readAnswers
}

export interface FormNeeds {
  form: FormReader
  /** Registries.lookUp: it judges, reads, and logs the use before data leaves. */
  lookUp: Registries['lookUp']
  /** Applies a rule table: Decisions.evaluate. Pure. */
  decide: Decide
  /** Decimals of the country's currency. */
  decimals: number
  clock: Clock
}

/** A register's answer is good for so long while somebody fills in a form: a day of legal time, in milliseconds. */
const FRESH = 86_400_000
/** Evidence may be found by other evidence, but not without end. */
const MOST_ROUNDS = 10

export type Forms = ReturnType<typeof createForms>

export function createForms({ form: reader, lookUp, decide, decimals, clock }: FormNeeds) {
  const about = (language: string) => ({ language, today: clock.today(), now: clock.now().toISOString() })

  const filled = (service: PublicService, content: Content, language: string): Form =>
    reader.formOf(service, toInput(content, about(language)), decide)

  const contextFor = (content: Content, language: string): ReadContext => ({
    ...toInput(content, about(language)),
    language,
    decimals,
    decide,
  })

  /** What is wanted of registers and not known yet, or not fresh; and what is known and wanted still. */
  function toLookUp(service: PublicService, content: Content, form: Form) {
    const wanted = reader.lookUpsOf(service, form.facts)
    const names = new Set(wanted.map(({ evidence }) => evidence))
    const kept = Object.fromEntries(Object.entries(content.evidence).filter(([name]) => names.has(name)))
    const isFresh = ({ at }: { at: string }) => clock.now().getTime() - new Date(at).getTime() < FRESH
    const missing = wanted.filter((one) => {
      const had = kept[one.evidence]
      return had === undefined || had.by !== keysOf(one) || !isFresh(had)
    })
    const isSettled = missing.length === 0 && Object.keys(kept).length === Object.keys(content.evidence).length
    return { kept, missing, isSettled }
  }

  /** The form, if nothing has to be looked up for it; else undefined. */
  function settled(service: PublicService, content: Content, language: string): Form | undefined {
    const form = filled(service, content, language)
    return toLookUp(service, content, form).isSettled ? form : undefined
  }

  /** The content with all evidence that can be had by now; evidence that nothing looks for any more is let go. */
  async function withEvidence(
    service: PublicService,
    content: Content,
    language: string,
    context: Context,
  ): Promise<{ content: Content; form: Form }> {
    let current = content
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const form = filled(service, current, language)
      const { kept, missing, isSettled } = toLookUp(service, current, form)
      if (isSettled) return { content: current, form }
      const evidence = { ...kept }
      for (const one of missing) evidence[one.evidence] = await find(service, one, context)
      current = { ...current, evidence }
    }
    throw new Error(`${service.id}: the evidence of the form does not settle`)
  }

  async function find(service: PublicService, wanted: WantedEvidence, context: Context) {
    const { evidence, register, by, match, fields, agreement, purpose } = wanted
    const found = await lookUp({
      register,
      ...(by === undefined ? {} : { by: by as never }),
      ...(match === undefined ? {} : { match: match as never }),
      fields,
      access: { agreement, purpose },
      context,
    })
    const fact = toFact(service.evidence[evidence]!, found)
    return { fact, register, at: found.at, by: keysOf(wanted), use: found.use }
  }

  /** Questions that stand not in the form but in the flow: of an `ask`, or of a task. */
  function readQuestions(
    service: PublicService,
    name: string,
    questions: Question[],
    body: Record<string, unknown>,
    content: Content,
    language: string,
  ): ReadAnswers {
    const page = { id: name, stop: false, show: [], questions }
    return reader.readPage({ ...service, form: [page] }, name, body, contextFor(content, language))
  }

  return { ...reader, filled, contextFor, settled, withEvidence, readQuestions }
}

function keysOf({ by, match }: WantedEvidence): string {
  return JSON.stringify([by ?? null, match ?? null])
}
