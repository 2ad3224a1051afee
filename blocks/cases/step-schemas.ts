// What processes give to the steps of cases, and what they get back: JSON Schema 2020-12, for docs and for the check of flows.
const text = { type: 'string' }
const textOrNone = { type: ['string', 'null'] }
const texts = { type: 'array', items: text }
const anything = { type: 'object' }

export const taskInput = {
  type: 'object',
  required: ['name', 'role', 'facts', 'outcomes', 'reasons'],
  properties: {
    name: text,
    role: text,
    unit: { ...textOrNone, description: 'null: any unit of the authority.' },
    facts: { ...anything, description: 'What the officer sees of the case.' },
    outcomes: { ...texts, minItems: 1 },
    reasons: { type: 'object', additionalProperties: texts, description: 'Outcomes that need a reason, and which.' },
    within: { ...textOrNone, description: 'Its own term, for a clock that stands still while the applicant is asked.' },
    onExpiry: { ...textOrNone, description: 'The outcome that the law supposes when its term has passed.' },
  },
}

export const taskOutput = {
  type: 'object',
  required: ['outcome', 'by', 'at', 'expired'],
  properties: {
    outcome: text,
    reason: textOrNone,
    note: textOrNone,
    answers: anything,
    by: { ...text, description: "'staff:sana', or 'law'." },
    at: { type: 'string', format: 'date-time' },
    expired: { type: 'boolean', description: 'The law decided, because nobody did in time.' },
  },
}

export const askInput = {
  type: 'object',
  required: ['name', 'to', 'outcomes'],
  properties: {
    name: text,
    to: { ...anything, description: 'The party that is asked: { party, id, name, email, phone }.' },
    outcomes: texts,
    onExpiry: textOrNone,
    message: textOrNone,
  },
}

export const askOutput = {
  type: 'object',
  properties: {
    outcome: textOrNone,
    answers: anything,
    at: { type: ['string', 'null'], format: 'date-time' },
    expired: { type: 'boolean' },
  },
}
