// The shape of the facts of a service: which names expressions may read, and of which type each is.
import type { Shape } from '@ashlar/kernel/feel'
import type { Register, RegisterField } from './country.ts'
import type { Evidence, FlowItem, Question, RuleTable } from './public-service.ts'

export type { Shape }

/** What is known besides the answers while somebody fills in the form. */
export const formShape = {
  applicant: { id: 'string', kind: ['one of', 'person', 'organisation', 'anonymous'], name: 'string' },
  today: 'date',
  now: 'date and time',
  language: 'string',
} as const satisfies Record<string, Shape>

/** What is known of every submitted case. */
export const caseShape = {
  ...formShape,
  case: { id: 'string', reference: 'string', submittedAt: 'date and time' },
  submittedAt: 'date and time',
} as const satisfies Record<string, Shape>

/** What a service by which one appeals knows besides: the decision that is contested. */
export const contestedShape = {
  contested: {
    reference: 'string',
    service: 'string',
    authority: 'string',
    result: 'string',
    submittedAt: 'date and time',
    decidedAt: 'date and time',
    answers: 'any',
    evidence: 'any',
    decisions: 'any',
    late: 'boolean',
    lateBecause: 'string',
  },
} as const satisfies Record<string, Shape>

const moneyShape: Shape = { value: 'number', currency: 'string' }
const paymentShape: Shape = {
  state: ['one of', 'settled', 'rejected', 'expired'],
  reference: 'string',
  amount: moneyShape,
  paidAt: 'date and time',
}
const issuedShape: Shape = {
  id: 'string',
  reference: 'string',
  verifyUrl: 'string',
  issuedAt: 'date and time',
  validUntil: 'date',
}

function shapeOfField({ is, of, options }: Pick<RegisterField, 'is' | 'of' | 'options'>): Shape {
  switch (is) {
    case 'number':
    case 'money':
      return 'number'
    case 'date':
      return 'date'
    case 'dateTime':
      return 'date and time'
    case 'yesNo':
      return 'boolean'
    case 'choice':
      return ['one of', ...options]
    case 'list':
      return [shapeOfField({ is: of ?? 'text', options })]
    default:
      return 'string'
  }
}

export function shapeOfEvidence(evidence: Evidence, register: Register | undefined): Shape {
  if (register === undefined) return 'any'
  const fields = Object.fromEntries(
    evidence.fields.map((name) => {
      const field = register.fields[name]
      return [name, field === undefined ? ('any' as Shape) : shapeOfField(field)]
    }),
  )
  if (evidence.match !== undefined)
    return { count: 'number', bestScore: 'number', records: [{ ...fields, score: 'number' }] }
  return evidence.many ? [fields] : fields
}

/** `evidence` gives the shape of what a record question chooses from. */
function shapeOfQuestion(question: Question, evidence: (name: string) => Shape | undefined): Shape {
  switch (question.type) {
    case 'choice':
      return ['one of', ...question.options, ...(question.none ? ['none'] : [])]
    case 'choices':
      return [['one of', ...question.options]]
    case 'yesNo':
    case 'confirm':
      return 'boolean'
    case 'date':
      return 'date'
    case 'number':
    case 'money':
      return 'number'
    case 'list':
      return [shapeOfItem(question.of)]
    case 'table':
      return [Object.fromEntries(question.columns.map((column) => [column.name, shapeOfQuestion(column, evidence)]))]
    case 'record': {
      const records = question.of === undefined ? undefined : evidence(question.of)
      const record = Array.isArray(records) && records[0] !== 'one of' ? (records[0] as Shape) : undefined
      const key = question.key
      if (key === undefined || typeof record !== 'object' || Array.isArray(record)) return 'any'
      return (record as Record<string, Shape>)[key] ?? 'any'
    }
    case 'file':
      return { id: 'string', name: 'string', type: 'string', size: 'number' }
    case 'party':
      return { id: 'string', kind: ['one of', 'person', 'organisation'], number: 'string', born: 'date' }
    case 'address':
    case 'place':
    case 'appointment':
    case 'credential':
    case 'sign':
      return 'any'
    default:
      return 'string'
  }
}

function shapeOfItem(type: string | undefined): Shape {
  if (type === 'number' || type === 'money') return 'number'
  return type === 'date' ? 'date' : 'string'
}

const stringLiteral = /^"([^"\\]*)"$/
const numberLiteral = /^-?\d+(\.\d+)?$/

const givesList = new Set<RuleTable['hit']>(['rule order', 'output order', 'collect'])
const addsUp = new Set<RuleTable['hit']>(['collect sum', 'collect min', 'collect max'])

/** Outputs that are plain values in every row have a known shape; what a .dmn file gives, its types say. */
export function shapeOfRule({ rows, hit, outputs: declared = {}, model }: RuleTable): Shape {
  if (model) return model.shape
  if (hit === 'collect count') return 'number'
  const names = [...new Set(rows.flatMap((row) => Object.keys(row.then)))]
  const outputs = Object.fromEntries(
    names.map((name) => {
      const sources = [...rows.map((row) => row.then[name] ?? 'null'), declared[name]?.otherwise ?? 'null']
      const shape = shapeOfValues(sources)
      return [name, addsUp.has(hit) && isText(shape) ? 'string' : shape]
    }),
  )
  return givesList.has(hit) ? [outputs] : outputs
}

const isText = (shape: Shape): boolean => Array.isArray(shape) && shape[0] === 'one of'

function shapeOfValues(sources: string[]): Shape {
  const values = sources.map((source) => source.trim()).filter((source) => source !== 'null')
  const texts = values.map((source) => stringLiteral.exec(source)?.[1])
  if (texts.every((text) => text !== undefined)) return ['one of', ...new Set(texts)]
  if (values.every((source) => numberLiteral.test(source))) return 'number'
  return values.every((source) => source === 'true' || source === 'false') ? 'boolean' : 'any'
}

/** The facts that an item leaves behind. */
export function factsOfItem(
  item: FlowItem,
  known: { evidence(name: string): Shape | undefined; rule(name: string): Shape | undefined },
): Record<string, Shape> {
  switch (item.kind) {
    case 'look-up':
      return { [item.evidence]: known.evidence(item.evidence) ?? 'any' }
    case 'decide':
      return { [item.rule]: known.rule(item.rule) ?? 'any' }
    case 'task':
      return {
        [item.saveAs]: {
          outcome: ['one of', ...item.outcomes],
          reason: 'string',
          note: 'string',
          answers: answersShape(item.questions, known.evidence),
          by: 'string',
          at: 'date and time',
          expired: 'boolean',
        },
      }
    case 'ask':
      return {
        [item.saveAs]: {
          outcome: item.outcomes.length === 0 ? 'string' : ['one of', ...item.outcomes],
          answers: answersShape(item.questions, known.evidence),
          at: 'date and time',
          expired: 'boolean',
        },
      }
    case 'pay':
      return { [item.fee]: moneyShape, payment: paymentShape }
    case 'issue':
      return { [item.saveAs]: issuedShape }
    case 'each':
      return item.collect === undefined ? {} : { [item.collect.as]: ['any'] }
    case 'write':
    case 'step':
      return item.saveAs === undefined ? {} : { [item.saveAs]: 'any' }
    default:
      return {}
  }
}

export function answersShape(
  questions: Question[],
  evidence: (name: string) => Shape | undefined,
): { [name: string]: Shape } {
  return Object.fromEntries(questions.map((question) => [question.name, shapeOfQuestion(question, evidence)]))
}
