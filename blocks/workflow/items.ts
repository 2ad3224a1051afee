// The items of a flow that stand for one step each: the node that each becomes, with all that its step is told.
import type { FlowItem, PublicService } from '@ashlar/catalogue'
import type { Json, Mapping, Node } from './graph.ts'

/** What of a definition the compiler reads. */
export type CompilableService = Pick<
  PublicService,
  'authority' | 'flow' | 'evidence' | 'fees' | 'messages' | 'outputs' | 'parties'
>

/** The same for a process that is drawn: its decisions are rules of the service. */
export type DrawnService = CompilableService & Partial<Pick<PublicService, 'id' | 'rules'>>

/** Items without others inside, but for what takes them back. */
export type LeafItem = Extract<
  FlowItem,
  { kind: 'look-up' | 'decide' | 'task' | 'ask' | 'pay' | 'refund' | 'issue' | 'notify' | 'write' | 'step' }
>

interface ItemNeeds {
  nodes: Record<string, Node>
  newId(wanted: string): string
  refuse(at: string, what: string): void
}

export type ItemNode = (item: LeafItem, at: string, next: () => string) => Node

export function createItems(definition: CompilableService, { nodes, newId, refuse }: ItemNeeds): ItemNode {
  const toNode: ItemNode = (item, at, next) => {
    switch (item.kind) {
      case 'look-up': {
        const evidence = definition.evidence[item.evidence]
        if (evidence === undefined) refuse(at, `look-up of '${item.evidence}', which is not declared as evidence`)
        if (evidence?.credential !== undefined) refuse(at, `look-up of the credential '${item.evidence}'`)
        return step('registries.lookUp', lookUpInput(item.evidence, evidence), next, item.evidence)
      }
      case 'decide':
        return { kind: 'decide', rule: item.rule, saveAs: item.rule, next: next() }
      case 'task': {
        if (item.panel !== undefined) refuse(at, `a panel for the task '${item.name}'`)
        if ((item.agency ?? definition.authority) !== definition.authority)
          refuse(at, `the task '${item.name}' in another agency, '${item.agency}'`)
        const input: Record<string, Mapping> = {
          name: value(item.name),
          role: value(item.role),
          unit: item.unit === undefined ? value(null) : feel(item.unit),
          facts: object(Object.fromEntries(item.facts.map((fact) => [fact, feel(fact)]))),
          outcomes: value(item.outcomes),
          reasons: value(item.reasons),
          within: value(item.within ?? null),
          onExpiry: value(item.onExpiry ?? null),
          ...(item.second === undefined ? {} : { second: value({ ...item.second, when: item.second.when ?? null }) }),
          ...(item.skills === undefined ? {} : { skills: value(item.skills) }),
          ...(item.bulk ? { bulk: value(true) } : {}),
        }
        return { ...step('cases.task', input, next, item.saveAs), ...within(item.within, item.onExpiry) }
      }
      case 'ask': {
        const isOther = item.party !== 'applicant'
        const input: Record<string, Mapping> = {
          name: value(item.name),
          to: partyInput(item.party, at),
          ...(isOther ? { facts: object(Object.fromEntries(item.facts.map((fact) => [fact, feel(fact)]))) } : {}),
          outcomes: value(item.outcomes),
          onExpiry: value(item.onExpiry ?? null),
          message: value(item.message ?? null),
        }
        const asking = {
          ...step(isOther ? 'cases.askParty' : 'cases.ask', input, next, item.saveAs),
          ...within(item.within, item.onExpiry),
        }
        if (!isOther || item.message === undefined) return asking
        // Another party hears of it by the message; the applicant by the case itself.
        const ask = newId(`ask-${item.name}`)
        nodes[ask] = asking
        return toNode({ kind: 'notify', message: item.message }, at, () => ask)
      }
      case 'pay': {
        const fee = definition.fees[item.fee]
        if (fee === undefined) refuse(at, `payment of '${item.fee}', which is not declared as a fee`)
        const collect = newId(`collect-${item.fee}`)
        const input: Record<string, Mapping> = {
          fee: value(item.fee),
          amount: feel(item.fee),
          reference: feel(item.reference ?? `case.reference + "/${item.fee}"`),
          payer: partyInput(item.party ?? 'applicant', at),
        }
        nodes[collect] = { ...step('payments.collect', input, next, 'payment'), ...paidWithin(item.within) }
        return { kind: 'set', saveAs: item.fee, to: { money: fee?.amount ?? 'null' }, next: collect }
      }
      case 'refund': {
        if (item.payment === undefined && item.fee === undefined)
          refuse(at, 'a refund that names neither fee nor payment')
        const input: Record<string, Mapping> = {
          reference: feel(item.payment ?? referenceOf(item.fee ?? '')),
          amount: item.amount === undefined ? value(null) : { money: item.amount },
          reason: value(item.reason),
        }
        return step('payments.refund', input, next)
      }
      case 'issue': {
        const output = definition.outputs[item.output]
        if (output === undefined) refuse(at, `issue of '${item.output}', which is not declared as an output`)
        if (output?.credential !== undefined) refuse(at, `issue of the credential '${item.output}'`)
        const input: Record<string, Mapping> = {
          output: value(item.output),
          letter: value(output?.letter ?? null),
          credential: value(output?.credential ?? null),
          validFor: value(output?.validFor ?? null),
          qr: value(output?.qr ?? false),
          to: partyInput(output?.to ?? 'applicant', at),
          language: feel('language'),
          facts: object(feels(output?.facts ?? {})),
        }
        return step('documents.issue', input, next, item.saveAs)
      }
      case 'notify': {
        const message = definition.messages[item.message]
        if (message === undefined) refuse(at, `notify of '${item.message}', which is not declared as a message`)
        const input: Record<string, Mapping> = {
          message: value(item.message),
          channels: value(message?.channels ?? []),
          to: partyInput(message?.to ?? 'applicant', at),
          language: feel('language'),
          facts: object(feels(message?.facts ?? {})),
        }
        return { ...step('messaging.notify', input, next), detached: true }
      }
      case 'write': {
        const input: Record<string, Mapping> = {
          register: value(item.register),
          key: object(feels(item.key)),
          set: object(feels(item.set)),
          agreement: value(item.agreement),
          purpose: value(item.purpose),
          case: feel('case.reference'),
        }
        return step('registries.write', input, next, item.saveAs)
      }
      case 'step': {
        return {
          ...step(item.step, feels(item.with), next, item.saveAs),
          ...within(item.within, item.onExpiry),
        }
      }
    }
  }

  const partyInput = (name: string, at: string): Mapping => {
    const party = definition.parties[name]
    if (party === undefined && name !== 'applicant') refuse(at, `the party '${name}', which is not declared`)
    const contact = (field: string): Mapping => {
      const source = party?.contact[field]
      return source === undefined ? value(null) : feel(source)
    }
    return object({
      party: value(name),
      id: name === 'applicant' ? feel('applicant.id') : party?.from === undefined ? value(null) : feel(party.from),
      name: contact('name'),
      email: contact('email'),
      phone: contact('phone'),
    })
  }

  const referenceOf = (fee: string): string => {
    const paid = findPay(definition.flow, fee)
    return paid?.reference ?? `case.reference + "/${fee}"`
  }

  return toNode
}

