-- Running batches can be paused, stop themselves, be run again in part, and say how far they are.
alter table batch
  -- Set while it is paused, and only then.
  add column paused_at timestamptz,
  -- As the tenant asked: how many lines may fail ('10'), or which share of them ('5%'); and as a number once the lines are counted.
  add column max_errors text check (max_errors ~ '^[0-9]+$' or max_errors ~ '^[0-9]+(\.[0-9]+)?%$'),
  add column error_limit bigint check (error_limit >= 0),
  -- The batch whose failed lines it runs, their file, and the codes that were chosen; null for all of them.
  add column retry_of text,
  add column retry_file_id text,
  add column retry_codes text[],
  -- Lines a second, a mean that forgets, as of that moment.
  add column line_rate double precision not null default 0,
  add column line_rate_at timestamptz,
  drop constraint batch_stop_reason_check,
  add constraint batch_stop_reason_check check (stop_reason in ('cancelled', 'expired', 'error_limit')),
  add check (paused_at is null or (status in ('validating', 'in_progress') and stop_reason is null)),
  add check ((retry_of is null) = (retry_file_id is null)),
  add check (retry_codes is null or retry_of is not null);
create index batch_retry on batch (retry_file_id) where status = 'validating' and retry_file_id is not null;

-- The models whose backends a dispatcher finds down, or answering that they are asked too much; the empty name for lines without one.
alter table process add column troubled jsonb not null default '{}';
