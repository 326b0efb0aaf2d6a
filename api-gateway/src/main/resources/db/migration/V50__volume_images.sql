-- Volumes that are made of images, and what goes on with volumes besides.

alter table volume
    add column image     longtext not null default '{}',
    add column group_id  uuid     null,
    add index volume_by_group (group_id);

-- What belongs to volumes and is only ever found by its id, or listed for one project, whose quota bounds how much there
-- is of it: backups, groups, transfers, messages and the like. `body` is the whole record as JSON.
create table volume_record (
    id          uuid         not null primary key,
    kind        varchar(32)  not null,
    project_id  varchar(64)  not null,
    volume_id   uuid         null,
    body        longtext     not null,
    created_at  datetime(6)  not null,
    generation  bigint       not null,
    index volume_record_by_project (kind, project_id, created_at, id),
    index volume_record_by_volume (kind, volume_id)
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;
