-- Registers as declared, their records with every earlier version, and the values that find them.

create table registries.register (
  id text not null,
  version integer not null,
  hash text not null,
  authority text not null,
  declaration jsonb not null,
  published_at timestamptz not null,
  ended_at timestamptz,
  primary key (id, version)
);
comment on table registries.register is 'platform: declarations of registers, no record in them';
create unique index register_current on registries.register (id) where ended_at is null;

create table registries.record (
  id uuid primary key,
  register text not null,
  tenant text not null,
  person uuid,
  values jsonb not null,
  version integer not null default 1,
  valid_from timestamptz not null,
  valid_until timestamptz,
  changed_at timestamptz not null,
  changed_by text not null,
  purpose text not null,
  law text not null,
  reason text,
  trace text not null
);
create index record_of_person on registries.record (person, register) where person is not null;
create index record_of_register on registries.record (register, id);
alter table registries.record enable row level security;
alter table registries.record force row level security;
create policy record_seen on registries.record for select using (kernel.sees(tenant, person));
-- Persons see their records; only the agency that keeps the register writes them.
create policy record_added on registries.record for insert with check (kernel.sees(tenant, null));
create policy record_changed on registries.record for update using (kernel.sees(tenant, null));
revoke delete, truncate on registries.record from ashlar_registries;

-- How a record was before each change. Written by the trigger alone; nothing can be changed or left out.
create table registries.version (
  record uuid not null,
  version integer not null,
  register text not null,
  tenant text not null,
  person uuid,
  values jsonb not null,
  valid_from timestamptz not null,
  valid_until timestamptz,
  changed_at timestamptz not null,
  changed_by text not null,
  purpose text not null,
  law text not null,
  reason text,
  trace text not null,
  primary key (record, version)
);
alter table registries.version enable row level security;
alter table registries.version force row level security;
create policy version_seen on registries.version for select using (kernel.sees(tenant, person));
create policy version_added on registries.version for insert with check (kernel.sees(tenant, null));
revoke insert, update, delete, truncate on registries.version from ashlar_registries;

create function registries.keep_version() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if (new.id, new.register, new.tenant) is distinct from (old.id, old.register, old.tenant)
    or new.version <> old.version + 1 then
    raise exception 'a record keeps its id, register and tenant, and its version counts up by one';
  end if;
  insert into registries.version (record, version, register, tenant, person, values, valid_from, valid_until, changed_at,
    changed_by, purpose, law, reason, trace)
  values (old.id, old.version, old.register, old.tenant, old.person, old.values, old.valid_from, old.valid_until,
    old.changed_at, old.changed_by, old.purpose, old.law, old.reason, old.trace);
  return new;
end $$;
comment on function registries.keep_version is
  'platform: alone may add to registries.version, so that no change of a record is without its history';
create trigger record_keeps_version before update on registries.record
  for each row execute function registries.keep_version();

-- One row for each value that finds a record: identifiers, indexed fields, and the sounds of names. Text equality and
-- text ranges are leakproof, so the index serves under row-level security, which an index on values ->> '…' would not.
create table registries.entry (
  register text not null,
  field text not null,
  value text not null,
  record uuid not null,
  tenant text not null,
  person uuid,
  sole boolean not null,
  primary key (register, field, value, record)
);
create unique index entry_sole on registries.entry (register, field, value) where sole;
create index entry_of_record on registries.entry (record);
alter table registries.entry enable row level security;
alter table registries.entry force row level security;
create policy entry_seen on registries.entry for select using (kernel.sees(tenant, person));
create policy entry_added on registries.entry for insert with check (kernel.sees(tenant, null));
create policy entry_changed on registries.entry for update using (kernel.sees(tenant, null));
create policy entry_removed on registries.entry for delete using (kernel.sees(tenant, null));

-- What was written under a key, so that writing twice is writing once.
create table registries.command (
  key text primary key,
  tenant text not null,
  request text not null,
  record uuid not null,
  version integer not null,
  at timestamptz not null
);
alter table registries.command enable row level security;
alter table registries.command force row level security;
create policy command_seen on registries.command using (kernel.sees(tenant, null));
revoke update, delete, truncate on registries.command from ashlar_registries;

create table registries.seeding (
  recipe text primary key,
  day date not null,
  records integer not null,
  at timestamptz not null
);
comment on table registries.seeding is 'platform: which recipes of invented people were carried out, and for which day';
