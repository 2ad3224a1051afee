-- What agencies keep.

create table __name__.entry (
  id uuid primary key,
  tenant text not null,
  key text not null,
  title text not null,
  added_at timestamptz not null,
  unique (tenant, key)
);
alter table __name__.entry enable row level security;
alter table __name__.entry force row level security;
create policy entry_seen on __name__.entry using (kernel.sees(tenant, null));
