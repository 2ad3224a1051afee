-- Cases: drafts, applications, cases with their tasks, decisions, requests for information and timeline.
-- `person` is the applicant, or the bearer's id of somebody who did not sign in; what is sealed is sealed for them.

create table cases.draft (
  id uuid primary key,
  service text not null,
  service_version text not null,
  tenant text not null,
  person uuid not null,
  anonymous boolean not null,
  -- The case that it contests.
  about uuid,
  channel text not null,
  language text not null,
  state text not null check (state in ('open', 'submitted', 'discarded', 'expired')),
  version integer not null,
  -- Answers, evidence and which pages are done, sealed.
  content bytea,
  -- A keyed hash of the code that opens it on another device.
  code uuid,
  code_until timestamptz,
  started_at timestamptz not null,
  saved_at timestamptz not null,
  expires_at timestamptz not null
);
create index draft_of_person on cases.draft (person, saved_at desc) where state = 'open';
create unique index draft_code on cases.draft (code) where code is not null;
create index draft_expiry on cases.draft (expires_at) where state = 'open';

create table cases.application (
  id uuid primary key,
  case_id uuid not null unique,
  -- One draft is submitted once; null where an application came in one piece.
  draft uuid unique,
  reference text not null unique,
  service text not null,
  service_version text not null,
  tenant text not null,
  person uuid not null,
  anonymous boolean not null,
  channel text not null,
  language text not null,
  content bytea not null,
  submitted_by text not null,
  submitted_at timestamptz not null
);

create table cases.case (
  id uuid primary key,
  reference text not null unique,
  service text not null,
  service_version text not null,
  tenant text not null,
  person uuid not null,
  anonymous boolean not null,
  about uuid,
  status text not null check (status in ('received', 'in-progress', 'suspended', 'closed')),
  -- Whose turn it is: the office's, the applicant's, or what a step waits for.
  waits_for text,
  -- Since when a step of the process cannot go on without a person.
  stuck_since timestamptz,
  result text,
  version integer not null,
  term text,
  deadline timestamptz,
  paused_at timestamptz,
  breached_at timestamptz,
  submitted_at timestamptz not null,
  closed_at timestamptz
) with (fillfactor = 80);
create index case_of_person on cases.case (person, submitted_at desc, id desc);
create index case_about on cases.case (about) where about is not null;
create index case_due on cases.case (deadline) where breached_at is null and closed_at is null and paused_at is null;
create index case_of_tenant on cases.case (tenant, service, submitted_at desc, id desc);

create table cases.task (
  id uuid primary key,
  -- The process's key for it.
  key text not null unique,
  case_id uuid not null,
  reference text not null,
  service text not null,
  name text not null,
  role text not null,
  -- Empty: any unit.
  unit text not null,
  tenant text not null,
  person uuid not null,
  state text not null check (state in ('open', 'claimed', 'done', 'expired', 'cancelled')),
  outcomes text[] not null,
  reasons jsonb not null,
  on_expiry text,
  -- What the officer sees of the case for it, sealed.
  facts bytea not null,
  term text,
  due timestamptz,
  -- When the law wants it done: the task's own term or the case's; infinity if neither has one.
  sort_due timestamptz not null,
  claimed_by text,
  claimed_at timestamptz,
  opened_at timestamptz not null,
  ended_at timestamptz
) with (fillfactor = 80);
create index task_of_case on cases.task (case_id);
create index task_queue on cases.task (tenant, role, unit, sort_due, id) where ended_at is null;
create index task_queue_of_service on cases.task (tenant, role, unit, service, sort_due, id) where ended_at is null;
create index task_claimed on cases.task (tenant, claimed_by, sort_due, id) where ended_at is null and claimed_by is not null;

create table cases.decision (
  id uuid primary key,
  -- A task is decided once: by an officer, or by the law when its term has passed.
  task uuid not null unique,
  case_id uuid not null,
  tenant text not null,
  person uuid not null,
  outcome text not null,
  reason text,
  deemed boolean not null,
  -- Free text and further answers, sealed.
  note bytea,
  decided_by text not null,
  decided_at timestamptz not null
);
create index decision_of_case on cases.decision (case_id);

create table cases.request (
  id uuid primary key,
  key text not null unique,
  case_id uuid not null,
  tenant text not null,
  person uuid not null,
  -- The `ask` of the flow; null: an officer asked in own words.
  name text,
  state text not null check (state in ('open', 'answered', 'expired', 'withdrawn')),
  question bytea,
  answer bytea,
  outcome text,
  due timestamptz,
  asked_by text not null,
  asked_at timestamptz not null,
  ended_at timestamptz
);
create index request_of_case on cases.request (case_id);
create index request_of_person on cases.request (person, asked_at) where state = 'open';

create table cases.timeline (
  id uuid primary key,
  case_id uuid not null,
  tenant text not null,
  person uuid not null,
  at timestamptz not null,
  kind text not null,
  -- 'all': applicant and office; 'office': only the office.
  audience text not null check (audience in ('all', 'office')),
  actor text not null,
  -- Names of things, never free text.
  data jsonb not null,
  note bytea
);
create index timeline_of_case on cases.timeline (case_id, id);

revoke update, delete, truncate on cases.application, cases.decision, cases.timeline from ashlar_cases;

alter table cases.draft enable row level security;
alter table cases.draft force row level security;
-- An agency does not see what was not submitted to it.
create policy wall on cases.draft using (kernel.sees(null, person)) with check (kernel.sees(null, person));
alter table cases.application enable row level security;
alter table cases.application force row level security;
create policy wall on cases.application using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));
alter table cases.case enable row level security;
alter table cases.case force row level security;
create policy wall on cases.case using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));
alter table cases.task enable row level security;
alter table cases.task force row level security;
create policy wall on cases.task using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));
alter table cases.decision enable row level security;
alter table cases.decision force row level security;
create policy wall on cases.decision using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));
alter table cases.request enable row level security;
alter table cases.request force row level security;
create policy wall on cases.request using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));
alter table cases.timeline enable row level security;
alter table cases.timeline force row level security;
create policy wall on cases.timeline using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));
