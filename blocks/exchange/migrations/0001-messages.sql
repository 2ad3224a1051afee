-- Exchange: messages to systems of agencies with their receipts, what such systems tell us, and whether they answer.

create table exchange.message (
  id uuid primary key,
  -- The step of the process that tells.
  key text not null unique,
  tenant text not null,
  person uuid,
  agency text not null,
  system text not null,
  name text not null,
  case_id uuid not null,
  service text not null,
  state text not null check (state in ('waiting', 'acknowledged', 'refused', 'expired', 'cancelled')),
  -- The signed envelope, sealed; signed once, and sent as it is however often.
  envelope bytea not null,
  digest text not null,
  attempts integer not null,
  failure text,
  queued_at timestamptz not null,
  ended_at timestamptz,
  -- Signed by the system that took it: it names the digest and no person.
  receipt jsonb
) with (fillfactor = 80);
create index message_of_case on exchange.message (case_id);
create index message_waiting on exchange.message (agency, system, queued_at) where state = 'waiting';
alter table exchange.message enable row level security;
alter table exchange.message force row level security;
create policy wall on exchange.message using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));

create table exchange.notice (
  id uuid primary key,
  -- The agency whose system told it.
  tenant text not null,
  system text not null,
  event text not null,
  -- What the system calls it: told again under another number it is the same.
  key text not null,
  digest text not null,
  content bytea not null,
  receipt jsonb not null,
  received_at timestamptz not null,
  done_at timestamptz
);
alter table exchange.notice enable row level security;
alter table exchange.notice force row level security;
create policy wall on exchange.notice using (kernel.sees(tenant, null)) with check (kernel.sees(tenant, null));

create table exchange.link (
  agency text not null,
  system text not null,
  down_since timestamptz,
  failures integer not null,
  failure text,
  next_at timestamptz,
  primary key (agency, system)
);
comment on table exchange.link is 'platform: whether the systems of agencies answer; of nobody';
