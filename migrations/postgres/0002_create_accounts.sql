-- Who of the users may sign in, and as what.
create table public.accounts (
    user_id uuid primary key references public.users (id) on delete cascade,
    role text not null check (role in ('viewer', 'editor', 'admin')),
    -- argon2id in the PHC string format; null until an invitation is accepted.
    password_hash text,
    created_at timestamptz not null
);

-- Links that set a password once: the first admin's, invitations, resets.
create table public.links (
    -- SHA-256 of what the link carries.
    hash bytea primary key check (octet_length(hash) = 32),
    -- Null: makes the first admin.
    user_id uuid references public.users (id) on delete cascade,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz
);

create index links_user on public.links (user_id);

create table public.sessions (
    -- SHA-256 of what the cookie carries.
    hash bytea primary key check (octet_length(hash) = 32),
    -- What a person may know of a session, to end it.
    id uuid not null unique,
    user_id uuid not null references public.accounts (user_id) on delete cascade,
    -- The role when the session's id was last renewed.
    role text not null check (role in ('viewer', 'editor', 'admin')),
    signed_in_at timestamptz not null,
    seen_at timestamptz not null,
    expires_at timestamptz not null,
    address text,
    agent text
);

create index sessions_user on public.sessions (user_id);
create index sessions_expires_at on public.sessions (expires_at);

-- Sign-ins that failed or are under way.
create table public.attempts (
    id bigint generated always as identity primary key,
    -- The client's address, of version 6 its first 64 bits.
    client text not null,
    -- SHA-256 of what was typed as e-mail address: it may have been something else.
    account bytea not null check (octet_length(account) = 32),
    at timestamptz not null
);

create index attempts_client on public.attempts (client, at);
create index attempts_at on public.attempts (at);
