-- Planners take turns by tenant in each lane: one index step a tenant leads to its next batch. A batch is due for a plan as soon as it
-- is created, and again once the lease of its last attempt is over. The lanes are those of the planner's statements.
create index batch_to_plan on batch (
    (case when input_bytes <= 65536 and retry_file_id is null then 0
      when input_bytes < 4194304 then 1
      when input_bytes < 67108864 then 2 else 3 end),
    tenant_id, (coalesce(plan_lease_until, created_at)))
  where status = 'validating' and stop_reason is null;
create index batch_planner on batch (plan_holder) where status = 'validating' and plan_holder is not null;

-- Why a plan was put back, and since when for that reason; read only while the batch is validating.
alter table batch
  add column plan_waits text check (plan_waits in ('models', 'input', 'store', 'error')),
  add column plan_waits_since timestamptz,
  add check ((plan_waits is null) = (plan_waits_since is null));

-- The models that each backend named last, or is configured for, by the names that tenants use. Renewed every hour.
create table backend_model (
  backend text not null,
  model text not null,
  seen_at timestamptz not null default now(),
  primary key (backend, model)
);
