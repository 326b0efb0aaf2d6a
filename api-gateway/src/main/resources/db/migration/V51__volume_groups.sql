-- Snapshots that belong to one of a group.

alter table volume_snapshot
    add column group_snapshot_id uuid null,
    add index volume_snapshot_by_group (group_snapshot_id);
