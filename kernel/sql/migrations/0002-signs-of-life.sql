-- Which connection a process holds its work by: when that has ended, so has the process, and nobody need wait for a lease.

alter table kernel.worker add column backend integer;
alter table kernel.idempotency add column backend integer;
