-- What a dispatcher could use of each backend, and what the leader lends it; see docs/decisions/lent-capacity.md.
alter table process
  -- As the dispatcher reports it: its demand, and the slots that it may have in use.
  add column capacity jsonb not null default '{}',
  -- As the leader grants it: slots by backend.
  add column shares jsonb not null default '{}';
