-- People brought in from files.
create table public.imports (
    seq bigint generated always as identity primary key,
    id uuid not null unique,
    file text not null,
    size bigint not null,
    part_size bigint not null,
    -- Only what lasts: what is being done with it now says `activity`.
    state text not null check (state in ('receiving', 'checked', 'applied', 'undone', 'failed', 'cancelled')),
    -- Somebody works on it until then: checking, applying or undoing.
    activity text,
    active_until timestamptz,
    done bigint not null default 0,
    total bigint not null default 0,
    -- Everything else that is known of it, as JSON.
    details text not null,
    actor_kind text not null check (actor_kind in ('user', 'token', 'operator')),
    actor_id uuid,
    -- Whether it may bring ids, times and versions of its own.
    takes_all boolean not null,
    -- Read by the command line itself: no parts, and nothing to come back to when it has gone.
    is_local boolean not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);

create index imports_created_at on public.imports (created_at);

-- A part of a file in pieces, so that nobody has to hold much of it.
create table public.import_pieces (
    import bigint not null references public.imports (seq) on delete cascade,
    part bigint not null,
    piece bigint not null,
    bytes bytea not null,
    primary key (import, part, piece)
);

-- The rows of a file as they were read. What becomes of each is what the directory says just then.
-- Not logged: after a crash the file is read once more.
create unlogged table public.import_rows (
    import bigint not null,
    line bigint not null,
    -- The id of whoever is created from it.
    id uuid,
    -- Whether the file says so.
    has_id boolean not null default false,
    name text,
    email text,
    name_key text collate "C",
    email_key text collate "C",
    search text collate "C",
    version bigint,
    created_at timestamptz,
    updated_at timestamptz,
    deleted_at timestamptz,
    -- [[column, value, message], …]: what is wrong with it.
    errors text,
    -- What became of it, once it was refused.
    outcome text,
    -- The earlier line with the same address or id.
    duplicate_of bigint,
    primary key (import, line)
);

-- The import that an event was part of.
alter table public.events add column import_id uuid;
create index events_import on public.events (import_id, seq) where import_id is not null;
