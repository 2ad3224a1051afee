// Checks one public service: every name that it uses exists, every fact is known where it is read, every way ends.
import { isTerm } from '@ashlar/kernel/calendar'
import { type CheckProblem, type Finding, suggest } from './check-problem.ts'
import type { Agreement, Country, Register } from './country.ts'
import { decisionModels } from './decision-model.ts'
import { PROCESS_FILE } from './drawn-process.ts'
import { checkFeel, checkUnaryTests, feelShape, type Scope } from './expressions.ts'
import { eachItem, innerFlows, type Place } from './flow.ts'
import type { Declared, LoadedFile } from './load.ts'
import { everyOf, isOffered, type Offers, offeredOf } from './needs.ts'
import type {
  Evidence,
  FlowItem,
  Message,
  Offer,
  Output,
  PublicService,
  Question,
  RuleModel,
  RuleTable,
  Start,
  TaskItem,
  WriteItem,
} from './public-service.ts'
import {
  answersShape,
  caseShape,
  contestedShape,
  factsOfItem,
  formShape,
  type Shape,
  shapeOfEvidence,
  shapeOfRule,
} from './shapes.ts'

/** What is wrong with a rule as a whole, e.g. a gap: the decisions block knows. `line` is one of the rule's .dmn file. */
export type CheckTable = (
  table: RuleTable,
  facts: Record<string, Shape>,
) => (Finding & { row?: number; line?: number })[]

/** What of a process.bpmn is not executed: `checkProcess` of the workflow block. */
export type CheckProcess = (service: PublicService) => { element: string; line: number; what: string; mend: string }[]

export interface ServiceCheck {
  service: PublicService
  country: Country
  declared: Declared
  file: LoadedFile
  offers?: Offers
  checkTable?: CheckTable
  checkProcess?: CheckProcess
  /** What is wrong in files beside service.yaml. */
  reportBeside?: (problem: CheckProblem) => void
}

