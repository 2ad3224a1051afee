-- A changed rule tried on past decisions: who asked, for what, and what came out in numbers. It is the log of that use, too.

create table decisions.rule_replay (
  id uuid primary key,
  tenant text not null,
  actor text not null,
  purpose text not null,
  trace text not null,
  service text not null,
  rule text not null,
  -- The rule as it might become. No person is in it, nor in the report.
  change jsonb not null,
  state text not null check (state in ('waiting', 'done', 'failed')),
  report jsonb,
  asked_at timestamptz not null,
  done_at timestamptz,
  check ((state = 'waiting') = (done_at is null))
);
comment on column decisions.rule_replay.actor is 'kind:id of whoever asked';
create index rule_replay_by_rule on decisions.rule_replay (service, rule, asked_at);
alter table decisions.rule_replay enable row level security;
alter table decisions.rule_replay force row level security;
create policy rule_replay_seen on decisions.rule_replay using (kernel.sees(tenant, null::uuid));
revoke delete, truncate on decisions.rule_replay from ashlar_decisions;
