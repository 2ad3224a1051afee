-- The life of a case: its clock's next moment, extensions, one case a matter, appeals, messages, relations, destruction.

alter table cases.case
  -- When its clock matters next: a reminder, or its end; null when it has nothing more to say.
  add column next_at timestamptz,
  -- How many reminders are behind it.
  add column reminded smallint not null default 0,
  -- Which variant of the clock applies; null: the usual one.
  add column variant smallint,
  add column extended smallint not null default 0,
  -- A keyed hash of what only one running case may be about.
  add column only_one uuid,
  -- The appeal that stops the effects of its decision.
  add column suspended_by uuid,
  -- What an appeal has done to its decision.
  add column appealed text check (appealed in ('confirms', 'replaces', 'sends-back')),
  -- When the law wants it destroyed.
  add column destroy_on timestamptz,
  -- It is kept all the same, because somebody must be able to look at it.
  add column held_since timestamptz;

select set_config('ashlar.tenant', '*', true);
update cases.case set next_at = deadline where deadline is not null and closed_at is null and breached_at is null;

create index case_next on cases.case (next_at, id) where next_at is not null and closed_at is null and paused_at is null;
-- No query uses it any more, and dropping it takes no time.
-- squawk-ignore require-concurrent-index-deletion
drop index cases.case_due;
create unique index case_only_one on cases.case (only_one) where only_one is not null and closed_at is null;
create index case_destruction on cases.case (destroy_on, id) where destroy_on is not null and held_since is null;

-- A term that was made longer, or that somebody wants to make longer with the applicant's consent.
create table cases.extension (
  id uuid primary key,
  case_id uuid not null,
  tenant text not null,
  person uuid not null,
  term text not null,
  reason text not null,
  law text,
  state text not null check (state in ('proposed', 'granted', 'refused', 'lapsed')),
  asked_by text not null,
  asked_at timestamptz not null,
  ended_at timestamptz
);
create index extension_of_case on cases.extension (case_id, asked_at);
create unique index extension_proposed on cases.extension (case_id) where state = 'proposed';

-- What an office is told of a clock: a reminder before the end, or that it has passed.
create table cases.notice (
  id uuid primary key,
  case_id uuid not null,
  tenant text not null,
  reference text not null,
  service text not null,
  kind text not null check (kind in ('reminder', 'escalation')),
  role text not null,
  unit text not null,
  deadline timestamptz not null,
  at timestamptz not null
);
create index notice_of_office on cases.notice (tenant, role, at desc);
create index notice_of_case on cases.notice (case_id);

-- What officer and applicant write to each other; the clock goes on.
create table cases.message (
  id uuid primary key,
  -- The sender's own key: the same form sent twice is one message.
  key text not null unique,
  case_id uuid not null,
  tenant text not null,
  person uuid not null,
  side text not null check (side in ('office', 'applicant')),
  author text not null,
  body bytea not null,
  sent_at timestamptz not null,
  read_at timestamptz,
  read_by text
);
create index message_of_case on cases.message (case_id, sent_at, id);
create index message_unread on cases.message (person) where side = 'office' and read_at is null;

-- How two cases hang together, a row for each side.
create table cases.relation (
  case_id uuid not null,
  other uuid not null,
  kind text not null check (kind in ('appeal-against', 'appealed-by', 'follows', 'followed-by', 'same-subject')),
  tenant text not null,
  person uuid not null,
  other_reference text not null,
  other_service text not null,
  other_tenant text not null,
  made_by text not null,
  made_at timestamptz not null,
  primary key (case_id, other, kind)
);

-- That a case was destroyed, when, and under which law; nothing of whom it concerned.
create table cases.destruction (
  case_id uuid primary key,
  reference text not null,
  service text not null,
  service_version text not null,
  tenant text not null,
  result text,
  law text,
  closed_at timestamptz not null,
  due_at timestamptz not null,
  destroyed_at timestamptz not null
);
revoke update, delete, truncate on cases.destruction from ashlar_cases;

-- Destroys what is due and not held; the only way in which applications, decisions and timelines are deleted.
create function cases.destroy(ids uuid[], at timestamptz) returns setof uuid
language sql security definer set search_path = ''
begin atomic
  with due as (
    select id from cases.case where id = any(ids) and destroy_on <= at and held_since is null and closed_at is not null
  ), application as (delete from cases.application where case_id in (select id from due)),
  decision as (delete from cases.decision where case_id in (select id from due)),
  timeline as (delete from cases.timeline where case_id in (select id from due)),
  task as (delete from cases.task where case_id in (select id from due)),
  request as (delete from cases.request where case_id in (select id from due)),
  message as (delete from cases.message where case_id in (select id from due)),
  extension as (delete from cases.extension where case_id in (select id from due)),
  notice as (delete from cases.notice where case_id in (select id from due)),
  relation as (delete from cases.relation where case_id in (select id from due))
  delete from cases.case where id in (select id from due) returning id;
end;
comment on function cases.destroy(uuid[], timestamptz) is
  'platform: the login role may not delete applications, decisions and timelines but through it, when the law wants it';
revoke all on function cases.destroy(uuid[], timestamptz) from public;
grant execute on function cases.destroy(uuid[], timestamptz) to ashlar_cases;

alter table cases.extension enable row level security;
alter table cases.extension force row level security;
create policy wall on cases.extension using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));
alter table cases.notice enable row level security;
alter table cases.notice force row level security;
create policy wall on cases.notice using (kernel.sees(tenant, null)) with check (kernel.sees(tenant, null));
alter table cases.message enable row level security;
alter table cases.message force row level security;
create policy wall on cases.message using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));
alter table cases.relation enable row level security;
alter table cases.relation force row level security;
create policy wall on cases.relation using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));
alter table cases.destruction enable row level security;
alter table cases.destruction force row level security;
create policy wall on cases.destruction using (kernel.sees(tenant, null)) with check (kernel.sees(tenant, null));
