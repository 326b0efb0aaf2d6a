-- Block storage: types, snapshots and transfers of volumes.

alter table volume
    add column type_id    uuid        null,
    add column bootable   boolean     not null default false,
    add column read_only  boolean     not null default false,
    add column snapshot_id uuid       null,
    add column source_id  uuid        null;

create table volume_type (
    id           uuid         not null primary key,
    name         varchar(255) not null,
    description  text         null,
    is_public    boolean      not null,
    extra_specs  longtext     not null,
    access       longtext     not null,
    created_at   datetime(6)  not null,
    constraint volume_type_name unique (name)
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;

create table volume_snapshot (
    id           uuid         not null primary key,
    project_id   varchar(64)  not null,
    user_id      varchar(64)  not null,
    volume_id    uuid         not null,
    backend_id   varchar(64)  not null,
    name         varchar(255) not null,
    description  text         null,
    metadata     longtext     not null,
    size_bytes   bigint       not null,
    state        varchar(32)  not null,
    progress     varchar(16)  not null,
    saga_id      uuid         null,
    created_at   datetime(6)  not null,
    updated_at   datetime(6)  not null,
    deleted_at   datetime(6)  null,
    generation   bigint       not null,
    index volume_snapshot_by_project (project_id, deleted_at, created_at, id),
    index volume_snapshot_by_volume (volume_id, deleted_at)
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;
