-- Snapshots that wait until nothing else is captured of their server are looked for every second.
alter table snapshot
    add index snapshot_by_state (state, instance_id);
