-- Servers without a machine, whose own disks lie in an image, and servers that run from a disk that was put beside
-- their own. The longer status needs more room.
--
-- status is what InstanceState.status() says.
alter table instance
    drop index instance_by_status,
    drop column status;

alter table instance
    add column shelf_id uuid null,
    add column status varchar(20) generated always as (
        case
            when deleted_at is not null then 'DELETED'
            when operation = 'REBUILD' then 'REBUILD'
            when stage = 'BUILDING' then 'BUILD'
            when stage = 'FAILED' then 'ERROR'
            when stage = 'SHELVED' then 'SHELVED_OFFLOADED'
            when stage = 'RESCUED' then 'RESCUE'
            when operation = 'REBOOT_SOFT' then 'REBOOT'
            when operation = 'REBOOT_HARD' then 'HARD_REBOOT'
            when power = 'RUNNING' then 'ACTIVE'
            when power in ('STOPPED', 'CRASHED') then 'SHUTOFF'
            else power
        end
    ) virtual,
    add index instance_by_status (project_id, deleted_at, status, created_at, id);
