-- The ground of every block: the walls' predicate, outbox, subscriptions, jobs, dead letters, stored answers, clock.

create table kernel.migration (
  block text not null,
  file text not null,
  hash text not null,
  applied_at timestamptz not null,
  primary key (block, file)
);
comment on table kernel.migration is 'platform: which migration files have run, forward only';

-- Whether the one who acts may see a row of this tenant or person. Inlined into the plan of each query.
create function kernel.sees(tenant text, person uuid) returns boolean
language sql stable parallel safe
return current_setting('ashlar.tenant', true) = '*'
  or tenant = nullif(current_setting('ashlar.tenant', true), '')
  or person = nullif(current_setting('ashlar.subject', true), '')::uuid;

create table kernel.outbox (
  id uuid primary key,
  type text not null,
  key text not null,
  data jsonb not null,
  share text not null default '',
  occurred_at timestamptz not null,
  tx xid8 not null default pg_current_xact_id(),
  unique (type, key)
);
create index outbox_tx on kernel.outbox (tx);
comment on table kernel.outbox is 'platform: what happened, told in the transaction in which it happened; references only';

create table kernel.subscription (
  type text not null,
  name text not null,
  queue text not null,
  primary key (type, name)
);
comment on table kernel.subscription is 'platform: who is told of which events';

create table kernel.job (
  id bigint generated always as identity primary key,
  queue text not null,
  key text not null,
  share text not null default '',
  payload jsonb not null,
  -- Legal time; -infinity is at once.
  run_at timestamptz not null default '-infinity',
  -- Machine time; set by backoff.
  not_before timestamptz not null default '-infinity',
  attempt integer not null default 0,
  leased_by uuid,
  leased_until timestamptz,
  error text
);
create unique index job_pending on kernel.job (queue, key) where leased_by is null;
create index job_ready on kernel.job (queue, share, run_at, id) where leased_by is null;
create index job_leased on kernel.job (queue, key) where leased_by is not null;
comment on table kernel.job is 'platform: work to be done, at least once';

create table kernel.dead_letter (
  id bigint primary key,
  queue text not null,
  key text not null,
  share text not null,
  payload jsonb not null,
  attempt integer not null,
  error text not null,
  died_at timestamptz not null
);
create index dead_letter_queue on kernel.dead_letter (queue, id);
comment on table kernel.dead_letter is 'platform: work that failed too often, kept for a person to look at';

create table kernel.idempotency (
  caller text not null,
  key text not null,
  fingerprint text not null,
  status integer,
  headers jsonb,
  body bytea,
  started_at timestamptz not null,
  answered_at timestamptz,
  primary key (caller, key)
);
create index idempotency_started on kernel.idempotency (started_at);
comment on table kernel.idempotency is 'platform: answers already given to writes, by the caller''s Idempotency-Key';

create table kernel.clock (
  id boolean primary key default true check (id),
  offset_ms bigint not null default 0,
  moved_at timestamptz
);
comment on table kernel.clock is 'platform: how far the demo''s legal time is ahead of the machine''s';

grant usage on schema kernel to ashlar_block;
grant insert on kernel.outbox, kernel.job to ashlar_block;
grant select (id) on kernel.outbox to ashlar_block;
grant select on kernel.subscription to ashlar_block;
