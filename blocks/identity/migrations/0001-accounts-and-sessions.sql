-- Accounts of persons and staff, their sessions and passkeys, challenges, mandates, and how often somebody may try.

create table identity.account (
  id uuid primary key,
  kind text not null check (kind in ('person', 'staff')),
  tenant text,
  person uuid unique,
  staff text unique,
  address_hash bytea unique,
  address bytea,
  name bytea not null,
  language text,
  level text not null check (level in ('low', 'substantial', 'high')),
  unit text,
  roles text[] not null default '{}',
  door text unique,
  declared text,
  opened_at timestamptz not null,
  ended_at timestamptz,
  check (case kind when 'person' then person is not null and tenant is null else staff is not null and tenant is not null end)
);
alter table identity.account enable row level security;
alter table identity.account force row level security;
create policy account_seen on identity.account using (kernel.sees(tenant, person));

create table identity.session (
  token_hash bytea primary key,
  id uuid not null unique,
  account uuid not null references identity.account on delete cascade,
  kind text not null,
  tenant text,
  person uuid,
  staff text,
  unit text,
  roles text[] not null,
  language text,
  level text not null,
  method text not null check (method in ('code', 'passkey', 'door')),
  -- Sealed by the token, of which only the hash is here.
  name bytea not null,
  represented_kind text check (represented_kind in ('person', 'organisation')),
  represented uuid,
  represented_name bytea,
  opened_at timestamptz not null,
  seen_at timestamptz not null,
  idle_at timestamptz not null,
  expires_at timestamptz not null
);
create index session_of_account on identity.session (account);
create index session_expired on identity.session (expires_at);
alter table identity.session enable row level security;
alter table identity.session force row level security;
create policy session_seen on identity.session using (kernel.sees(tenant, person));
create policy session_by_its_token on identity.session for select to ashlar_identity_owner using (true);

-- Who has the token sees its session, before anybody knows who that is; one statement a request.
create function identity.session_of(token bytea, now timestamptz) returns setof identity.session
language sql stable security definer set search_path = pg_catalog
begin atomic
  select * from identity.session where token_hash = token and idle_at > now and expires_at > now;
end;
comment on function identity.session_of is
  'platform: finds the one session whose token hash the caller has; a hash cannot be guessed';
revoke execute on function identity.session_of from public;
grant execute on function identity.session_of to ashlar_identity;

create table identity.passkey (
  id text primary key,
  account uuid not null references identity.account on delete cascade,
  tenant text,
  person uuid,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null,
  backed_up boolean not null,
  added_at timestamptz not null,
  used_at timestamptz
);
create index passkey_of_account on identity.passkey (account);
alter table identity.passkey enable row level security;
alter table identity.passkey force row level security;
create policy passkey_seen on identity.passkey using (kernel.sees(tenant, person));

create table identity.challenge (
  id uuid primary key,
  kind text not null check (kind in ('code', 'passkey-register', 'passkey-sign-in')),
  address_hash bytea,
  account uuid,
  value text,
  tries integer not null default 0,
  expires_at timestamptz not null
);
create index challenge_expired on identity.challenge (expires_at);
comment on table identity.challenge is 'platform: open attempts to sign in, of addresses that may belong to nobody';

create table identity.allowance (
  key bytea primary key,
  full_at timestamptz not null
);
create index allowance_idle on identity.allowance (full_at);
comment on table identity.allowance is 'platform: how often something may be tried, under a keyed hash of who tries';

create table identity.mandate (
  id uuid primary key,
  holder uuid not null,
  represented_kind text not null check (represented_kind in ('person', 'organisation')),
  represented uuid not null,
  represented_name bytea not null,
  basis text not null check (basis in ('parent', 'guardian', 'mandate', 'director')),
  valid_from date not null,
  valid_until date,
  granted_at timestamptz not null,
  ended_at timestamptz
);
create unique index mandate_once on identity.mandate (holder, represented, basis) where ended_at is null;
create index mandate_of_represented on identity.mandate (represented) where ended_at is null;
alter table identity.mandate enable row level security;
alter table identity.mandate force row level security;
create policy mandate_seen on identity.mandate using (kernel.sees(null, holder) or kernel.sees(null, represented));
