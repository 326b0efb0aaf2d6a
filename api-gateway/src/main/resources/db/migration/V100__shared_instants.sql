-- One instant of several servers, and which snapshots are of it. When the last of them goes, its row goes.
create table shared_instant (
    id           uuid         not null primary key,
    project_id   varchar(64)  not null,
    user_id      varchar(64)  not null,
    name         varchar(255) not null,
    servers      int          not null,
    taken_at     datetime(6)  null,
    hosts        int          null,
    skew_micros  bigint       null,
    created_at   datetime(6)  not null,
    index shared_instant_by_project (project_id, created_at, id)
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;

alter table snapshot
    add column instant_id uuid null,
    add index snapshot_by_instant (instant_id);
