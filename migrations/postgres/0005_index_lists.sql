-- The trash in each order of the list.
create index users_deleted_name on public.users (name_key, id) where deleted_at is not null;
create index users_deleted_email on public.users (email_key, id) where deleted_at is not null;
create index users_deleted_created_at on public.users (created_at, id) where deleted_at is not null;
create index users_deleted_updated_at on public.users (updated_at, id) where deleted_at is not null;

-- Which users have a needle of three characters or more somewhere in what is searched.
create extension if not exists pg_trgm;
create index users_search on public.users using gin (search public.gin_trgm_ops);
