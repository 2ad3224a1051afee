-- Data agreements, consents, the log of who used whose data, and the questions that people ask about it.

create table consent.agreement (
  id text not null,
  version integer not null,
  hash text not null,
  reader text not null,
  authority text not null,
  register text not null,
  fields text[] not null,
  writes text[] not null,
  purposes text[] not null,
  law text not null,
  basis text not null check (basis in ('law', 'consent')),
  valid_from timestamptz,
  valid_until timestamptz,
  published_at timestamptz not null,
  ended_at timestamptz,
  primary key (id, version)
);
comment on table consent.agreement is 'platform: published data agreements between agencies, no person in them';
create unique index agreement_current on consent.agreement (id) where ended_at is null;

create table consent.consent (
  id uuid primary key,
  person uuid not null,
  agreement text not null,
  agency text not null,
  purpose text not null,
  given_at timestamptz not null,
  expires_at timestamptz,
  withdrawn_at timestamptz,
  channel text not null
);
create unique index consent_given_once on consent.consent (person, agreement, purpose) where withdrawn_at is null;
alter table consent.consent enable row level security;
alter table consent.consent force row level security;
create policy consent_seen on consent.consent using (kernel.sees(agency, person));

-- One row for each person whose data a use showed; a use that found nobody is one row without a person.
create table consent.use (
  line bigint generated always as identity,
  use uuid not null,
  person uuid,
  tenant text not null,
  at timestamptz not null,
  outcome text not null check (outcome in ('read', 'written', 'nothing-found', 'refused')),
  register text not null,
  fields text[] not null,
  filter text,
  shown integer not null,
  agreement text,
  agreement_version integer,
  basis text not null,
  purpose text not null,
  law text not null,
  case_reference text,
  reason text,
  actor text not null,
  officer text,
  role text,
  represented text,
  channel text not null,
  trace text not null
);
create unique index use_once on consent.use (use, coalesce(person, '00000000-0000-0000-0000-000000000000'));
create index use_of_person on consent.use (person, at desc, line desc) where person is not null;
create index use_by_agency on consent.use (tenant, at desc, line desc);
alter table consent.use enable row level security;
alter table consent.use force row level security;
create policy use_seen on consent.use using (kernel.sees(tenant, person));
-- What was looked at stays looked at.
revoke update, delete, truncate on consent.use from ashlar_consent;

create table consent.question (
  id uuid primary key,
  use uuid not null,
  person uuid not null,
  tenant text not null,
  state text not null check (state in ('asked', 'answered')),
  question bytea not null,
  asked_at timestamptz not null,
  answer bytea,
  answered_at timestamptz,
  answered_by text,
  unique (use, person)
);
create index question_open on consent.question (tenant, asked_at) where state = 'asked';
alter table consent.question enable row level security;
alter table consent.question force row level security;
create policy question_seen on consent.question using (kernel.sees(tenant, person));
revoke delete, truncate on consent.question from ashlar_consent;
