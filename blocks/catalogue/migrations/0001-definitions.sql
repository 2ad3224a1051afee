-- Published definitions: immutable versions, and which of them counts now.
create table catalogue.definition (
  kind text not null check (kind in ('service', 'country')),
  id text not null,
  version text not null,
  hash text not null,
  -- json and not jsonb: the order of what people wrote is part of it.
  content json not null,
  published_at timestamptz not null,
  primary key (kind, id, version)
);
comment on table catalogue.definition is 'platform: published definitions, without persons and the same for every agency';
revoke update, delete on catalogue.definition from ashlar_catalogue;

create table catalogue.current_definition (
  kind text not null,
  id text not null,
  version text not null,
  since timestamptz not null,
  primary key (kind, id),
  foreign key (kind, id, version) references catalogue.definition (kind, id, version)
);
comment on table catalogue.current_definition is 'platform: which version of a definition counts now';
