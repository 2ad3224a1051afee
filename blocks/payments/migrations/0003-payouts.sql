-- Payouts: money that an authority pays to somebody's bank account, booked like all other money.

create table payments.payout (
  id uuid primary key,
  key text not null unique,
  public_reference text not null unique,
  tenant text not null,
  person uuid,
  -- The account, sealed for who gets the money.
  account bytea not null,
  amount bigint not null check (amount > 0),
  currency text not null,
  reason text not null,
  case_id uuid,
  state text not null check (state in ('requested', 'settled', 'failed')),
  requested_at timestamptz not null,
  ended_at timestamptz
);
create index payout_of_case on payments.payout (case_id) where case_id is not null;
alter table payments.payout enable row level security;
alter table payments.payout force row level security;
create policy wall on payments.payout using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));

-- An entry belongs to a bill or to a payout.
-- squawk-ignore ban-drop-not-null
alter table payments.entry alter column bill drop not null;
alter table payments.entry add column payout uuid;
alter table payments.entry drop constraint entry_account_check;
alter table payments.entry add constraint entry_account_check check (account in
  ('receivable', 'revenue', 'clearing', 'refunds-payable', 'surplus', 'benefits', 'payouts-payable')) not valid;
