-- Processes: instances, the commands that they give to other blocks, their history and their incidents.
-- There are no foreign keys between these: all are written by one hand in one transaction, and many at a time.

create table workflow.instance (
  id uuid primary key,
  -- The same key starts one instance.
  key text not null unique,
  case_id uuid not null,
  service text not null,
  version text not null,
  tenant text not null,
  -- The applicant; whom the facts are sealed for.
  person uuid not null,
  status text not null check (status in ('running', 'ended', 'cancelled')),
  -- Where it stands: small, no personal data.
  state jsonb not null,
  -- What it knows, sealed.
  facts bytea not null,
  revision integer not null,
  result text,
  started_at timestamptz not null,
  moved_at timestamptz not null,
  ended_at timestamptz
) with (fillfactor = 70);
create index instance_of_case on workflow.instance (case_id);

create table workflow.command (
  -- '<instance>:<node>:<visit>'
  key text collate "C" primary key,
  instance uuid not null,
  step text not null,
  tenant text not null,
  person uuid not null,
  input bytea not null,
  -- The outcome that the law supposes when its term has passed.
  on_expiry jsonb,
  due timestamptz,
  detached boolean not null,
  state text not null check (state in ('pending', 'waiting', 'done', 'failed', 'cancelled')),
  outcome bytea,
  asked_at timestamptz not null,
  ended_at timestamptz
) with (fillfactor = 70);

create table workflow.history (
  instance uuid not null,
  revision integer not null,
  tenant text not null,
  person uuid not null,
  at timestamptz not null,
  -- What moved it, and the nodes that it passed.
  happening jsonb not null,
  path text[] not null,
  primary key (instance, revision)
);
revoke update, delete, truncate on workflow.history from ashlar_workflow;

create table workflow.incident (
  id uuid primary key,
  instance uuid not null,
  case_id uuid not null,
  service text not null,
  tenant text not null,
  person uuid not null,
  key text not null,
  step text,
  code text not null,
  detail text not null,
  raised_at timestamptz not null,
  mended_at timestamptz,
  mended_by text
);
-- One open incident for each piece of work.
create unique index incident_open on workflow.incident (key) where mended_at is null;
create index incident_of_tenant on workflow.incident (tenant, raised_at) where mended_at is null;
create index incident_of_instance on workflow.incident (instance);

alter table workflow.instance enable row level security;
alter table workflow.instance force row level security;
create policy wall on workflow.instance using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));
alter table workflow.command enable row level security;
alter table workflow.command force row level security;
create policy wall on workflow.command using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));
alter table workflow.history enable row level security;
alter table workflow.history force row level security;
create policy wall on workflow.history using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));
alter table workflow.incident enable row level security;
alter table workflow.incident force row level security;
create policy wall on workflow.incident using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));
