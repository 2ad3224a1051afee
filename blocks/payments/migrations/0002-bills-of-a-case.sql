-- Whoever may see a case sees the bills that its orders are answered with.

alter table payments.payment_order add column case_id uuid;
create index payment_order_of_case on payments.payment_order (case_id) where case_id is not null;
