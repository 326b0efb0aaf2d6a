-- Lists of a hundred thousand: each page, filter by status or by name and order by name costs the same however long the
-- list is, and what a project has is summed up from an index.
--
-- status is what InstanceState.status() says. `name` at the end of an index lets a search look at names without rows.
alter table instance
    add column status varchar(16) generated always as (
        case
            when deleted_at is not null then 'DELETED'
            when operation = 'REBUILD' then 'REBUILD'
            when stage = 'BUILDING' then 'BUILD'
            when stage = 'FAILED' then 'ERROR'
            when operation = 'REBOOT_SOFT' then 'REBOOT'
            when operation = 'REBOOT_HARD' then 'HARD_REBOOT'
            when power = 'RUNNING' then 'ACTIVE'
            when power in ('STOPPED', 'CRASHED') then 'SHUTOFF'
            else power
        end
    ) virtual,
    drop index instance_by_project,
    drop index instance_by_age,
    add index instance_by_project (project_id, deleted_at, created_at, id, name),
    add index instance_by_age (deleted_at, created_at, id, project_id, name),
    add index instance_by_name (project_id, deleted_at, name, created_at, id),
    add index instance_by_status (project_id, deleted_at, status, created_at, id),
    add index instance_usage (project_id, deleted_at, vcpus, memory_bytes);

alter table volume
    add index volume_by_name (project_id, deleted_at, name, id),
    add index volume_by_state (project_id, deleted_at, state, created_at, id),
    add index volume_usage (project_id, deleted_at, size_bytes);

alter table volume_snapshot
    add index volume_snapshot_by_name (project_id, deleted_at, name, id),
    add index volume_snapshot_by_state (project_id, deleted_at, state, created_at, id),
    add index volume_snapshot_usage (project_id, deleted_at, size_bytes);