function step(name: string, input: Record<string, Mapping>, next: () => string, saveAs?: string) {
  return {
    kind: 'step' as const,
    step: name,
    with: input,
    ...(saveAs === undefined ? {} : { saveAs }),
    next: next(),
  }
}

function within(term: string | undefined, onExpiry: string | undefined) {
  if (term === undefined) return {}
  const supposed = onExpiry === undefined ? {} : { onExpiry: { outcome: onExpiry, expired: true } }
  return { within: { term, ...supposed } }
}

function paidWithin(term: string | undefined) {
  return term === undefined ? {} : { within: { term, onExpiry: { state: 'expired' } } }
}

function findPay(items: FlowItem[], fee: string): Extract<FlowItem, { kind: 'pay' }> | undefined {
  for (const item of items) {
    if (item.kind === 'pay' && item.fee === fee) return item
    for (const inner of innerOf(item)) {
      const found = findPay(inner, fee)
      if (found !== undefined) return found
    }
  }
  return undefined
}

/** The sequences inside an item. */
function innerOf(item: FlowItem): FlowItem[][] {
  switch (item.kind) {
    case 'when':
      return [item.then, item.else]
    case 'choose':
      return [...item.branches.map((branch) => branch.then), item.else]
    case 'parallel':
      return Object.values(item.legs)
    case 'each':
      return [item.do]
    case 'on':
      return item.branches.map((branch) => branch.do)
    case 'write':
    case 'step':
      return [item.undo]
    default:
      return []
  }
}

function lookUpInput(name: string, evidence: PublicService['evidence'][string] | undefined): Record<string, Mapping> {
  return {
    evidence: value(name),
    register: value(evidence?.register ?? null),
    ...(evidence === undefined || evidence.by.length === 0 ? {} : { by: feel(firstKnown(evidence.by, evidence.when)) }),
    ...(evidence?.match === undefined ? {} : { match: feel(onlyWhen(evidence.when, toContext(evidence.match))) }),
    fields: value(evidence?.fields ?? []),
    many: value(evidence?.many ?? false),
    purpose: value(evidence?.purpose ?? null),
    agreement: value(evidence?.agreement ?? null),
    case: feel('case.reference'),
  }
}

/** FEEL for the first way to find a record whose condition holds and whose keys are all known; null if there is none. */
export function firstKnown(ways: PublicService['evidence'][string]['by'], when?: string): string {
  const choices = ways.map(({ when: condition, keys }) => {
    const known = Object.values(keys).map((source) => `(${source}) != null`)
    const test = [...(condition === undefined ? [] : [`(${condition}) = true`]), ...known].join(' and ')
    return `if ${test} then ${toContext(keys)} else `
  })
  return onlyWhen(when, `${choices.join('')}null`)
}

function onlyWhen(when: string | undefined, source: string): string {
  return when === undefined ? source : `if (${when}) = true then (${source}) else null`
}

function toContext(entries: Record<string, string>): string {
  return `{ ${Object.entries(entries)
    .map(([name, source]) => `${JSON.stringify(name)}: (${source})`)
    .join(', ')} }`
}

function feel(source: string): Mapping {
  return { feel: source }
}

function feels(sources: Record<string, string>): Record<string, Mapping> {
  return Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, feel(source)]))
}

function value(json: Json): Mapping {
  return { value: json }
}

function object(entries: Record<string, Mapping>): Mapping {
  return { object: entries }
}
