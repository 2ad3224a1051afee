-- How often a job's process ended while it ran: not the job's fault, as a failure is, unless it happens again and again.

alter table kernel.job add column deaths integer not null default 0;
