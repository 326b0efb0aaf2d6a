-- Servers of which a standby is kept on another host.
alter table instance
    add column protection_id uuid null;

create table protection (
    id          uuid          not null primary key,
    project_id  varchar(64)   not null,
    user_id     varchar(64)   not null,
    instance_id uuid          not null,
    source_id   varchar(64)   not null,
    standby_id  varchar(64)   not null,
    -- Where the source sends epochs, as it was told last.
    standby_url varchar(512)  null,
    interval_ms bigint        not null,
    output      varchar(16)   not null,
    failover    varchar(16)   not null,
    stage       varchar(16)   not null,
    saga_id     uuid          null,
    job_id      uuid          null,
    reason      varchar(1000) null,
    epoch       bigint        null,
    epoch_at    datetime(6)   null,
    created_at  datetime(6)   not null,
    updated_at  datetime(6)   not null,
    generation  bigint        not null,
    index protection_by_project (project_id, created_at, id),
    index protection_by_instance (instance_id),
    index protection_by_source (source_id),
    index protection_by_standby (standby_id),
    index protection_by_stage (stage, id)
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;

-- What both hosts told last. Only heartbeats write here, and they write nowhere else.
create table protection_report (
    protection_id uuid          not null,
    role          varchar(16)   not null,
    health        varchar(16)   not null,
    epoch         bigint        not null,
    epoch_at      datetime(6)   null,
    interval_ms   bigint        not null,
    pause_us      bigint        not null,
    sent_bytes    bigint        not null,
    reason        varchar(1000) null,
    told_at       datetime(6)   not null,
    moved_at      datetime(6)   not null,
    -- Times in a row that the standby was heard of and its source was not.
    alone         int           not null,
    primary key (protection_id, role)
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;
