-- Cases that another case opened with another agency: one intent, several cases, each with its own authority.

create table cases.opened (
  -- The step of the process that opened it.
  key text primary key,
  parent uuid not null,
  -- Whose the parent is: they see what becomes of all of it.
  tenant text not null,
  person uuid not null,
  child uuid not null unique,
  child_tenant text not null,
  child_service text not null,
  opened_at timestamptz not null,
  ended_at timestamptz,
  result text
);
create index opened_of_parent on cases.opened (parent);
alter table cases.opened enable row level security;
alter table cases.opened force row level security;
-- The agency that opened it, the one that has it, and the applicant.
create policy wall on cases.opened
  using (kernel.sees(tenant, person) or kernel.sees(child_tenant, null))
  with check (kernel.sees(tenant, person));
