-- Decisions that rules made, each with its trace, and the rule tables as they were.

create table decisions.rule_table (
  hash text primary key,
  rule text not null,
  source jsonb not null,
  shape jsonb not null,
  recorded_at timestamptz not null
);
comment on table decisions.rule_table is 'platform: rule tables by the hash of their content, as public services declared them; no person in them';
-- What a decision was made by stays as it was.
revoke update, delete, truncate on decisions.rule_table from ashlar_decisions;

create table decisions.decision (
  id uuid primary key,
  key text not null unique,
  tenant text not null,
  person uuid,
  case_id uuid not null,
  service text not null,
  version text not null,
  rule text not null,
  table_hash text not null references decisions.rule_table (hash),
  hits integer[] not null,
  -- The trace: facts, inputs, rows and result. Sealed by the person's key; in the clear only where there is no person.
  sealed bytea,
  clear jsonb,
  decided_at timestamptz not null,
  check ((person is null) = (sealed is null) and (sealed is null) <> (clear is null))
);
create index decision_of_case on decisions.decision (case_id, decided_at, id);
create index decision_of_person on decisions.decision (person, decided_at) where person is not null;
create index decision_by_table on decisions.decision (table_hash, id);
alter table decisions.decision enable row level security;
alter table decisions.decision force row level security;
create policy decision_seen on decisions.decision using (kernel.sees(tenant, person));
revoke update, delete, truncate on decisions.decision from ashlar_decisions;
