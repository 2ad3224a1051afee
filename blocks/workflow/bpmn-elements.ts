// Which elements of BPMN 2.0 are executed, and how; which are refused when a process is loaded. The docs print this table.

/** Each has a test of the same name in bpmn.test.ts. */
export const executed = {
  'none start event': 'A case begins here; one in each process and embedded sub-process.',
  'timer start event': 'Starts an instance at a date, every so often, or by cron of six fields in the country’s zone.',
  'message start event': 'A message to the service starts an instance; the same message id starts one.',
  'signal start event': 'A signal starts an instance.',
  'none end event':
    'Ends its path; the last one ends the scope. The property `result` names the result of the process.',
  'terminate end event': 'Ends its scope and all that still waits in it.',
  'error end event': 'Caught by the nearest event with its code, else by one without a code; by nobody: an incident.',
  'escalation event':
    'Thrown between or at the end; caught by boundary events and event sub-processes; by nobody: goes on.',
  'message end and throw event':
    'With `zeebe:taskDefinition` a step; with `zeebe:publishMessage` a message to waiting instances.',
  'signal throw and end event': 'Told to all that wait for it, this instance included.',
  'none throw event': 'A place that is passed, and stands in the history.',
  'link events': 'A jump to the event that catches the link, in the same level.',
  'message catch event':
    'Waits for a message with its correlation key; messages that come early are kept for their time to live.',
  'signal catch event': 'Waits for a signal.',
  'timer catch event': 'A date, an ISO 8601 duration, a term of the law (`10 working days`), or FEEL.',
  'boundary timer, interrupting': 'Withdraws the work of the activity and goes its own way.',
  'boundary timer, not interrupting': 'Goes its own way beside the activity; a cycle comes again.',
  'boundary message and signal': 'The same for messages and signals.',
  'boundary error': 'A step that is refused with this code, or an error inside a sub-process.',
  'exclusive gateway': 'The first flow whose condition holds, or the default; none: an incident.',
  'inclusive gateway':
    'All flows whose conditions hold; waits where they meet as long as a token may still come (13.4.3).',
  'parallel gateway': 'All flows; waits for one token on each.',
  'event-based gateway': 'The first event that happens decides; the others are forgotten.',
  'several flows from an activity': 'All of them; with conditions, those that hold.',
  'user task':
    'The step `cases.task`: the candidate group is the role; properties `outcomes`, `reasons.<outcome>`, `facts`, `within`, `onExpiry`, `unit`. The group `applicant` asks the applicant.',
  'service task':
    'The step that `zeebe:taskDefinition` names; told by `zeebe:ioMapping`, or by what the service declares.',
  'script task': 'FEEL of `zeebe:script`, or a step.',
  'business rule task': 'A rule of the service (`zeebe:calledDecision`), with its trace, or a step.',
  'send task': 'A step, or a message to waiting instances.',
  'receive task': 'Waits for a message with its correlation key.',
  'manual task and task': 'Passed; nobody waits for it.',
  'embedded sub-process': 'A scope; facts handed in are its own, the others are those around it.',
  'event sub-process':
    'Started by message, timer, signal, error or escalation; interrupting or not; of the process too.',
  'call activity': 'A process of the same file, under the id of its caller; facts are handed in and out.',
  'multi-instance, parallel':
    'One for each item, each with facts of its own; collects results; `completionCondition` ends the rest.',
  'multi-instance, sequential': 'One after the other.',
  'standard loop': 'As long as the condition holds; `testBefore`, `loopMaximum`.',
  'data mapping': '`zeebe:input` before, `zeebe:output` after, in FEEL; targets may have dots.',
  compensation:
    'Thrown between or at the end, for the scope or one activity; the last done first; also of sub-processes that have ended.',
} as const

export type Executed = keyof typeof executed

/** What stands in a file for people only. */
export const drawn = [
  'diagram, lanes, pools and message flows',
  'text annotations, groups, associations but those of compensation',
  'data objects and data stores, with associations that assign nothing',
]

/** Fragments that are refused when a file is loaded, by name; bpmn.test.ts loads each. */
export const refused: { what: string; mend: string; xml: string }[] = [
  {
    what: 'transaction',
    mend: 'a sub-process with an error event, and compensation',
    xml: '<transaction id="x"><startEvent id="y"/></transaction>',
  },
  { what: 'ad-hoc sub-process', mend: 'tasks in order, or in parallel', xml: '<adHocSubProcess id="x"/>' },
  { what: 'complex gateway', mend: 'an inclusive gateway with conditions', xml: '<complexGateway id="x"/>' },
  {
    what: 'cancel event',
    mend: 'an error event',
    xml: '<endEvent id="x"><cancelEventDefinition/></endEvent>',
  },
  {
    what: 'conditional event',
    mend: 'an exclusive gateway, or a message',
    xml: '<intermediateCatchEvent id="x"><conditionalEventDefinition/></intermediateCatchEvent>',
  },
  {
    what: 'event of several kinds',
    mend: 'an event for each, behind an event-based gateway',
    xml: '<endEvent id="x"><terminateEventDefinition/><signalEventDefinition signalRef="s"/></endEvent>',
  },
  {
    what: 'gateway or task that starts the process',
    mend: 'a start event',
    xml: '<eventBasedGateway id="x" instantiate="true"/>',
  },
  {
    what: 'data of the standard (ioSpecification, assignments)',
    mend: 'zeebe:ioMapping in FEEL',
    xml: '<userTask id="x"><ioSpecification><dataInput id="d"/></ioSpecification></userTask>',
  },
  {
    what: 'resource roles of the standard',
    mend: 'zeebe:assignmentDefinition',
    xml: '<userTask id="x"><potentialOwner/></userTask>',
  },
  {
    what: 'scripts and conditions in other languages than FEEL',
    mend: 'FEEL',
    xml: '<scriptTask id="x" scriptFormat="groovy"><script>1</script></scriptTask>',
  },
  {
    what: 'extensions of other engines (Camunda 7, Activiti, Flowable)',
    mend: 'zeebe: as Camunda 8 does',
    xml: '<serviceTask id="x" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" camunda:class="org.x.Y"/>',
  },
  {
    what: 'listeners (zeebe:executionListeners, zeebe:taskListeners)',
    mend: 'a task before or after',
    xml: '<task id="x"><extensionElements><zeebe:executionListeners/></extensionElements></task>',
  },
  {
    what: 'named people, dates and several roles of a user task',
    mend: 'one role as candidate group; the property `within`',
    xml: '<userTask id="x"><extensionElements><zeebe:assignmentDefinition assignee="me"/></extensionElements></userTask>',
  },
  {
    what: 'names that are computed (task type, process, decision, message)',
    mend: 'the name itself; what differs goes into the correlation key',
    xml: '<serviceTask id="x"><extensionElements><zeebe:taskDefinition type="=kind"/></extensionElements></serviceTask>',
  },
  {
    what: 'compensation that nobody waits for',
    mend: 'waitForCompletion',
    xml: '<endEvent id="x"><compensateEventDefinition waitForCompletion="false"/></endEvent>',
  },
  {
    what: 'boundary event on what is done at once',
    mend: 'a sub-process around it',
    xml: '<task id="x"/><boundaryEvent id="y" attachedToRef="x"><signalEventDefinition signalRef="s"/></boundaryEvent>',
  },
  {
    what: 'element to which nothing leads',
    mend: 'a sequence flow',
    xml: '<manualTask id="x"/>',
  },
  {
    what: 'start and completion quantities, behaviours of multi-instance other than All',
    mend: 'a loop, or an event inside',
    xml: '<task id="x" startQuantity="2"/>',
  },
]
