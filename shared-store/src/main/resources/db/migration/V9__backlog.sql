-- What the scheduler and the claims of slices ask for, by indexes whose cost does not grow with what waits.

-- A batch's pending slices of a model, those that may go now first.
create index slice_backlog on slice (batch_id, coalesce(model, ''), not_before nulls first, seq) where state = 'pending';
drop index slice_pending_model;

-- The batches whose slices may be released.
create index batch_running on batch (id) where status = 'in_progress' and stop_reason is null and paused_at is null;

alter table slice
  -- Whether a dispatcher may have written results of it to Kafka, so that the next one has to look for them there.
  add column started boolean not null default false,
  -- Since when its bytes cannot be read; null while they can, or while nobody has tried.
  add column unreadable_since timestamptz;
-- Every slice that was claimed before this column was there may have results.
update slice set started = true where claim > 0 and state <> 'done';
