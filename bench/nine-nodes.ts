// The process that is measured, as our engine reads it and as bpmn-engine does: nine nodes with a wait in the middle.

/** Start, two tasks around a gateway, a wait, the same again, end. */
const nodes = (task: (id: string, n: number) => string, condition: (text: string) => string, wait: string) => `
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="http://ashlar"><process id="nine" isExecutable="true">
<startEvent id="start"/>${task('one', 1)}<exclusiveGateway id="which" default="f3"/>${task('two', 2)}${wait}${task('four', 4)}
<exclusiveGateway id="whether" default="f7"/>${task('five', 5)}<endEvent id="end"/><endEvent id="other"/>
<sequenceFlow id="f1" sourceRef="start" targetRef="one"/><sequenceFlow id="f2" sourceRef="one" targetRef="which"/>
<sequenceFlow id="f3" sourceRef="which" targetRef="two"/>
<sequenceFlow id="f3b" sourceRef="which" targetRef="other">${condition('amount &gt; 1000')}</sequenceFlow>
<sequenceFlow id="f4" sourceRef="two" targetRef="wait"/><sequenceFlow id="f5" sourceRef="wait" targetRef="four"/>
<sequenceFlow id="f6" sourceRef="four" targetRef="whether"/><sequenceFlow id="f7" sourceRef="whether" targetRef="five"/>
<sequenceFlow id="f7b" sourceRef="whether" targetRef="other">${condition('amount &gt; 2000')}</sequenceFlow>
<sequenceFlow id="f8" sourceRef="five" targetRef="end"/></process></definitions>`

export const ours = nodes(
  (id, n) =>
    `<scriptTask id="${id}"><extensionElements><zeebe:script expression="=amount + ${n}" resultVariable="${id}"/></extensionElements></scriptTask>`,
  (text) => `<conditionExpression>=${text}</conditionExpression>`,
  '<serviceTask id="wait"><extensionElements><zeebe:taskDefinition type="bench.wait"/></extensionElements></serviceTask>',
)
/** The same without the work of scripts and conditions, which bpmn-engine would have to be given in JavaScript. */
export const theirs = nodes(
  (id) => `<task id="${id}"/>`,
  () =>
    '<conditionExpression xsi:type="tFormalExpression" language="javascript">next(null, false);</conditionExpression>',
  '<userTask id="wait"/>',
)
