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
  -- Lets a reader find what was committed since it last looked, in whatever order transactions end.
  tx xid8 not null default pg_current_xact_id(),
  unique (type, key)
);
create index outbox_tx on kernel.outbox (tx);
create index outbox_occurred on kernel.outbox (occurred_at);
comment on table kernel.outbox is 'platform: what happened, told in the transaction in which it happened; references only';

create table kernel.subscription (
  type text not null,
  name text not null,
  queue text not null,
  primary key (type, name)
);
comment on table kernel.subscription is 'platform: who is told of which events';

-- state: 0 waits for run_at, 1 runs under a worker's lease, 2 rests after a failure until `until`.
-- Taking and finishing a job touches no index (state, lease and attempt stand in none), and pages keep room for it.
create table kernel.job (
  id bigint generated always as identity primary key,
  queue text not null,
  key text not null,
  share text collate "C" not null default '',
  payload jsonb not null,
  -- Legal time; -infinity is at once, infinity while it rests.
  run_at timestamptz not null default '-infinity',
  -- Added again while it ran: when to run next.
  next_at timestamptz,
  state smallint not null default 0 check (state in (0, 1, 2)),
  attempt integer not null default 0,
  lease uuid,
  -- Machine time.
  until timestamptz,
  error text,
  unique (queue, key)
) with (fillfactor = 50);
create index job_due on kernel.job (queue, share, run_at, id);
create index job_rest on kernel.job (until) where until is not null;
comment on table kernel.job is 'platform: work to be done, at least once';

create table kernel.worker (
  id uuid primary key,
  until timestamptz not null
);
comment on table kernel.worker is 'platform: processes that do jobs; one that gives no sign until then counts as dead';

create table kernel.dead_letter (
  id bigint generated always as identity primary key,
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

-- A job that still waits is not added again. Its row is locked instead until the caller commits, so that it cannot run
-- before the change it was meant for can be seen. One that runs already will run once more.
create function kernel.add_job(queue text, key text, share text, payload jsonb, run_at timestamptz) returns void
language sql volatile security definer
begin atomic
  insert into kernel.job as j (queue, key, share, payload, run_at)
  values (add_job.queue, add_job.key, add_job.share, add_job.payload, add_job.run_at)
  on conflict (queue, key) do update set
    run_at = case when j.state = 0 then least(j.run_at, excluded.run_at) else j.run_at end,
    next_at = case when j.state = 1 then least(j.next_at, excluded.run_at) else j.next_at end,
    payload = case when j.state = 1 then excluded.payload else j.payload end;
end;
comment on function kernel.add_job is 'platform: the only way for a block to add a job; it may not read or change any';

-- A block speaks in its own name only; the kernel and the operator in any.
create function kernel.speaks_for(type text) returns boolean
language plpgsql stable
as $$
begin
  if session_user like 'ashlar\_%' and session_user not in ('ashlar_kernel', 'ashlar_' || split_part(type, '.', 1)) then
    raise insufficient_privilege using message = session_user || ' may not publish ' || type;
  end if;
  return true;
end
$$;

-- Event and one job for each subscription; gives the queues to wake. The same (type, key) again does nothing.
create function kernel.publish(id uuid, type text, key text, data jsonb, share text, occurred_at timestamptz)
returns setof text
language sql volatile security definer
begin atomic
  with event as (
    insert into kernel.outbox (id, type, key, data, share, occurred_at)
    select publish.id, publish.type, publish.key, publish.data, publish.share, publish.occurred_at
    where kernel.speaks_for(publish.type)
    on conflict do nothing
    returning 1
  )
  insert into kernel.job (queue, key, share, payload)
  select s.queue, publish.id::text, publish.share, jsonb_build_object('id', publish.id, 'type', publish.type,
    'key', publish.key, 'data', publish.data, 'occurredAt', publish.occurred_at)
  from event, kernel.subscription s
  where s.type = publish.type
  returning queue;
end;
comment on function kernel.publish is 'platform: the only way for a block to publish; it may not read the outbox';

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
revoke execute on function kernel.add_job, kernel.publish from public;
grant execute on function kernel.add_job, kernel.publish to ashlar_block;
