-- Messages, their deliveries, and how each person wants to be reached.
create table messaging.message (
  id uuid primary key,
  key text not null unique,
  tenant text not null,
  person uuid,
  service text not null,
  version text not null,
  name text not null,
  language text not null,
  case_id uuid,
  -- { subject, body, sms } sealed under the person's key, or under the message's own if nobody signed in.
  words bytea not null,
  in_inbox boolean not null,
  sent_at timestamptz not null,
  read_at timestamptz
);
create index message_of_person on messaging.message (person, id desc) where in_inbox;
create index message_unread on messaging.message (person) where in_inbox and read_at is null;
create index message_of_case on messaging.message (case_id);

create table messaging.delivery (
  id uuid primary key,
  message uuid not null references messaging.message (id),
  tenant text not null,
  person uuid,
  channel text not null check (channel in ('email', 'sms')),
  -- The address, sealed as the words are.
  address bytea not null,
  state text not null,
  failure text,
  queued_at timestamptz not null,
  ended_at timestamptz,
  unique (message, channel)
);

create table messaging.preference (
  person uuid primary key,
  language text,
  email boolean not null,
  sms boolean not null,
  changed_at timestamptz not null
);

alter table messaging.message enable row level security;
alter table messaging.message force row level security;
create policy wall on messaging.message using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));
alter table messaging.delivery enable row level security;
alter table messaging.delivery force row level security;
create policy wall on messaging.delivery using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));
alter table messaging.preference enable row level security;
alter table messaging.preference force row level security;
create policy wall on messaging.preference using (kernel.sees(null, person)) with check (kernel.sees(null, person));
