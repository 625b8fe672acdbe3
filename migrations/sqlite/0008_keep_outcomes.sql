-- What was done for a request whose answer is not kept yet: the users as they were then, as JSON.
-- Written with the change itself, so that no crash comes between the two.
alter table idempotency_keys add column outcome text;
