-- Rows grow with files, batches, slices and segments, never with lines.
-- Every time is PostgreSQL's: now() in the transaction that sets it.

create table tenant (
  id text primary key,
  name text not null unique,
  weight integer not null default 1 check (weight > 0),
  created_at timestamptz not null default now()
);

create table api_key (
  id text primary key,
  tenant_id text not null references tenant,
  name text not null,
  hash bytea not null unique check (length(hash) = 32),
  hint text not null,
  scopes text[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz
);

-- What batches of a kind share. An id is unique a tenant, so that a client may keep its own.
create table job (
  tenant_id text not null references tenant,
  id text not null,
  name text,
  is_default boolean not null default false,
  endpoint text,
  model text,
  completion_window text,
  priority smallint not null default 0,
  single_model boolean not null default false,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
create unique index job_default on job (tenant_id) where is_default;

-- pending: bytes are still coming; ready: readable; deleted: answers 404, its bytes go when no open batch reads them.
create table file (
  id text primary key,
  tenant_id text not null references tenant,
  filename text not null,
  purpose text not null,
  bytes bigint not null default 0 check (bytes >= 0),
  state text not null check (state in ('pending', 'ready', 'deleted')),
  created_at timestamptz not null default now(),
  -- Renewed while its bytes are coming, so that an upload whose process died can be told from a slow one.
  touched_at timestamptz not null default now(),
  expires_at timestamptz,
  deleted_at timestamptz,
  erased_at timestamptz,
  check ((state = 'deleted') = (deleted_at is not null))
);
create index file_list on file (tenant_id, created_at desc, id desc);
create index file_unfinished on file (touched_at) where state = 'pending';
create index file_to_expire on file (expires_at) where state = 'ready' and expires_at is not null;
create index file_to_erase on file (deleted_at) where state = 'deleted' and erased_at is null;

-- The sealed runs of bytes that a file is, in order of seq; each an object, or bytes here while small.
create table file_segment (
  file_id text not null,
  seq integer not null check (seq >= 0),
  bytes bigint not null check (bytes > 0),
  object_key text,
  inline bytea,
  primary key (file_id, seq),
  check ((object_key is null) <> (inline is null)),
  check (inline is null or length(inline) = bytes)
);

create table batch (
  id text primary key,
  tenant_id text not null references tenant,
  job_id text not null,
  job_name text,
  input_file_id text not null,
  input_bytes bigint not null default 0,
  endpoint text not null,
  completion_window text not null,
  metadata jsonb not null default '{}',
  tfy_headers jsonb,
  output_expires_after integer,
  priority smallint not null default 0,
  single_model boolean not null default false,
  model text,
  status text not null default 'validating',
  version integer not null default 1,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  in_progress_at timestamptz,
  finalizing_at timestamptz,
  completed_at timestamptz,
  failed_at timestamptz,
  expired_at timestamptz,
  cancelling_at timestamptz,
  cancelled_at timestamptz,
  stop_reason text check (stop_reason in ('cancelled', 'expired')),
  stop_at timestamptz,
  errors jsonb,
  -- The files its results gather in; a client sees them as output_file_id and error_file_id once the batch has ended.
  output_ref text not null,
  error_ref text not null,
  output_file_id text,
  error_file_id text,
  results_partition integer not null,
  plan_attempt integer not null default 0,
  plan_holder text,
  plan_lease_until timestamptz,
  plan_bytes bigint not null default 0,
  lines_total bigint not null default 0 check (lines_total >= 0),
  lines_completed bigint not null default 0 check (lines_completed >= 0),
  lines_failed bigint not null default 0 check (lines_failed >= 0),
  lines_unserved bigint not null default 0 check (lines_unserved >= 0),
  input_tokens bigint not null default 0 check (input_tokens >= 0),
  cached_tokens bigint not null default 0 check (cached_tokens >= 0),
  output_tokens bigint not null default 0 check (output_tokens >= 0),
  reasoning_tokens bigint not null default 0 check (reasoning_tokens >= 0),
  total_tokens bigint not null default 0 check (total_tokens >= 0),
  foreign key (tenant_id, job_id) references job (tenant_id, id),
  check (status in ('validating', 'failed', 'in_progress', 'finalizing', 'completed', 'expired', 'cancelling', 'cancelled')),
  check ((status = 'failed') = (failed_at is not null)),
  check ((status = 'completed') = (completed_at is not null)),
  check ((status = 'expired') = (expired_at is not null)),
  check ((status = 'cancelled') = (cancelled_at is not null)),
  check (status not in ('cancelling', 'cancelled') or cancelling_at is not null),
  check (status not in ('finalizing', 'completed') or finalizing_at is not null),
  check ((stop_reason is null) = (stop_at is null)),
  check (lines_completed + lines_failed + lines_unserved <= lines_total),
  check (status <> 'completed' or lines_completed + lines_failed = lines_total),
  check (status not in ('expired', 'cancelled') or lines_completed + lines_failed + lines_unserved = lines_total),
  check (errors is null or status = 'failed'),
  check ((output_file_id is null and error_file_id is null) or status in ('completed', 'expired', 'cancelled'))
);
create index batch_list on batch (tenant_id, created_at desc, id desc);
create index batch_validating on batch (created_at) where status = 'validating';
create index batch_open on batch (results_partition)
  where status in ('validating', 'in_progress', 'finalizing', 'cancelling');
create index batch_input on batch (input_file_id)
  where status in ('validating', 'in_progress', 'finalizing', 'cancelling');

-- pending -> released (a hint is out) -> claimed (a dispatcher has it) -> reported (all its lines are in Kafka) -> done (all are sealed).
-- claim numbers the releases: a hint, a claim or a report under another number counts for nothing.
create table slice (
  batch_id text not null references batch on delete cascade,
  seq integer not null check (seq >= 0),
  byte_offset bigint not null check (byte_offset >= 0),
  byte_length integer not null check (byte_length > 0),
  first_line bigint not null check (first_line >= 1),
  line_count integer not null check (line_count > 0),
  model text,
  state text not null default 'pending' check (state in ('pending', 'released', 'claimed', 'reported', 'done')),
  claim integer not null default 0 check (claim >= 0),
  holder text,
  changed_at timestamptz not null default now(),
  not_before timestamptz,
  finished_offset bigint,
  bitmap bytea,
  -- Holders that died in a row without a newly sealed line; the line that one ran alone when it died, by index.
  fruitless integer not null default 0,
  suspect_line integer,
  -- Lines tried in vain so far, by index: attempts made and when the next is due, in ms since the epoch.
  attempts jsonb,
  primary key (batch_id, seq),
  check (state not in ('claimed', 'reported') or holder is not null)
) with (fillfactor = 70);
create index slice_pending on slice (batch_id, seq) where state = 'pending';
create index slice_pending_model on slice (model) where state = 'pending';
create index slice_underway on slice (state, holder) where state in ('released', 'claimed', 'reported');

-- A running process of ours. It lives while its session holds the advisory lock and its lease is fresh.
create table process (
  id text primary key,
  kind text not null,
  lock_key integer generated by default as identity unique,
  started_at timestamptz not null default now(),
  lease_until timestamptz not null,
  -- The lines a dispatcher would take on, by backend; reported with each renewal.
  wanted jsonb not null default '{}'
);

-- At most one holder a name; a holder's writes check the epoch.
create table lease (
  name text primary key,
  holder text not null,
  epoch bigint not null default 1,
  until timestamptz not null
);

create table results_partition (
  partition integer primary key,
  epoch bigint not null default 0,
  checkpoint_offset bigint not null default 0 check (checkpoint_offset >= 0)
);

create table outbox (
  id bigint generated always as identity primary key,
  batch_id text not null,
  event jsonb not null
);

create table idempotency_key (
  tenant_id text not null references tenant,
  key text not null,
  operation text not null,
  request_sha256 bytea not null check (length(request_sha256) = 32),
  resource_id text not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, operation, key)
);
create index idempotency_key_age on idempotency_key (created_at);
