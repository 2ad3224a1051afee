-- What processes wait for, messages that came early, what happened while an instance was suspended; history by month.

alter table workflow.instance drop constraint instance_status_check;
alter table workflow.instance add constraint instance_status_check
  check (status in ('running', 'suspended', 'ended', 'cancelled')) not valid;
create index instance_open on workflow.instance (service, version, id) where status in ('running', 'suspended');

-- Messages and signals that instances wait for.
create table workflow.awaited (
  -- '<instance>:<event>:<visit>'
  key text collate "C" primary key,
  instance uuid not null,
  tenant text not null,
  person uuid not null,
  service text not null,
  -- Of a message; a signal has none. Keyed hash: what it is made of may be somebody's.
  correlation uuid,
  name text not null,
  since timestamptz not null
);
create index awaited_name on workflow.awaited (name, correlation, key);
create index awaited_of_instance on workflow.awaited (instance);

-- Messages: the same of one sender counts once; what nobody waits for yet is kept for its time to live.
create table workflow.message (
  id uuid primary key,
  -- '<sender>:<its own id of the message>'
  sent_as text not null unique,
  name text not null,
  correlation uuid not null,
  -- Whose instances it is for; '*' anybody's.
  tenant text not null,
  -- Nobody's row: only workers see it.
  person uuid,
  content bytea not null,
  sent_at timestamptz not null,
  expires_at timestamptz not null,
  -- When an instance took it.
  taken_at timestamptz
);
create index message_open on workflow.message (name, correlation) where taken_at is null;
create index message_expires on workflow.message (expires_at);

-- What happened to a suspended instance, in order, until it is resumed.
create table workflow.deferred (
  id uuid primary key,
  instance uuid not null,
  tenant text not null,
  person uuid not null,
  happening bytea not null
);
create index deferred_of_instance on workflow.deferred (instance, id);

alter table workflow.awaited enable row level security;
alter table workflow.awaited force row level security;
create policy wall on workflow.awaited using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));
alter table workflow.message enable row level security;
alter table workflow.message force row level security;
create policy wall on workflow.message using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));
alter table workflow.deferred enable row level security;
alter table workflow.deferred force row level security;
create policy wall on workflow.deferred using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));

-- The history by month: old months are detached and kept elsewhere without a row being deleted.
-- squawk-ignore renaming-table
alter table workflow.history rename to history_before;
alter table workflow.history_before rename constraint history_pkey to history_before_pkey;
create table workflow.history (
  instance uuid not null,
  revision integer not null,
  tenant text not null,
  person uuid not null,
  at timestamptz not null,
  happening jsonb not null,
  path text[] not null,
  primary key (instance, revision, at)
) partition by range (at);
create table workflow.history_rest partition of workflow.history default;
revoke update, delete, truncate on workflow.history from ashlar_workflow;
alter table workflow.history enable row level security;
alter table workflow.history force row level security;
create policy wall on workflow.history using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));
alter table workflow.history_rest enable row level security;
alter table workflow.history_rest force row level security;
create policy wall on workflow.history_rest using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));
revoke all on workflow.history_rest from ashlar_workflow;
alter table workflow.history_before disable row level security;
insert into workflow.history select instance, revision, tenant, person, at, happening, path from workflow.history_before;
-- squawk-ignore ban-drop-table
drop table workflow.history_before;

-- Makes the partitions of the months from `first` on; a month that has rows in the rest already stays there.
create function workflow.keep_history_months(first date, months integer) returns integer
language plpgsql security definer set search_path = pg_catalog as $$
declare
  month date;
  name text;
  made integer := 0;
begin
  if months not between 1 and 60 then
    raise exception 'between 1 and 60 months';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('workflow.history', 0));
  for n in 0 .. months - 1 loop
    month := date_trunc('month', first) + make_interval(months => n);
    name := 'history_' || to_char(month, 'YYYY_MM');
    continue when to_regclass(format('workflow.%I', name)) is not null;
    begin
      execute format(
        'create table workflow.%I partition of workflow.history for values from (%L) to (%L)',
        name, month::timestamp at time zone 'UTC', (month + interval '1 month') at time zone 'UTC'
      );
      execute format('alter table workflow.%I enable row level security', name);
      execute format('alter table workflow.%I force row level security', name);
      execute format(
        'create policy wall on workflow.%I using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person))',
        name
      );
      execute format('revoke all on workflow.%I from ashlar_workflow', name);
      made := made + 1;
    exception when check_violation then
      null;
    end;
  end loop;
  return made;
end
$$;
revoke execute on function workflow.keep_history_months(date, integer) from public;
grant execute on function workflow.keep_history_months(date, integer) to ashlar_workflow;
