-- The work of offices: second looks, skills and assignment, saved views, work on many at once, hints and joined cases.

alter table cases.case
  add column applicant_kind text,
  -- Keyed hashes, to find the same application or the same thing again; null where the case is older than this.
  add column answers_digest uuid,
  add column object_digest uuid;
create index case_same_object on cases.case (tenant, object_digest) where object_digest is not null and closed_at is null;

alter table cases.task
  add column applicant_kind text,
  -- What whoever does it must be able to do.
  add column skills text[] not null default '{}',
  -- Who confirms, and how often: { role, sample, when }.
  add column second jsonb,
  -- Whether many may be decided at once.
  add column bulk boolean not null default false,
  -- While a decision waits to be confirmed: who proposed it, and the role that it goes back to.
  add column proposed_by text,
  add column first_role text,
  -- Who gave it to whom it is with; null if they took it.
  add column assigned_by text,
  -- The task of another case with which it is decided together.
  add column joined_to uuid;
alter table cases.task drop constraint task_state_check;
alter table cases.task add constraint task_state_check
  check (state in ('open', 'claimed', 'proposed', 'done', 'expired', 'cancelled')) not valid;
create index task_opened on cases.task (tenant, role, unit, opened_at, id) where ended_at is null;
create index task_reference on cases.task (tenant, reference text_pattern_ops) where ended_at is null;
create index task_joined on cases.task (joined_to) where joined_to is not null;

alter table cases.decision add column confirmed_by text;

-- A decision that takes effect when a second person confirms it.
create table cases.proposal (
  id uuid primary key,
  task uuid not null,
  case_id uuid not null,
  tenant text not null,
  person uuid not null,
  outcome text not null,
  reason text,
  note bytea,
  -- Whether chance chose it, or the definition.
  sampled boolean not null,
  state text not null check (state in ('waiting', 'confirmed', 'returned')),
  proposed_by text not null,
  proposed_at timestamptz not null,
  reviewed_by text,
  reviewed_at timestamptz,
  -- What the second person wrote, sealed.
  review bytea
);
create index proposal_of_case on cases.proposal (case_id, proposed_at);
create unique index proposal_waiting on cases.proposal (task) where state = 'waiting';

create table cases.saved_view (
  id uuid primary key,
  tenant text not null,
  owner text not null,
  -- Shared with everybody of this unit; null: the owner's alone.
  unit text,
  name text not null,
  filter jsonb not null,
  saved_at timestamptz not null
);
create index saved_view_of_owner on cases.saved_view (tenant, owner);
create index saved_view_of_unit on cases.saved_view (tenant, unit) where unit is not null;

create table cases.absence (
  id uuid primary key,
  tenant text not null,
  officer text not null,
  first_day date not null,
  last_day date not null,
  noted_by text not null,
  noted_at timestamptz not null
);
create index absence_of_tenant on cases.absence (tenant, last_day);

-- Who has declared that a case concerns them, and so has nothing to do with it.
create table cases.conflict (
  case_id uuid not null,
  officer text not null,
  tenant text not null,
  person uuid not null,
  declared_at timestamptz not null,
  primary key (case_id, officer)
);

create table cases.link (
  id uuid primary key,
  tenant text not null,
  person uuid not null,
  -- The case that leads, and the one that goes with it.
  case_id uuid not null,
  other uuid not null,
  kind text not null check (kind in ('joined', 'related')),
  made_by text not null,
  made_at timestamptz not null,
  undone_by text,
  undone_at timestamptz
);
create index link_of_case on cases.link (case_id) where undone_at is null;
create unique index link_of_other on cases.link (other) where undone_at is null and kind = 'joined';

-- Work on many at once: what was chosen, what was to be done, and what became of each.
create table cases.bulk (
  id uuid primary key,
  tenant text not null,
  officer text not null,
  act text not null check (act in ('assign', 'release', 'note', 'decide')),
  input jsonb not null,
  -- Free text, sealed.
  note bytea,
  -- Roles and unit of who began it.
  context jsonb not null,
  state text not null check (state in ('prepared', 'running', 'done', 'undone')),
  prepared_at timestamptz not null,
  started_at timestamptz,
  -- Until then it can be undone; what cannot be taken back happens only then.
  undo_until timestamptz,
  ended_at timestamptz
);
create index bulk_of_officer on cases.bulk (tenant, officer, prepared_at desc);
create table cases.bulk_row (
  bulk uuid not null,
  place integer not null,
  tenant text not null,
  person uuid not null,
  task uuid not null,
  case_id uuid not null,
  reference text not null,
  -- Of the case, when it was prepared.
  version integer not null,
  state text not null check (state in ('waiting', 'held', 'done', 'refused', 'undone')),
  -- The code of what speaks against it.
  problem text,
  -- How the task was, to put it back.
  before jsonb,
  primary key (bulk, place)
);
create index bulk_row_of_task on cases.bulk_row (task) where state = 'held';

-- That a list left the house: who, which, how many.
create table cases.list_export (
  id uuid primary key,
  tenant text not null,
  officer text not null,
  format text not null,
  list text not null,
  filter jsonb not null,
  rows integer not null,
  at timestamptz not null
);
create index list_export_of_tenant on cases.list_export (tenant, at desc);
revoke update, delete, truncate on cases.list_export from ashlar_cases;

alter table cases.proposal enable row level security;
alter table cases.proposal force row level security;
create policy wall on cases.proposal using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));
alter table cases.saved_view enable row level security;
alter table cases.saved_view force row level security;
create policy wall on cases.saved_view using (kernel.sees(tenant, null)) with check (kernel.sees(tenant, null));
alter table cases.absence enable row level security;
alter table cases.absence force row level security;
create policy wall on cases.absence using (kernel.sees(tenant, null)) with check (kernel.sees(tenant, null));
alter table cases.conflict enable row level security;
alter table cases.conflict force row level security;
create policy wall on cases.conflict using (kernel.sees(tenant, null)) with check (kernel.sees(tenant, null));
alter table cases.link enable row level security;
alter table cases.link force row level security;
create policy wall on cases.link using (kernel.sees(tenant, null)) with check (kernel.sees(tenant, null));
alter table cases.bulk enable row level security;
alter table cases.bulk force row level security;
create policy wall on cases.bulk using (kernel.sees(tenant, null)) with check (kernel.sees(tenant, null));
alter table cases.bulk_row enable row level security;
alter table cases.bulk_row force row level security;
create policy wall on cases.bulk_row using (kernel.sees(tenant, null)) with check (kernel.sees(tenant, null));
alter table cases.list_export enable row level security;
alter table cases.list_export force row level security;
create policy wall on cases.list_export using (kernel.sees(tenant, null)) with check (kernel.sees(tenant, null));