/** Reports into the file, and gives how many expressions were examined. */
export function checkPublicService(given: ServiceCheck): number {
  const { service, country, declared, file, offers, checkTable, reportBeside } = given
  const { evidence, rules, fees, messages, outputs, parties } = service
  let expressions = 0
  const isDraft = service.status === 'draft'

  const report = (at: Place, finding: Finding, inside?: number) =>
    file.report(at, isDraft && finding.severity === undefined ? { ...finding, severity: 'draft' } : finding, inside)
  const unknown = (at: Place, what: string, name: string, names: Iterable<string>, code = 'unknown-name') =>
    report(at, { code, message: `there is no ${what} '${name}'`, mend: suggest(name, names) })
  const known = (at: Place, what: string, name: string, names: Iterable<string>, code?: string): boolean => {
    const all = [...names]
    if (!all.includes(name)) unknown(at, what, name, all, code)
    return all.includes(name)
  }
  const feel = (at: Place, source: string | undefined, scope: Scope, read = checkFeel) => {
    if (source === undefined) return
    expressions++
    for (const { at: inside, ...finding } of read(source, scope)) report(at, finding, inside)
  }
  /** An expression that must give one kind of value. */
  const feelOf = (kind: 'boolean' | 'number', at: Place, source: string | undefined, scope: Scope) => {
    feel(at, source, scope)
    const shape = source === undefined ? undefined : feelShape(source, scope)
    if (shape === undefined || shape === 'any' || shape === kind) return
    const wanted = kind === 'boolean' ? 'true or false' : 'a number'
    report(at, {
      code: 'kind',
      message: `'${source}' does not give ${wanted}`,
      mend: `write an expression that gives ${wanted}`,
    })
  }
  const feels = (at: Place, sources: Record<string, string>, scope: Scope) => {
    for (const [name, source] of Object.entries(sources)) feel([...at, name], source, scope)
  }

  const shapes: Record<string, Shape> = {}
  for (const [name, part] of Object.entries(evidence))
    shapes[name] = shapeOfEvidence(part, country.registers[part.register ?? ''])
  const lookUps = {
    evidence: (name: string): Shape | undefined => shapes[name],
    rule: (name: string): Shape | undefined => (rules[name] === undefined ? undefined : shapeOfRule(rules[name])),
  }
  const used = new Set<string>()
  const models = decisionModels(service.files)

  checkIdentity()
  checkNames()
  for (const name of Object.keys(evidence)) checkEvidence(name, evidence[name] as Evidence)
  const formScope = checkForm()
  for (const rule of Object.values(rules)) checkRule(rule)
  const answers = answersShape(
    service.form.flatMap((page) => page.questions),
    lookUps.evidence,
  )
  const contested = service.contests === undefined ? {} : contestedShape
  const start: Scope = { ...caseShape, ...contested, ...formScope, answers }
  const isDrawn = service.files[PROCESS_FILE] !== undefined
  const isWritten = file.value !== undefined && 'flow' in (file.value as object)
  if (isDrawn) checkDrawing()
  else if (!isWritten)
    report([], {
      code: 'missing-key',
      message: `there is no flow, and no ${PROCESS_FILE}`,
      mend: "add 'flow:', or draw the process",
    })
  if (isWritten && checkFlow(service.flow, ['flow'], start) !== undefined)
    report(['flow'], {
      code: 'no-end',
      message: 'not every way through the flow ends',
      mend: "end each with 'close:'",
    })
  checkRest(start)
  checkModels()
  checkOffers()
  if (isWritten) checkUnused()
  return expressions

  /** What is drawn is executed by the workflow block, which says what of it is not. */
  function checkDrawing() {
    if (isWritten)
      report(['flow'], {
        code: 'two-processes',
        message: `there is a flow, and a ${PROCESS_FILE}`,
        mend: 'keep one of them',
      })
    for (const { element, line, what, mend } of given.checkProcess?.(service) ?? [])
      beside(PROCESS_FILE, line, { code: 'not-executed', message: `${element}: ${what}`, mend })
  }

  function checkIdentity() {
    known(['authority'], 'agency', service.authority, declared.agencies)
    for (const [n, event] of service.lifeEvents.entries())
      known(['life-events', n], 'life event', event, declared.lifeEvents)
    for (const [n, language] of service.languages.entries())
      known(
        ['languages', n],
        'language of the country',
        language,
        country.languages.map(({ code }) => code),
      )
    const unwritten = country.languages.map(({ code }) => code).filter((code) => !service.languages.includes(code))
    if (unwritten.length > 0 && isDraft)
      report(['languages'], {
        code: 'missing-text',
        message: `the draft is not written in ${unwritten.join(', ')} yet`,
        mend: 'write texts/<language>.yaml and add the language',
      })
    if (unwritten.length > 0 && !isDraft)
      report(['languages'], {
        code: 'missing-text',
        message: 'only a draft may be written in fewer languages than the country has',
        mend: "write the others and take 'languages' out, or add 'status: draft'",
      })
    if (parties.applicant === undefined)
      report(['parties'], { code: 'missing-key', message: "there is no party 'applicant'", mend: 'add who applies' })
    for (const [name, party] of Object.entries(parties)) {
      const at: Place = ['parties', name]
      if (party.from !== undefined) feel([...at, 'from'], party.from, service.facts)
      feels([...at, 'contact'], party.contact, service.facts)
    }
  }

  /** Facts share one room: no two things may have one name. */
  function checkNames() {
    const taken = new Map<string, string>(
      ['answers', 'payment', ...Object.keys(caseShape)].map((name) => [name, 'what is always known']),
    )
    const take = (name: string, what: string, at: Place) => {
      const other = taken.get(name)
      if (other !== undefined)
        report(at, {
          code: 'name-taken',
          message: `'${name}' is also the name of ${other}`,
          mend: 'give one of them another name',
        })
      taken.set(name, what)
    }
    for (const name of Object.keys(evidence)) take(name, 'an evidence', ['evidence', name])
    for (const { name, model } of Object.values(rules)) if (!model?.implied) take(name, 'a rule', ['rules', name])
    for (const name of Object.keys(fees)) take(name, 'a fee', ['fees', name])
    for (const [n, page] of service.form.entries())
      for (const { name } of page.questions) take(name, 'a question', ['form', n, 'questions', name])
    const pages = new Set<string>()
    for (const [n, { id }] of service.form.entries()) {
      if (pages.has(id))
        report(['form', n, 'page'], {
          code: 'name-taken',
          message: `there is a page '${id}' already`,
          mend: 'rename it',
        })
      pages.add(id)
    }
  }

  function checkEvidence(name: string, part: Evidence) {
    const at: Place = ['evidence', name]
    if (part.register === undefined) {
      if (part.credential === undefined)
        report(at, { code: 'missing-key', message: 'it comes from nowhere', mend: "add 'register:'" })
      return
    }
    if (!known([...at, 'register'], 'register', part.register, declared.registers, 'unknown-register')) return
    const register = country.registers[part.register]
    if (register === undefined) return
    for (const [n, field] of part.fields.entries()) checkField([...at, 'fields', n], field, register)
    if (part.by.length === 0 && part.match === undefined)
      report(at, {
        code: 'missing-key',
        message: 'nothing says how the record is found',
        mend: "add 'by:' or 'match:'",
      })
    const findable = [...register.identifiers, ...register.indexes, ...register.access.bearer]
    for (const { keys } of part.by)
      for (const key of Object.keys(keys))
        if (checkField([...at, 'by'], key, register) && !findable.includes(key))
          report([...at, 'by', key], {
            code: 'not-indexed',
            message: `the register cannot be searched by '${key}'`,
            mend: `${suggest(key, findable)}, or add it to the indexes of '${register.id}'`,
          })
    for (const key of Object.keys(part.match ?? {}))
      known([...at, 'match', key], 'field to match', key, Object.keys(register.matching))
    const agreement = checkAgreement(at, part.agreement, part.purpose, register)
    if (agreement !== undefined)
      for (const [n, field] of part.fields.entries())
        if (Object.hasOwn(register.fields, field) && !agreement.fields.includes(field))
          report([...at, 'fields', n], {
            code: 'not-agreed',
            message: `the agreement '${agreement.id}' does not let '${field}' be read`,
            mend: `take it out, or add it to the agreement`,
          })
  }

  function checkField(at: Place, field: string, register: Register): boolean {
    if (Object.hasOwn(register.fields, field)) return true
    report(at, {
      code: 'unknown-field',
      message: `the register '${register.id}' has no field '${field}'`,
      mend: suggest(field, Object.keys(register.fields)),
    })
    return false
  }

  function checkAgreement(at: Place, name: string, purpose: string, register: Register): Agreement | undefined {
    if (!known([...at, 'agreement'], 'agreement', name, declared.agreements, 'unknown-agreement')) return undefined
    const agreement = country.agreements[name]
    if (agreement === undefined) return undefined
    const wrong = (part: string, message: string, names: string[], word: string) =>
      report([...at, part], { code: 'not-agreed', message, mend: suggest(word, names) })
    if (agreement.register !== register.id) {
      const others = Object.values(country.agreements).filter(({ register: other }) => other === register.id)
      wrong(
        'agreement',
        `'${name}' is about '${agreement.register}'`,
        others.map(({ id }) => id),
        name,
      )
      return undefined
    }
    if (agreement.reader !== service.authority)
      wrong('agreement', `'${name}' is with '${agreement.reader}', not with '${service.authority}'`, [], name)
    if (!agreement.purposes.includes(purpose))
      wrong('purpose', `'${name}' does not serve the purpose '${purpose}'`, agreement.purposes, purpose)
    return agreement
  }

  /** Goes through the pages in order; gives what is known when the form is sent. */
  function checkForm(): Scope {
    let scope: Record<string, Shape> = { ...formShape }
    const pending = new Set(Object.keys(evidence).filter((name) => evidence[name]?.at === 'form'))
    const settle = () => {
      for (let found = true; found; ) {
        found = false
        for (const name of pending) {
          const part = evidence[name] as Evidence
          const sources = [part.when ?? 'true', ...part.by.flatMap(({ keys }) => Object.values(keys))]
          const isReady = [...sources, ...Object.values(part.match ?? {})].every(
            (source) => checkFeel(source, scope).length === 0,
          )
          if (!isReady) continue
          pending.delete(name)
          scope = { ...scope, [name]: shapes[name] ?? 'any' }
          found = true
        }
      }
    }
    settle()
    for (const [n, page] of service.form.entries()) {
      const at: Place = ['form', n]
      feelOf('boolean', [...at, 'when'], page.when, withRules(scope))
      for (const [m, name] of page.show.entries())
        if (known([...at, 'show', m], 'evidence', name, Object.keys(evidence)) && !Object.hasOwn(scope, name))
          report([...at, 'show', m], {
            code: 'unknown-fact',
            message: `'${name}' is not looked up before this page`,
            mend: 'move it to a later page',
          })
      if (page.stop && page.when === undefined)
        report(at, { code: 'missing-key', message: 'every form would stop here', mend: "add 'when:'" })
      if (page.stop && page.questions.length > 0)
        report([...at, 'questions'], {
          code: 'unknown-key',
          message: 'a page that stops asks nothing',
          mend: 'take it out',
        })
      if (!page.stop && page.questions.length === 0 && page.show.length === 0)
        report(at, { code: 'missing-key', message: 'the page asks nothing', mend: "add 'questions:'" })
      for (const question of page.questions) {
        checkQuestion([...at, 'questions', question.name], question, scope)
        scope = { ...scope, [question.name]: answersShape([question], lookUps.evidence)[question.name] ?? 'any' }
      }
      settle()
    }
    for (const name of pending) {
      const part = evidence[name] as Evidence
      const at: Place = ['evidence', name]
      feelOf('boolean', [...at, 'when'], part.when, scope)
      for (const [n, { when, keys }] of part.by.entries()) {
        const here: Place = file.document.hasIn(['evidence', name, 'by', n]) ? [...at, 'by', n] : [...at, 'by']
        feelOf('boolean', [...here, 'when'], when, scope)
        feels(here.length > 3 ? [...here, 'keys'] : here, keys, scope)
      }
      feels([...at, 'match'], part.match ?? {}, scope)
      scope = { ...scope, [name]: shapes[name] ?? 'any' }
    }
    return scope
  }

  /** In the form a rule is applied when it is read, so that a price can be shown. */
  function withRules(scope: Scope): Scope {
    const ready = Object.values(rules).filter(({ inputs }) =>
      Object.values(inputs).every((source) => checkFeel(source, scope).length === 0),
    )
    return { ...scope, ...Object.fromEntries(ready.map((rule) => [rule.name, shapeOfRule(rule)])) }
  }

  function checkQuestion(at: Place, question: Question, scope: Scope) {
    feelOf('boolean', [...at, 'when'], question.when, scope)
    feel([...at, 'prefill'], question.prefill, scope)
    const { type, of, options } = question
    const missing = (key: string, message: string) =>
      report(at, { code: 'missing-key', message, mend: `add '${key}:'` })
    if ((type === 'choice' || type === 'choices') && options.length < 2)
      missing('options', 'there is nothing to choose from')
    if (new Set(options).size < options.length)
      report([...at, 'options'], { code: 'twice', message: 'an option stands here twice', mend: 'take one out' })
    if (type === 'list' && of === undefined) missing('of', 'nothing says what the list is of')
    if (type === 'file' && question.accept.length === 0) missing('accept', 'nothing says which files are accepted')
    if (type === 'table' && question.columns.length === 0) missing('columns', 'the table has no columns')
    if (type === 'record') {
      if (of === undefined) return missing('of', 'nothing says which records there are')
      if (!known([...at, 'of'], 'evidence', of, Object.keys(evidence))) return
      const part = evidence[of] as Evidence
      if (!part.many)
        report([...at, 'of'], { code: 'kind', message: `'${of}' is one record`, mend: `add 'many: true' to it` })
      for (const field of [...question.show, ...(question.key === undefined ? [] : [question.key])])
        known([...at, question.key === field ? 'key' : 'show'], `field of '${of}'`, field, part.fields, 'unknown-field')
      if (question.key === undefined) missing('key', 'nothing says which field is the answer')
    }
    if (type === 'party' && of !== undefined) known([...at, 'of'], 'party', of, Object.keys(parties))
    for (const column of question.columns) checkQuestion([...at, 'columns', column.name], column, scope)
  }

  /** Something wrong in a file beside service.yaml. */
  function beside(path: string, line: number, finding: Finding) {
    const severity = finding.severity ?? (isDraft ? 'draft' : 'error')
    reportBeside?.({ ...finding, file: `services/${service.id}/${path}`, line, column: 1, severity })
  }

  function checkModels() {
    for (const { file: path, broken } of models)
      if (broken) beside(path, broken.line, { code: 'dmn', message: broken.message, mend: 'mend the XML' })
    for (const rule of Object.values(rules)) if (rule.model) checkModelRule(rule, rule.model)
  }

  function checkModelRule(rule: RuleTable, { file: path, decision: wanted, implied }: RuleModel) {
    const at: Place = ['rules', rule.name]
    const files = models.map((model) => model.file)
    if (!known([...at, 'model'], '.dmn file', path, files, 'missing-file')) return
    const model = models.find((one) => one.file === path)!
    if (model.broken) return
    const names = model.decisions.map(({ name }) => name)
    if (!known([...at, names.length > 0 ? 'decision' : 'model'], 'decision in the file', wanted, names)) return

    const { inputs } = model.decisions.find(({ name }) => name === wanted)!
    for (const input of implied ? [] : Object.keys(rule.inputs))
      known(
        [...at, 'inputs', input],
        'input of the decision',
        input,
        inputs.map(({ name }) => name),
      )
    for (const { row: _, line, ...finding } of checkTable?.(rule, service.facts) ?? []) beside(path, line ?? 1, finding)
    // A decision that nobody asks for may be a part of others, with inputs that are no facts.
    if (implied && !used.has(`rules/${rule.name}`)) return
    for (const input of inputs) {
      const source = rule.inputs[input.name]
      if (source === undefined || file.document.hasIn([...at, 'inputs', input.name])) continue
      if (checkFeel(source, service.facts).length === 0) continue
      beside(input.file, input.line, {
        code: 'unknown-fact',
        message: `the decision '${wanted}' needs '${input.name}', and there is no fact '${source}'`,
        mend: `say what it is: 'rules: { ${rule.name}: { model: ${path}, inputs: { "${input.name}": … } } }'`,
      })
    }
  }

  function checkRule({ name, hit, inputs, rows, outputs: declaredOutputs, model }: RuleTable) {
    const at: Place = ['rules', name]
    if (model) {
      for (const [input, source] of Object.entries(inputs))
        if (file.document.hasIn([...at, 'inputs', input])) feel([...at, 'inputs', input], source, service.facts)
      return
    }
    const outputs = Object.keys(rows[0]?.then ?? {})
    for (const [output, { values = [], otherwise }] of Object.entries(declaredOutputs ?? {})) {
      const here: Place = [...at, 'outputs', output]
      if (!known(here, 'output', output, outputs)) continue
      for (const [n, value] of values.entries()) feel([...here, 'values', n], value, service.facts)
      feel([...here, 'otherwise'], otherwise, service.facts)
    }
    if (
      (hit === 'priority' || hit === 'output order') &&
      !Object.values(declaredOutputs ?? {}).some(({ values }) => values?.length)
    )
      report([...at, 'hit'], {
        code: 'missing-key',
        message: `nothing says which outputs come first`,
        mend: "add 'outputs:' with 'values:', the most important first",
      })
    if (rows.length === 0)
      report([...at, 'rows'], { code: 'missing-key', message: 'it has no rows', mend: 'add a row' })
    for (const [n, row] of rows.entries()) {
      const here: Place = [...at, 'rows', n]
      for (const [input, test] of Object.entries(row.if))
        if (known([...here, 'if', input], 'input', input, Object.keys(inputs)))
          feel([...here, 'if', input], test, service.facts, (source, scope) =>
            checkUnaryTests(source, scope, inputs[input]),
          )
      feels([...here, 'then'], row.then, service.facts)
      const given = Object.keys(row.then)
      for (const output of outputs)
        if (!given.includes(output))
          report([...here, 'then'], {
            code: 'missing-key',
            message: `the row says nothing of '${output}'`,
            mend: 'add it',
          })
      for (const output of given)
        if (!outputs.includes(output)) unknown([...here, 'then', output], 'output', output, outputs)
    }
    if (rows.some((row) => Object.keys(row.if).every((input) => Object.hasOwn(inputs, input))))
      for (const { row, line: _, ...finding } of checkTable?.(rules[name]!, service.facts) ?? [])
        report(row === undefined ? [...at, 'rows'] : [...at, 'rows', row], finding)
  }

  /** What is known after the items; undefined if none of their ways goes on. */
  function checkFlow(items: FlowItem[], at: Place, before: Scope): Scope | undefined {
    let scope: Scope | undefined = before
    for (const [n, item] of items.entries()) {
      const here = [...at, n]
      if (scope === undefined) {
        report(here, {
          code: 'unreachable',
          message: 'nothing comes here: the case is closed before',
          mend: 'take it out',
        })
        return undefined
      }
      scope = checkItem(item, here, scope)
    }
    return scope
  }

  function checkItem(item: FlowItem, at: Place, scope: Scope): Scope | undefined {
    switch (item.kind) {
      case 'look-up':
        if (known([...at, 'look-up'], 'evidence', item.evidence, Object.keys(evidence)))
          checkLookUp(item.evidence, scope)
        break
      case 'decide':
        used.add(`rules/${item.rule}`)
        if (known([...at, 'decide'], 'rule', item.rule, Object.keys(rules))) {
          const { inputs, model } = rules[item.rule] as RuleTable
          if (!model) feels(['rules', item.rule, 'inputs'], inputs, scope)
          // What is no fact anywhere is told at the input itself.
          else
            for (const source of Object.values(inputs))
              if (checkFeel(source, service.facts).length === 0) feel([...at, 'decide'], source, scope)
        }
        break
      case 'task':
        if (Object.keys(country.roles).length > 0) known([...at, 'role'], 'role', item.role, Object.keys(country.roles))
        if (item.agency !== undefined) known([...at, 'agency'], 'agency', item.agency, declared.agencies)
        for (const [m, name] of item.facts.entries())
          if (!Object.hasOwn(scope, name))
            unknown([...at, 'facts', m], 'fact at this point', name, Object.keys(scope), 'unknown-fact')
        feel([...at, 'unit'], item.unit, scope)
        checkSecond(at, item, scope)
        checkOutcomes(at, item.outcomes, item.onExpiry)
        if (item.within === undefined && item.onExpiry !== undefined)
          report([...at, 'on-expiry'], { code: 'missing-key', message: 'it never expires', mend: "add 'within:'" })
        for (const outcome of Object.keys(item.reasons))
          known([...at, 'reasons', outcome], 'outcome', outcome, item.outcomes)
        for (const question of item.questions) checkQuestion([...at, 'questions', question.name], question, scope)
        break
      case 'ask':
        known([...at, 'party'], 'party', item.party, Object.keys(parties))
        for (const [m, name] of item.facts.entries())
          if (!Object.hasOwn(scope, name))
            unknown([...at, 'facts', m], 'fact at this point', name, Object.keys(scope), 'unknown-fact')
        if (item.message !== undefined) checkMessage([...at, 'message'], item.message, scope)
        if (item.outcomes.length > 0) checkOutcomes(at, item.outcomes, item.onExpiry)
        // Whether a question is asked may depend on what was chosen just before.
        for (const question of item.questions)
          checkQuestion([...at, 'questions', question.name], question, { ...scope, ...factsOfItem(item, lookUps) })
        break
      case 'pay':
        used.add(`fees/${item.fee}`)
        feel([...at, 'reference'], item.reference, scope)
        if (item.party !== undefined) known([...at, 'party'], 'party', item.party, Object.keys(parties))
        if (known([...at, 'pay'], 'fee', item.fee, Object.keys(fees)))
          feelOf('number', ['fees', item.fee, 'amount'], fees[item.fee]?.amount, scope)
        break
      case 'refund':
        if (item.fee !== undefined) known([...at, 'refund'], 'fee', item.fee, Object.keys(fees))
        feel([...at, 'refund', 'payment'], item.payment, scope)
        feel([...at, 'refund', 'amount'], item.amount, scope)
        break
      case 'issue':
        used.add(`outputs/${item.output}`)
        if (known([...at, 'issue'], 'output', item.output, Object.keys(outputs)))
          feels(['outputs', item.output, 'facts'], (outputs[item.output] as Output).facts, scope)
        break
      case 'notify':
        checkMessage([...at, 'notify'], item.message, scope)
        break
      case 'write':
        checkWrite(item, [...at, 'write'], scope)
        break
      case 'when':
        feelOf('boolean', [...at, 'when'], item.when, scope)
        return meet(innerFlows(item, at).map((inner) => checkFlow(inner.items, inner.at, scope)))
      case 'choose':
        for (const [n, { when }] of item.branches.entries())
          feelOf('boolean', [...at, 'choose', n, 'when'], when, scope)
        return meet(innerFlows(item, at).map((inner) => checkFlow(inner.items, inner.at, scope)))
      case 'parallel':
        return Object.assign({}, scope, ...innerFlows(item, at).map((leg) => checkFlow(leg.items, leg.at, scope)))
      case 'each': {
        feel([...at, 'each', 'in'], item.in, scope)
        const inside = { ...scope, [item.as]: itemShape(item.in, scope) }
        const learned = checkFlow(item.do, [...at, 'each', 'do'], inside)
        feel([...at, 'each', 'collect', 'value'], item.collect?.value, learned ?? inside)
        break
      }
      case 'wait':
        feel([...at, 'wait', 'until'], item.until, scope)
        break
      case 'on':
        for (const [n, branch] of item.branches.entries()) feel([...at, 'on', n, 'key'], branch.key, scope)
        return meet(
          innerFlows(item, at).map((inner, n) =>
            checkFlow(inner.items, inner.at, {
              ...scope,
              ...(item.branches[n]?.event === undefined ? {} : { event: 'any' }),
            }),
          ),
        )
      case 'close':
        return undefined
      case 'step':
        feels([...at, 'with'], item.with, scope)
        checkFlow(item.undo, [...at, 'undo'], { ...scope, ...factsOfItem(item, lookUps) })
        break
    }
    return { ...scope, ...factsOfItem(item, lookUps) }
  }

  function itemShape(source: string, scope: Scope): Shape {
    const list = scope[source.trim()]
    return Array.isArray(list) && list[0] !== 'one of' ? (list[0] as Shape) : 'any'
  }

  /** After several ways, what any of them left may be known; it is null where it is not. */
  function meet(ends: (Scope | undefined)[]): Scope | undefined {
    const going = ends.filter((end) => end !== undefined)
    return going.length === 0 ? undefined : Object.assign({}, ...going)
  }

  function checkLookUp(name: string, scope: Scope) {
    used.add(`evidence/${name}`)
    const part = evidence[name] as Evidence
    const at: Place = ['evidence', name]
    feelOf('boolean', [...at, 'when'], part.when, scope)
    const isList = file.document.hasIn(['evidence', name, 'by', 0])
    for (const [n, { when, keys }] of part.by.entries()) {
      if (isList) feelOf('boolean', [...at, 'by', n, 'when'], when, scope)
      feels(isList ? [...at, 'by', n, 'keys'] : [...at, 'by'], keys, scope)
    }
    feels([...at, 'match'], part.match ?? {}, scope)
  }

  function checkOutcomes(at: Place, outcomes: string[], onExpiry: string | undefined) {
    if (outcomes.length === 0)
      report([...at, 'outcomes'], { code: 'missing-key', message: 'it has no outcomes', mend: 'add them' })
    if (onExpiry !== undefined) known([...at, 'on-expiry'], 'outcome', onExpiry, outcomes)
  }

  /** Who confirms, and when: it sees what the officers see, and how they decided. */
  function checkSecond(at: Place, { second, facts, outcomes }: TaskItem, scope: Scope) {
    if (second === undefined) return
    const place = [...at, 'second']
    if (Object.keys(country.roles).length > 0)
      known([...place, 'role'], 'role', second.role, Object.keys(country.roles))
    if (!(second.sample >= 0 && second.sample <= 1))
      report([...place, 'sample'], { code: 'bad-value', message: 'it is no share', mend: "write '10%', up to '100%'" })
    const seen = Object.fromEntries(facts.flatMap((name) => (scope[name] === undefined ? [] : [[name, scope[name]]])))
    feel([...place, 'when'], second.when, { ...seen, outcome: ['one of', ...outcomes], reason: 'string' })
  }

  function checkMessage(at: Place, name: string, scope: Scope) {
    used.add(`messages/${name}`)
    if (!known(at, 'message', name, Object.keys(messages))) return
    const { facts, to } = messages[name] as Message
    feels(['messages', name, 'facts'], facts, scope)
    known(['messages', name, 'to'], 'party', to, Object.keys(parties))
  }

  function checkWrite(item: WriteItem, at: Place, scope: Scope) {
    feels([...at, 'key'], item.key, scope)
    feels([...at, 'set'], item.set, scope)
    checkFlow(item.undo, [...at, 'undo'], { ...scope, ...factsOfItem(item, lookUps) })
    if (!known([...at, 'register'], 'register', item.register, declared.registers, 'unknown-register')) return
    const register = country.registers[item.register]
    if (register === undefined) return
    for (const key of Object.keys(item.key))
      if (checkField([...at, 'key', key], key, register))
        known([...at, 'key', key], 'identifier', key, register.identifiers)
    const agreement = checkAgreement(at, item.agreement, item.purpose, register)
    for (const field of Object.keys(item.set))
      if (
        checkField([...at, 'set', field], field, register) &&
        agreement !== undefined &&
        !agreement.writes.includes(field)
      )
        report([...at, 'set', field], {
          code: 'not-agreed',
          message: `the agreement '${agreement.id}' does not let '${field}' be written`,
          mend: "take it out, or add it to the agreement's 'writes'",
        })
  }

  function checkRest(start: Scope) {
    for (const [name, fee] of Object.entries(fees)) {
      feelOf('boolean', ['fees', name, 'when'], fee.when, withRules(start))
      if (!used.has(`fees/${name}`)) feelOf('number', ['fees', name, 'amount'], fee.amount, withRules(start))
    }
    for (const [name, { letter, credential, to }] of Object.entries(outputs)) {
      const at: Place = ['outputs', name]
      known([...at, 'to'], 'party', to, Object.keys(parties))
      if (letter === undefined && credential === undefined)
        report(at, { code: 'missing-key', message: 'nothing is made', mend: "add 'letter:' or 'credential:'" })
      if (letter !== undefined && !isDraft)
        known([...at, 'letter'], 'file', letter, Object.keys(service.files), 'missing-file')
    }
    if (service.clock !== undefined)
      for (const [n, { when }] of service.clock.variants.entries())
        feelOf('boolean', ['clock', 'variants', n, 'when'], when, service.facts)
    checkLife(start)
    for (const offer of service.offers) {
      const at: Place = ['offers', offer.name]
      const scope: Scope = { event: 'any', today: 'date' }
      checkTrigger(at, offer, 'prefill', Object.keys(offer.prefill))
      feel([...at, 'person'], offer.person, scope)
      feels([...at, 'prefill'], offer.prefill, scope)
      const prefilled = Object.keys(offer.prefill).map((name) => [name, service.facts[name] ?? 'any'] as const)
      checkMessage([...at, 'message'], offer.message, { ...scope, ...Object.fromEntries(prefilled) })
    }
    for (const [n, item] of service.starts.entries()) {
      checkTrigger(['starts', n], item, 'set', Object.keys(item.set))
      feel(['starts', n, 'person'], item.person, { event: 'any', today: 'date' })
      feels(['starts', n, 'set'], item.set, { event: 'any', today: 'date' })
    }
  }

  /** What begins an offer or a case: when, from which records, and that it fills in answers which the form takes. */
  function checkTrigger(at: Place, { event, records, when }: Start | Offer, part: 'set' | 'prefill', sets: string[]) {
    feelOf('boolean', [...at, 'when'], when, { event: 'any', today: 'date' })
    const every = everyOf(event)
    if (every !== undefined && !isTerm(every))
      report([...at, 'event'], {
        code: 'not-a-term',
        message: `'${every}' is no term`,
        mend: "write for example 'every: 1 day'",
      })
    const questions = service.form.flatMap((page) => page.questions.map(({ name }) => name))
    for (const name of sets) known([...at, part, name], 'question', name, questions)
    if (records === undefined) return
    const place: Place = [...at, 'records']
    if (every === undefined)
      report(place, {
        code: 'missing-key',
        message: 'records are looked at by time, and the event says no time',
        mend: "write 'event: \"every: 1 day\"', or take 'records:' out",
      })
    if ((records.before === undefined) === (records.after === undefined))
      report(place, {
        code: 'missing-key',
        message: 'it must say either how long before or how long after the date',
        mend: "write 'before: 60 days' or 'after: 60 days'",
      })
    if (!known([...place, 'register'], 'register', records.register, Object.keys(country.registers))) return
    const register = country.registers[records.register] as Register
    known([...place, 'date'], 'index', records.date, register.indexes)
    const agreement = checkAgreement(place, records.agreement, records.purpose, register)
    for (const field of [...records.fields, records.date])
      if (checkField([...place, 'fields'], field, register) && agreement && !agreement.fields.includes(field))
        report([...place, 'fields'], {
          code: 'not-agreed',
          message: `the agreement '${agreement.id}' does not let '${field}' be read`,
          mend: "take it out, or add it to the agreement's 'reads'",
        })
  }

  /** What holds beyond the flow: appeal, what a result does to a contested decision, one case a matter, terms of keeping. */
  function checkLife(start: Scope) {
    const { appeal, clock, contests = {}, archive } = service
    const results = new Set(
      [...eachItem(service.flow)].flatMap(({ item }) => (item.kind === 'close' ? item.result : [])),
    )
    if (appeal !== undefined) {
      known(['appeal', 'to'], 'agency', appeal.to, declared.agencies)
      for (const [n, result] of appeal.results.entries())
        known(['appeal', 'results', n], 'result', result, [...results])
      const other = country.services[appeal.by]
      if (!isDraft && (other?.contests === undefined || other.authority !== appeal.to))
        report(['appeal'], {
          code: 'no-appeal',
          message: `'${appeal.by}' is no service of '${appeal.to}' by which one appeals`,
          mend: "name one with 'by:', whose authority it is and which says what its results do under 'contests:'",
        })
    }
    for (const result of Object.keys(contests)) known(['contests', result], 'result', result, [...results])
    for (const result of Object.keys(archive?.results ?? {}))
      known(['archive', 'results', result], 'result', result, [...results, 'withdrawn'])
    feel(['one-per'], service.onePer, start)
    for (const [name, outcome] of Object.entries(clock?.supposes ?? {})) {
      const task = [...eachItem(service.flow)].find(({ item }) => item.kind === 'task' && item.name === name)?.item
      if (task?.kind !== 'task')
        report(['clock', 'supposes', name], {
          code: 'unknown-task',
          message: `there is no task '${name}'`,
          mend: 'name a task of the flow',
        })
      else known(['clock', 'supposes', name], 'outcome', outcome, task.outcomes)
    }
  }

  function checkOffers() {
    if (offers === undefined) return
    const told = new Set<string>()
    for (const need of service.needs) {
      const name = `${need.what} ${need.name}`
      if (isOffered(need, offers) || told.has(name)) continue
      told.add(name)
      report(
        need.at.split('/').map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
        {
          code: 'not-offered',
          message: `no block offers the ${need.what} '${need.name}' yet`,
          mend: isDraft
            ? 'it stays a draft until one does'
            : `${suggest(need.name, offeredOf(need.what, offers))}, or add 'status: draft'`,
        },
      )
    }
  }

  function checkUnused() {
    const unused = (at: Place, what: string, mend: string) =>
      report(at, { code: 'unused', message: `${what} is never used`, mend, severity: 'warning' })
    const texts = JSON.stringify([service.fees, service.form])
    for (const name of Object.keys(messages))
      if (!used.has(`messages/${name}`))
        unused(['messages', name], `the message '${name}'`, `add 'notify: ${name}' or take it out`)
    for (const name of Object.keys(outputs))
      if (!used.has(`outputs/${name}`))
        unused(['outputs', name], `the output '${name}'`, `add 'issue: ${name}' or take it out`)
    for (const { name } of Object.values(rules).filter(({ model }) => !model?.implied))
      if (!used.has(`rules/${name}`) && !new RegExp(`\\b${name}\\b`).test(texts))
        unused(['rules', name], `the rule '${name}'`, `add 'decide: ${name}' or take it out`)
    for (const { file: path } of models) {
      const isUsed = Object.values(rules).some(
        ({ name, model }) =>
          model &&
          (model.file === path || model.imports.includes(service.files[path]!)) &&
          (!model.implied || used.has(`rules/${name}`)),
      )
      if (!isUsed)
        beside(path, 1, {
          code: 'unused',
          message: 'no decision of this file is ever used',
          mend: "add 'decide: <a decision>' or take the file out",
          severity: 'warning',
        })
    }
    for (const [name, { at }] of Object.entries(evidence))
      if (at === 'flow' && !used.has(`evidence/${name}`))
        unused(['evidence', name], `the evidence '${name}'`, `add 'look-up: ${name}' or take it out`)
  }
}
