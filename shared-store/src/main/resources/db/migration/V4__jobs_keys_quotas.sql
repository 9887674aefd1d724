-- Jobs as tenants make them, deletion of batches, filters of the batch list, and quotas.

alter table job
  -- How long completion_window is; null for no end, or when the job says nothing of it.
  add column window_seconds bigint check (window_seconds > 0),
  add column max_lines bigint check (max_lines > 0),
  -- A deleted job stays for its batches' sake and as a cursor; its id may be taken again.
  add column deleted_at timestamptz,
  add check (not is_default or deleted_at is null);
create index job_list on job (tenant_id, created_at desc, id desc) where deleted_at is null;

create index api_key_list on api_key (tenant_id, created_at desc, id desc);

-- What a tenant may have at a time; null for what the configuration says.
alter table tenant
  add column max_files bigint check (max_files >= 0),
  add column max_bytes bigint check (max_bytes >= 0),
  add column max_batches bigint check (max_batches >= 0),
  add column max_lines bigint check (max_lines >= 0),
  add column max_batches_an_hour bigint check (max_batches_an_hour >= 0);

alter table batch
  -- The job's as they were when the batch was created.
  add column required_model text,
  add column max_lines bigint,
  -- The tenant's limit of lines in open batches when this one was created; whoever plans it has no configuration of quotas.
  add column queue_lines bigint,
  -- The row of a deleted batch stays as a cursor, and since results of it may still be on their way.
  add column deleted_at timestamptz,
  add check (deleted_at is null or status in ('failed', 'completed', 'expired', 'cancelled'));
drop index batch_list;
create index batch_list on batch (tenant_id, created_at desc, id desc) where deleted_at is null;
create index batch_list_status on batch (tenant_id, status, created_at desc, id desc) where deleted_at is null;
create index batch_list_job on batch (tenant_id, job_id, created_at desc, id desc) where deleted_at is null;
-- They count among those created in the last hour.
create index batch_deleted on batch (tenant_id, created_at) where deleted_at is not null;
create index batch_enqueued on batch (tenant_id) include (lines_total)
  where status in ('validating', 'in_progress', 'finalizing', 'cancelling');

-- The pairs of a batch's metadata, so that a list of those with a pair is read in its order however many there are.
create function metadata_pair(key text, value text) returns bigint language sql immutable strict parallel safe
  return ('x' || left(md5(length(key) || ':' || key || value), 16))::bit(64)::bigint;

create table batch_metadata (
  tenant_id text not null,
  pair bigint not null,
  created_at timestamptz not null,
  batch_id text not null references batch on delete cascade,
  primary key (tenant_id, pair, created_at, batch_id)
);
create index batch_metadata_batch on batch_metadata (batch_id);

create function note_metadata() returns trigger language plpgsql as $$
begin
  delete from batch_metadata where batch_id = new.id and tg_op = 'UPDATE';
  insert into batch_metadata (tenant_id, pair, created_at, batch_id)
    select new.tenant_id, metadata_pair(m.key, m.value), new.created_at, new.id from jsonb_each_text(new.metadata) m
    on conflict do nothing;
  return null;
end $$;
-- A trigger, so that no way to make a batch can miss it.
create trigger batch_metadata_insert after insert on batch for each row
  when (new.metadata <> '{}') execute function note_metadata();
create trigger batch_metadata_update after update of metadata on batch for each row
  when (old.metadata is distinct from new.metadata) execute function note_metadata();

insert into batch_metadata (tenant_id, pair, created_at, batch_id)
  select b.tenant_id, metadata_pair(m.key, m.value), b.created_at, b.id from batch b, jsonb_each_text(b.metadata) m
  on conflict do nothing;

drop index file_list;
create index file_list on file (tenant_id, created_at desc, id desc) where state = 'ready';
create index file_list_purpose on file (tenant_id, purpose, created_at desc, id desc) where state = 'ready';

-- What a tenant stores is the sum of its rows. Each change adds one, so that nobody waits for another; they are folded from time to time.
create table file_usage (
  id bigint generated always as identity primary key,
  tenant_id text not null,
  files bigint not null,
  bytes bigint not null
);
create index file_usage_tenant on file_usage (tenant_id) include (files, bytes);

create function note_file_usage() returns trigger language plpgsql as $$
declare
  before_files bigint := case when tg_op <> 'INSERT' and old.state = 'ready' then 1 else 0 end;
  before_bytes bigint := case when tg_op <> 'INSERT' and old.state = 'ready' then old.bytes else 0 end;
  after_files bigint := case when tg_op <> 'DELETE' and new.state = 'ready' then 1 else 0 end;
  after_bytes bigint := case when tg_op <> 'DELETE' and new.state = 'ready' then new.bytes else 0 end;
begin
  if before_files <> after_files or before_bytes <> after_bytes then
    insert into file_usage (tenant_id, files, bytes)
      values (coalesce(new.tenant_id, old.tenant_id), after_files - before_files, after_bytes - before_bytes);
  end if;
  return null;
end $$;
create trigger file_usage after insert or delete or update of state, bytes on file for each row
  execute function note_file_usage();

insert into file_usage (tenant_id, files, bytes)
  select tenant_id, count(*), sum(bytes) from file where state = 'ready' group by tenant_id;
