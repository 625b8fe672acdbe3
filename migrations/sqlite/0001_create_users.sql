create table users (
    -- A rowid that VACUUM keeps: full-text search hangs on it.
    seq integer primary key,
    -- UUID version 7, 16 bytes.
    id blob not null unique check (length(id) = 16),
    name text not null,
    email text not null,
    -- What name and e-mail are compared and sorted by, and what is searched: folded text that the
    -- domain makes, the same for every database.
    name_key text not null,
    email_key text not null,
    search text not null,
    -- Counted up by every change.
    version integer not null default 1,
    -- Microseconds since 1970-01-01T00:00:00Z.
    created_at integer not null,
    updated_at integer not null,
    deleted_at integer
) strict;

-- A deleted user's address is free again.
create unique index users_active_email on users (email_key) where deleted_at is null;

-- One for each order of the list.
create index users_active_name on users (name_key, id) where deleted_at is null;
create index users_active_created_at on users (created_at, id) where deleted_at is null;
create index users_active_updated_at on users (updated_at, id) where deleted_at is null;
