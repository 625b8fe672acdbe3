-- The audit trail: written in the transaction of what it tells of.
create table public.events (
    -- Never used again: a cursor into the trail.
    seq bigint generated always as identity primary key,
    at timestamptz not null,
    actor_kind text not null check (actor_kind in ('anonymous', 'user', 'token', 'operator')),
    -- Of a user or a token; nothing refers to them, for the trail outlives both.
    actor_id uuid,
    address text,
    request_id text,
    action text not null,
    user_id uuid,
    -- [[field, from, to], …]; never a secret.
    changes text not null
);

create index events_user on public.events (user_id, seq);
create index events_actor on public.events (actor_id, seq);
create index events_action on public.events (action, seq);
create index events_at on public.events (at);
