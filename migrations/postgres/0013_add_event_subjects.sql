-- The record that an event happened to, of whatever kind: user, token, import.
alter table public.events add column subject_kind text;
alter table public.events add column subject_id uuid check ((subject_kind is null) = (subject_id is null));

update public.events set subject_kind = 'import', subject_id = import_id
where starts_with(action, 'import.') and import_id is not null;

update public.events set subject_kind = 'user', subject_id = user_id
where not starts_with(action, 'import.') and not starts_with(action, 'token.') and user_id is not null;

-- Events named a token by its name alone. The moment tells which token it was; of several tokens of one name
-- that were revoked at the same moment, each gets one of the events.
update public.events set subject_kind = 'token', subject_id = matches.id
from (
    select numbered_events.seq, numbered_tokens.id
    from (
        select seq, at, action, name, row_number() over (partition by action, at, name order by seq) as number
        from (
            select seq, at, action,
                case action when 'token.created' then changes::jsonb -> 0 ->> 2 else changes::jsonb -> 0 ->> 1 end as name
            from public.events
            where action in ('token.created', 'token.revoked')
        ) as named_events
    ) as numbered_events
    join (
        select id, name, 'token.created' as action, created_at as at,
            row_number() over (partition by created_at, name order by id) as number
        from public.tokens
        union all
        select id, name, 'token.revoked', revoked_at, row_number() over (partition by revoked_at, name order by id)
        from public.tokens
        where revoked_at is not null
    ) as numbered_tokens using (action, at, name, number)
) as matches
where matches.seq = events.seq;
