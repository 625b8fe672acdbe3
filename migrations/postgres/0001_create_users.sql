create table public.users (
    seq bigint generated always as identity primary key,
    -- UUID version 7.
    id uuid not null unique,
    name text not null,
    email text not null,
    -- What name and e-mail are compared and sorted by, and what is searched: folded text that the
    -- domain makes, the same for every database. "C" compares bytes, as SQLite does.
    name_key text collate "C" not null,
    email_key text collate "C" not null,
    search text collate "C" not null,
    -- Counted up by every change.
    version bigint not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz
);

-- A deleted user's address is free again.
create unique index users_active_email on public.users (email_key) where deleted_at is null;

-- One for each order of the list.
create index users_active_name on public.users (name_key, id) where deleted_at is null;
create index users_active_created_at on public.users (created_at, id) where deleted_at is null;
create index users_active_updated_at on public.users (updated_at, id) where deleted_at is null;
