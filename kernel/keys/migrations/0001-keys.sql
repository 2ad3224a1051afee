-- Keys, kept and backed up apart from what they seal: one data key a subject, signing keys of authorities.

create table keys.data_key (
  id uuid primary key,
  -- HMAC of the subject under keys.lookup_secret, so that a copy of this table lists nobody.
  subject bytea not null,
  -- Null once erased: the row stays to say so, the key is gone.
  wrapped bytea,
  master text not null,
  made_at timestamptz not null,
  erased_at timestamptz,
  check ((wrapped is null) = (erased_at is not null))
);
create unique index data_key_subject on keys.data_key (subject) where erased_at is null;
create index data_key_master on keys.data_key (master, id) where erased_at is null;
comment on table keys.data_key is 'platform: the keys under which what a subject wrote is sealed, wrapped by a master key';

create table keys.lookup_secret (
  id boolean primary key default true check (id),
  wrapped bytea not null,
  master text not null
);
comment on table keys.lookup_secret is 'platform: under which subjects are looked up, wrapped by a master key';

create table keys.signing_key (
  kid text primary key,
  authority text not null,
  wrapped bytea not null,
  public jsonb not null,
  master text not null,
  not_before timestamptz not null,
  not_after timestamptz
);
create unique index signing_key_active on keys.signing_key (authority) where not_after is null;
create index signing_key_master on keys.signing_key (master, kid);
comment on table keys.signing_key is 'platform: Ed25519 keys of authorities; retired ones stay, since what they signed must verify';
