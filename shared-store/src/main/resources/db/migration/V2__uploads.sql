-- An upload collects parts, in any order and at once. Completing it makes a file of them by rows alone: a part's bytes are
-- segments from the start, and their objects lie below the prefix of the file that the upload will be.
create table upload (
  id text primary key,
  tenant_id text not null references tenant,
  file_id text not null unique,
  filename text not null,
  purpose text not null,
  mime_type text not null,
  bytes bigint not null check (bytes > 0),
  -- How long the file will live; null for ever.
  file_seconds bigint,
  status text not null default 'pending' check (status in ('pending', 'completed', 'cancelled', 'expired')),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  -- SHA-256 of what it was completed with, so that the same request again is no conflict.
  completed_with bytea check (length(completed_with) = 32),
  -- When the bytes that did not go into the file were gone.
  swept_at timestamptz,
  check ((status = 'pending') = (ended_at is null)),
  check ((status = 'completed') = (completed_with is not null))
);
create index upload_to_expire on upload (expires_at) where status = 'pending';
create index upload_to_sweep on upload (ended_at) where status <> 'pending' and swept_at is null;
create index upload_swept on upload (swept_at) where swept_at is not null;

-- pending: bytes are still coming; ready: all are there. Its segments are rows of file_segment under the part's id.
create table upload_part (
  id text primary key,
  upload_id text not null references upload on delete cascade,
  state text not null check (state in ('pending', 'ready')),
  bytes bigint not null default 0 check (bytes >= 0),
  created_at timestamptz not null default now(),
  touched_at timestamptz not null default now()
);
create index upload_part_upload on upload_part (upload_id);
