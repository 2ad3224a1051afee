-- Issued documents and uploaded files.
create table documents.document (
  id uuid primary key,
  key text not null unique,
  reference text not null unique,
  tenant text not null,
  person uuid,
  service text not null,
  version text not null,
  output text not null,
  language text not null,
  case_id uuid,
  -- { facts, holder, statement } sealed under the person's key, or under the document's own if nobody signed in.
  sealed bytea not null,
  -- sha256 of the signed statement, which is what a checker holds; its signature keeps the facts from being guessed.
  digest bytea not null,
  kid text not null,
  issued_at timestamptz not null,
  valid_until timestamptz,
  state text not null,
  revoked_at timestamptz,
  revoked_reason text,
  -- The printed letter in the file store, sealed too; null until it is printed.
  file text,
  printed_at timestamptz
);
create index document_of_person on documents.document (person, id desc);
create index document_of_case on documents.document (case_id);

create table documents.upload (
  id uuid primary key,
  tenant text not null,
  person uuid,
  case_id uuid,
  -- The name, sealed: people write names and numbers of persons into file names.
  name bytea not null,
  type text not null check (type in ('application/pdf', 'image/jpeg', 'image/png')),
  size integer not null,
  digest bytea not null,
  file text not null,
  uploaded_at timestamptz not null
);
create index upload_of_person on documents.upload (person, id desc);
create index upload_of_case on documents.upload (case_id);

alter table documents.document enable row level security;
alter table documents.document force row level security;
create policy wall on documents.document using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));
alter table documents.upload enable row level security;
alter table documents.upload force row level security;
create policy wall on documents.upload using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));
