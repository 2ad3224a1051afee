-- A job that is added anew while it runs keeps what it runs with: if its worker dies, that is what has to be done again.

alter table kernel.job add column next_payload jsonb;

create or replace function kernel.add_job(queue text, key text, share text, payload jsonb, run_at timestamptz) returns void
language sql volatile security definer
begin atomic
  insert into kernel.job as j (queue, key, share, payload, run_at)
  values (add_job.queue, add_job.key, add_job.share, add_job.payload, add_job.run_at)
  on conflict (queue, key) do update set
    run_at = case when j.state = 0 then least(j.run_at, excluded.run_at) else j.run_at end,
    next_at = case when j.state = 1 then least(j.next_at, excluded.run_at) else j.next_at end,
    next_payload = case when j.state = 1 then excluded.payload else j.next_payload end;
end;
