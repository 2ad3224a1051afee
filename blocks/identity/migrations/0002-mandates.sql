-- Mandates between persons and organisations: given, accepted, limited in services, acts, money and time, and revoked at once.

alter table identity.mandate
  add column holder_kind text not null default 'person',
  -- Names are sealed for the represented party; null where an account has the name.
  add column holder_name bytea,
  -- Null: of every service, every act, any amount (minor units).
  add column services text[],
  add column acts text[],
  add column limit_value bigint,
  add column limit_currency text,
  add column may_delegate boolean not null default false,
  -- The mandate under which a holder gave this one on.
  add column from_mandate uuid,
  add column given_by uuid,
  -- Null: offered, and of no effect until the holder accepts. What the law gives needs no acceptance.
  add column accepted_at timestamptz,
  add column declined_at timestamptz,
  -- When the register that knows of it was asked last; null for what people gave.
  add column checked_at timestamptz;

update identity.mandate set accepted_at = granted_at where accepted_at is null;

-- The lock is short, and waits no longer than lock_timeout.
-- squawk-ignore require-concurrent-index-deletion
drop index identity.mandate_once;
create unique index mandate_by_law_once on identity.mandate (holder, represented, basis)
  where ended_at is null and from_mandate is null and given_by is null;
create index mandate_of_holder on identity.mandate (holder) where ended_at is null;
create index mandate_given_on on identity.mandate (from_mandate) where from_mandate is not null;
