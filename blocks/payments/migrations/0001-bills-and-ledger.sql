-- Bills, payments, refunds and the ledger.
create table payments.bill (
  id uuid primary key,
  reference text not null unique,
  debt text,
  public_reference text not null unique,
  tenant text not null,
  person uuid,
  amount bigint not null check (amount > 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  purpose jsonb not null,
  case_id uuid,
  state text not null,
  return_to text,
  requested_at timestamptz not null,
  settled_at timestamptz,
  moved_at timestamptz not null
);
-- One debt is charged once, over all the orders that ask for it.
create unique index bill_of_debt on payments.bill (tenant, debt) where state in ('requested', 'pending', 'settled');
create index bill_of_person on payments.bill (person, requested_at desc);
create index bill_of_tenant on payments.bill (tenant, requested_at desc);
create index bill_pending on payments.bill (moved_at) where state = 'pending';

-- The orders that a bill answers: several may ask for one debt.
create table payments.payment_order (
  reference text primary key,
  bill uuid not null references payments.bill (id),
  tenant text not null,
  person uuid,
  ordered_at timestamptz not null
);
create index payment_order_of_bill on payments.payment_order (bill);

-- One row a settlement: the money that really arrived. A second one for the same bill is sent back.
create table payments.payment (
  id uuid primary key,
  bill uuid not null references payments.bill (id),
  tenant text not null,
  person uuid,
  provider text not null,
  provider_id text not null,
  amount bigint not null check (amount > 0),
  currency text not null,
  surplus boolean not null,
  settled_at timestamptz not null,
  unique (provider, provider_id)
);
create unique index payment_once on payments.payment (bill) where not surplus;
create index payment_of_bill on payments.payment (bill);

create table payments.refund (
  id uuid primary key,
  key text not null unique,
  bill uuid not null references payments.bill (id),
  payment uuid not null references payments.payment (id),
  tenant text not null,
  person uuid,
  amount bigint not null check (amount > 0),
  currency text not null,
  reason text not null,
  state text not null,
  requested_at timestamptz not null,
  settled_at timestamptz
);
create index refund_of_bill on payments.refund (bill);

-- A provider repeats its notices: the id of each is kept.
create table payments.notice (
  provider text not null,
  id text not null,
  kind text not null,
  received_at timestamptz not null,
  primary key (provider, id)
);
comment on table payments.notice is 'platform: ids of provider notices, no persons';

-- The ledger: append only; each transfer sums to zero per currency, checked when its transaction commits.
create table payments.entry (
  id bigint generated always as identity primary key,
  transfer uuid not null,
  tenant text not null,
  account text not null check (account in ('receivable', 'revenue', 'clearing', 'refunds-payable', 'surplus')),
  amount bigint not null check (amount <> 0),
  currency text not null,
  bill uuid not null references payments.bill (id),
  booked_at timestamptz not null
);
create index entry_of_transfer on payments.entry (transfer);
create index entry_of_account on payments.entry (tenant, account, currency) include (amount);

create function payments.transfer_balances() returns trigger language plpgsql as $$
begin
  if exists (
    select from payments.entry where transfer = new.transfer group by currency having sum(amount) <> 0
  ) then
    raise exception 'transfer % does not balance', new.transfer using errcode = '23514';
  end if;
  return null;
end $$;
create constraint trigger transfer_balances after insert on payments.entry
  deferrable initially deferred for each row execute function payments.transfer_balances();

revoke update, delete, truncate on payments.entry, payments.payment, payments.notice from ashlar_payments;

alter table payments.bill enable row level security;
alter table payments.bill force row level security;
create policy wall on payments.bill using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));
alter table payments.payment_order enable row level security;
alter table payments.payment_order force row level security;
create policy wall on payments.payment_order using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));
alter table payments.payment enable row level security;
alter table payments.payment force row level security;
create policy wall on payments.payment using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));
alter table payments.refund enable row level security;
alter table payments.refund force row level security;
create policy wall on payments.refund using (kernel.sees(tenant, person)) with check (kernel.sees(tenant, person));
alter table payments.entry enable row level security;
alter table payments.entry force row level security;
create policy wall on payments.entry using (kernel.sees(tenant, null)) with check (kernel.sees(tenant, null));
