-- Who of the users may sign in, and as what.
create table accounts (
    user_id blob primary key references users (id) on delete cascade,
    role text not null check (role in ('viewer', 'editor', 'admin')),
    -- argon2id in the PHC string format; null until an invitation is accepted.
    password_hash text,
    created_at integer not null
) strict, without rowid;

-- Links that set a password once: the first admin's, invitations, resets.
create table links (
    -- SHA-256 of what the link carries.
    hash blob primary key check (length(hash) = 32),
    -- Null: makes the first admin.
    user_id blob references users (id) on delete cascade,
    created_at integer not null,
    expires_at integer not null,
    used_at integer
) strict, without rowid;

create index links_user on links (user_id);

create table sessions (
    -- SHA-256 of what the cookie carries.
    hash blob primary key check (length(hash) = 32),
    -- What a person may know of a session, to end it.
    id blob not null unique check (length(id) = 16),
    user_id blob not null references accounts (user_id) on delete cascade,
    -- The role when the session's id was last renewed.
    role text not null check (role in ('viewer', 'editor', 'admin')),
    signed_in_at integer not null,
    seen_at integer not null,
    expires_at integer not null,
    address text,
    agent text
) strict, without rowid;

create index sessions_user on sessions (user_id);
create index sessions_expires_at on sessions (expires_at);

-- Sign-ins that failed or are under way.
create table attempts (
    id integer primary key,
    -- The client's address, of version 6 its first 64 bits.
    client text not null,
    -- SHA-256 of what was typed as e-mail address: it may have been something else.
    account blob not null check (length(account) = 32),
    at integer not null
) strict;

create index attempts_client on attempts (client, at);
create index attempts_at on attempts (at);
