-- How many users there are, counted with each change: to count them anew for each page costs more than
-- the page.
create table user_totals (
    is_deleted integer primary key check (is_deleted in (0, 1)),
    count integer not null check (count >= 0)
) strict;

insert into user_totals (is_deleted, count)
select 0, count(*) from users where deleted_at is null
union all
select 1, count(*) from users where deleted_at is not null;

create trigger user_totals_insert after insert on users begin
    update user_totals set count = count + 1 where is_deleted = (new.deleted_at is not null);
end;

create trigger user_totals_delete after delete on users begin
    update user_totals set count = count - 1 where is_deleted = (old.deleted_at is not null);
end;

create trigger user_totals_update after update of deleted_at on users
when (old.deleted_at is null) <> (new.deleted_at is null) begin
    update user_totals set count = count + 1 where is_deleted = (new.deleted_at is not null);
    update user_totals set count = count - 1 where is_deleted = (old.deleted_at is not null);
end;
