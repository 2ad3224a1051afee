-- How often somebody who is not known may miss when giving the values that open a record.
create table registries.guess (
  key bytea primary key,
  full_at timestamptz not null
);
create index guess_idle on registries.guess (full_at);
comment on table registries.guess is 'platform: hashes of values that were given in vain, for as long as that matters';
