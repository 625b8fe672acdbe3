-- The hash before the last renewal: for a moment it stays valid, for requests that were sent before the renewed cookie
-- arrived.
alter table public.sessions add column previous_hash bytea check (length(previous_hash) = 32);
alter table public.sessions add column renewed_at timestamptz;
create index sessions_previous_hash on public.sessions (previous_hash) where previous_hash is not null;
