-- Servers that got another size and may have the former one back. Until then vcpus and memory_bytes, which quotas and
-- hosts count, are the larger ones of both.
--
-- status is what InstanceState.status() says.
alter table instance
    drop index instance_by_status,
    drop column status;

alter table instance
    add column former longtext null,
    add column status varchar(20) generated always as (
        case
            when deleted_at is not null then 'DELETED'
            when operation = 'REBUILD' then 'REBUILD'
            when stage = 'BUILDING' then 'BUILD'
            when stage = 'FAILED' then 'ERROR'
            when stage = 'SHELVED' then 'SHELVED_OFFLOADED'
            when stage = 'RESCUED' then 'RESCUE'
            when stage = 'RESIZED' and operation = 'RESIZE' then 'RESIZE'
            when stage = 'RESIZED' and operation = 'REVERT_RESIZE' then 'REVERT_RESIZE'
            when stage = 'RESIZED' then 'VERIFY_RESIZE'
            when operation = 'REBOOT_SOFT' then 'REBOOT'
            when operation = 'REBOOT_HARD' then 'HARD_REBOOT'
            when power = 'RUNNING' then 'ACTIVE'
            when power in ('STOPPED', 'CRASHED') then 'SHUTOFF'
            else power
        end
    ) virtual,
    add index instance_by_status (project_id, deleted_at, status, created_at, id);
