-- The hash before the last renewal: for a moment it stays valid, for requests that were sent before the renewed cookie
-- arrived.
alter table sessions add column previous_hash blob check (length(previous_hash) = 32);
alter table sessions add column renewed_at integer;
create index sessions_previous_hash on sessions (previous_hash) where previous_hash is not null;
