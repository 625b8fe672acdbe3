-- In which order transactions were begun, for whoever reads the trail on: numbers of `seq` are given
-- before their transactions are committed. What was there before needs none.
alter table public.events add column xid bigint not null default 0;
alter table public.events alter column xid set default pg_current_xact_id()::text::bigint;
create index events_position on public.events (xid, seq);
