-- What a finalizer looks at every few seconds costs what waits for it, not all batches that are open.
create index batch_waiting on batch (results_partition, stop_at)
  where status in ('validating', 'in_progress', 'finalizing', 'cancelling') and (stop_reason is not null or status = 'finalizing');
create index batch_expiring on batch (results_partition, expires_at)
  where status in ('validating', 'in_progress') and stop_reason is null;

-- Where the checkpoints were: records are kept for a while after a checkpoint has passed them, whoever owns the partition by then.
create table results_mark (
  partition integer not null,
  noted_at timestamptz not null default now(),
  checkpoint_offset bigint not null check (checkpoint_offset >= 0),
  primary key (partition, noted_at)
);
