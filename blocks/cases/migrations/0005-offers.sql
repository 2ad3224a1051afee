-- Offers: what a person is told of before they ask, pre-filled; and which triggers of time have been looked at.

create table cases.offer (
  id uuid primary key,
  -- What happened, which service and which offer, as a keyed hash: the same again is the same offer.
  key uuid not null unique,
  tenant text not null,
  person uuid not null,
  service text not null,
  name text not null,
  state text not null check (state in ('open', 'taken', 'declined', 'lapsed')),
  -- Answers that are known already, sealed for the person.
  prefill bytea not null,
  draft uuid,
  made_at timestamptz not null,
  lapses_at timestamptz,
  ended_at timestamptz
);
create index offer_of_person on cases.offer (person, made_at desc) where state = 'open';
alter table cases.offer enable row level security;
alter table cases.offer force row level security;
create policy wall on cases.offer using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));

create table cases.triggered (
  key uuid primary key,
  at timestamptz not null
);
comment on table cases.triggered is
  'platform: keyed hashes of records and dates at which a trigger has looked, so that each counts once; of nobody';
