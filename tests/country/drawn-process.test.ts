// Proves that a public service may be drawn: the country is checked with its process.bpmn, which runs as its flow would.
import assert from 'node:assert/strict'
import test from 'node:test'
import { checkCountry, readCountry } from '@ashlar/catalogue'
import { compileFeel, toJson } from '@ashlar/kernel/feel'
import { checkProcess, compileProcess, rehearse } from '@ashlar/workflow'

const bpmn = (more = '') => `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"><process id="permit" isExecutable="true"><startEvent id="start"/>
<userTask id="decide-permit"><extensionElements><zeebe:assignmentDefinition candidateGroups="permit-officer"/><zeebe:properties>
<zeebe:property name="outcomes" value="grant, refuse"/><zeebe:property name="facts" value="purpose"/></zeebe:properties></extensionElements></userTask>
<exclusiveGateway id="which" default="no"/>
<sequenceFlow id="a" sourceRef="start" targetRef="decide-permit"/><sequenceFlow id="b" sourceRef="decide-permit" targetRef="which"/>
<sequenceFlow id="yes" sourceRef="which" targetRef="granted"><conditionExpression>=decidePermit.outcome = "grant"</conditionExpression></sequenceFlow>
<sequenceFlow id="no" sourceRef="which" targetRef="refused"/>
${['granted', 'refused']
  .map(
    (id) =>
      `<endEvent id="${id}"><extensionElements><zeebe:properties><zeebe:property name="result" value="${id}"/></zeebe:properties></extensionElements></endEvent>`,
  )
  .join('')}
${more}</process></definitions>`

const files = (process: string, flow = '') =>
  new Map([
    [
      'country.yaml',
      `country: lowland
version: 1.0.0
name: { en: Lowland }
languages: [{ code: en, name: English, direction: ltr }]
currency: { code: LWD, decimals: 2, name: { en: Dollar } }
zone: UTC
weekend: [0, 6]
holidays: []
people: population
`,
    ],
    ['agencies/labour.yaml', 'agency: labour\nname: { en: Labour Office }\nabbreviation: { en: LO }\n'],
    ['services/permit/process.bpmn', process],
    [
      'services/permit/service.yaml',
      `service: permit
version: 1.0.0
authority: labour
law: [Permit Act s.1]
audience: [person]
channels: [web, api]
sign-in: low
prefix: PM
parties: { applicant: { is: person } }
form:
  - page: purpose
    questions:
      purpose: { type: choice, options: [work, other] }
${flow}`,
    ],
  ])

const aboutProcess = (process: string, flow?: string) => {
  const { problems } = checkCountry(readCountry('lowland', files(process, flow)), { checkProcess })
  return problems.filter(({ file, code }) => /process\.bpmn$/.test(file) || ['two-processes', 'no-end'].includes(code))
}

test('a service is drawn instead of written, and runs', () => {
  assert.deepEqual(aboutProcess(bpmn()), [])
  const { country } = readCountry('lowland', files(bpmn()))
  const service = country!.services.permit!

  const graph = compileProcess(service)
  const rules = {
    now: new Date('2026-03-02T09:00:00Z'),
    evaluate: (source: string, facts: object) => toJson(compileFeel(source).evaluate(facts as never)) as never,
    decide: () => ({ output: null, trace: null }),
    deadline: (from: Date) => from,
    money: (value: number) => ({ value, currency: 'LWD' }),
  }
  const played = rehearse(graph, { purpose: 'work' }, rules, () => ({ done: { outcome: 'grant' } }))

  assert.equal(played.result, 'granted')
  assert.equal(played.commands[0]?.step, 'cases.task')
  assert.deepEqual(
    service.flow.map((item) => (item.kind === 'task' ? [item.name, item.outcomes] : [item.kind])),
    [['decide-permit', ['grant', 'refuse']], ['close'], ['close']],
  )
  assert.ok(service.needs.some(({ name }) => name === 'cases.task'))
})

test('what is not executed stops the country from being published, with file and line', () => {
  const [problem] = aboutProcess(bpmn('\n<complexGateway id="odd"/>'))

  assert.equal(problem?.file, 'services/permit/process.bpmn')
  assert.equal(problem?.severity, 'error')
  assert.match(problem?.message ?? '', /^odd: the complexGateway/)
  assert.ok((problem?.line ?? 0) > 10)
})

test('a service has one process: written or drawn', () => {
  const problems = aboutProcess(bpmn(), 'flow:\n  - close: granted\n')

  assert.deepEqual(
    problems.map(({ code }) => code),
    ['two-processes'],
  )
})
