-- What bundles take up in the image store, as it told last. `own` and `shared` are counted among the bundles of
-- `project_id`, `sole` among all of the store.
create table bundle_size (
    kind          varchar(16) not null,
    bundle_id     char(36) character set ascii collate ascii_bin not null,
    -- '' if the store does not know whose it is.
    project_id    varchar(64) not null,
    logical_bytes bigint      not null,
    own_bytes     bigint      not null,
    shared_bytes  bigint      not null,
    sole_bytes    bigint      not null,
    measured_at   datetime(6) not null,
    primary key (kind, bundle_id)
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;

-- What all bundles of a project take up together, each stored byte counted once.
create table project_size (
    store_id     varchar(64) not null,
    project_id   varchar(64) not null,
    stored_bytes bigint      not null,
    measured_at  datetime(6) not null,
    primary key (project_id, store_id)
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;

-- What counts against the quota while the size is not known: as much as may come.
alter table image
    add column reserved_bytes bigint not null default 0;
alter table snapshot
    add column reserved_bytes bigint not null default 0;
