-- Machines, volumes, snapshots, and how work on them is carried out.
--
-- Times are UTC. Sizes are bytes unless the name says otherwise. Rows of one project are listed newest first, page by page,
-- by (project_id, deleted_at, created_at, id). Usage against quotas is counted from these rows, never kept beside them.

-- What workers say of themselves; one row each, written by heartbeats.

create table host (
    id                varchar(64)  not null primary key,
    data_url          varchar(512) not null,
    hypervisor        varchar(128) not null,
    virt_type         varchar(16)  not null,
    vcpus             int          not null,
    memory_bytes      bigint       not null,
    disk_total_bytes  bigint       not null,
    disk_free_bytes   bigint       not null,
    first_seen        datetime(6)  not null,
    last_seen         datetime(6)  not null
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;

create table storage_backend (
    id           varchar(64) not null primary key,
    total_bytes  bigint      not null,
    free_bytes   bigint      not null,
    last_seen    datetime(6) not null
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;

create table image_store (
    id          varchar(64)  not null primary key,
    data_url    varchar(512) not null,
    free_bytes  bigint       not null,
    last_seen   datetime(6)  not null
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;

-- Machines.

create table flavor (
    id           varchar(255)  not null primary key,
    name         varchar(255)  not null,
    description  text          null,
    vcpus        int           not null,
    memory_mib   int           not null,
    disk_gib     int           not null,
    ephemeral_gib int          not null,
    swap_mib     int           not null,
    rxtx_factor  double        not null,
    is_public    boolean       not null,
    extra_specs  longtext      not null,
    access       longtext      not null,
    created_at   datetime(6)   not null,
    constraint flavor_name unique (name)
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;

insert into flavor values
    ('1', 'demo.tiny', null, 1, 256, 1, 0, 0, 1, true, '{}', '[]', utc_timestamp(6)),
    ('2', 'm1.tiny', null, 1, 512, 4, 0, 0, 1, true, '{}', '[]', utc_timestamp(6)),
    ('3', 'm1.small', null, 1, 2048, 20, 0, 0, 1, true, '{}', '[]', utc_timestamp(6)),
    ('4', 'm1.medium', null, 2, 4096, 40, 0, 0, 1, true, '{}', '[]', utc_timestamp(6)),
    ('5', 'm1.large', null, 4, 8192, 80, 0, 0, 1, true, '{}', '[]', utc_timestamp(6));

create table keypair (
    user_id      varchar(64)  not null,
    name         varchar(255) not null,
    type         varchar(16)  not null,
    public_key   text         not null,
    fingerprint  varchar(128) not null,
    created_at   datetime(6)  not null,
    primary key (user_id, name)
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;

-- `stage`, `power`, `operation` and `phase` are one state (InstanceState); `saga_id` is the saga that may change it.
create table instance (
    id             uuid         not null primary key,
    project_id     varchar(64)  not null,
    user_id        varchar(64)  not null,
    name           varchar(255) not null,
    description    varchar(255) null,
    hostname       varchar(255) not null,
    key_name       varchar(255) null,
    metadata       longtext     not null,
    tags           longtext     not null,
    flavor         longtext     not null,
    vcpus          int          not null,
    memory_bytes   bigint       not null,
    spec           longtext     not null,
    image_id       uuid         null,
    image          longtext     null,
    host_id        varchar(64)  null,
    stage          varchar(16)  not null,
    power          varchar(16)  null,
    operation      varchar(32)  null,
    phase          varchar(32)  null,
    saga_id        uuid         null,
    error_code     varchar(64)  null,
    error_message  varchar(1000) null,
    snapshot_id    uuid         null,
    created_at     datetime(6)  not null,
    updated_at     datetime(6)  not null,
    launched_at    datetime(6)  null,
    deleted_at     datetime(6)  null,
    generation     bigint       not null,
    index instance_by_project (project_id, deleted_at, created_at, id),
    index instance_by_age (deleted_at, created_at, id),
    index instance_by_host (host_id, deleted_at),
    index instance_by_change (project_id, updated_at)
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;

create table volume (
    id             uuid         not null primary key,
    project_id     varchar(64)  not null,
    user_id        varchar(64)  not null,
    name           varchar(255) not null,
    description    text         null,
    metadata       longtext     not null,
    size_bytes     bigint       not null,
    backend_id     varchar(64)  not null,
    state          varchar(32)  not null,
    saga_id        uuid         null,
    instance_id    uuid         null,
    device         varchar(8)   null,
    on_termination varchar(8)   null,
    attached_at    datetime(6)  null,
    created_at     datetime(6)  not null,
    updated_at     datetime(6)  not null,
    deleted_at     datetime(6)  null,
    generation     bigint       not null,
    index volume_by_project (project_id, deleted_at, created_at, id),
    index volume_by_age (deleted_at, created_at, id),
    index volume_by_instance (instance_id)
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;

create table snapshot (
    id             uuid         not null primary key,
    project_id     varchar(64)  not null,
    user_id        varchar(64)  not null,
    instance_id    uuid         not null,
    name           varchar(255) not null,
    memory         varchar(16)  not null,
    quiesce        varchar(16)  not null,
    state          varchar(32)  not null,
    saga_id        uuid         null,
    parent_id      uuid         null,
    spec           longtext     not null,
    manifest       longtext     null,
    manifest_id    char(64)     null,
    size_bytes     bigint       not null,
    taken_at       datetime(6)  null,
    created_at     datetime(6)  not null,
    updated_at     datetime(6)  not null,
    generation     bigint       not null,
    index snapshot_by_project (project_id, created_at, id),
    index snapshot_by_instance (instance_id, created_at, id),
    index snapshot_by_parent (parent_id)
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;

-- One row for each project that ever asked for something: whoever counts usage locks it first, so that requests side by
-- side never exceed a quota together.
create table project_lock (
    project_id  varchar(64) not null primary key
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;

create table quota_override (
    project_id  varchar(64) not null,
    resource    varchar(64) not null,
    allowed     bigint      not null,
    primary key (project_id, resource)
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;

-- How work is carried out.

create table job (
    id              uuid          not null primary key,
    project_id      varchar(64)   not null,
    user_id         varchar(64)   not null,
    kind            varchar(32)   not null,
    instance_id     uuid          null,
    snapshot_id     uuid          null,
    image_id        uuid          null,
    volume_id       uuid          null,
    state           varchar(16)   not null,
    saga_id         uuid          null,
    phase           varchar(32)   not null,
    done_bytes      bigint        not null,
    total_bytes     bigint        not null,
    percent         int           not null,
    phase_since     datetime(6)   not null,
    error_code      varchar(64)   null,
    error_message   varchar(1000) null,
    stuck_code      varchar(64)   null,
    stuck_message   varchar(1000) null,
    client_token    varchar(64)   null,
    request_id      varchar(64)   not null,
    created_at      datetime(6)   not null,
    updated_at      datetime(6)   not null,
    constraint job_by_token unique (project_id, client_token),
    index job_by_project (project_id, created_at, id),
    index job_by_instance (instance_id, created_at, id),
    index job_by_snapshot (snapshot_id, created_at, id),
    index job_by_image (image_id, created_at, id),
    index job_by_request (request_id)
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;

create table saga (
    id          uuid        not null primary key,
    name        varchar(40) not null,
    standing    varchar(16) not null,
    progress    longtext    not null,
    data        longtext    not null,
    job_id      uuid        null,
    request_id  varchar(64) not null,
    awaited     uuid        null,
    wake_at     datetime(6) null,
    created_at  datetime(6) not null,
    updated_at  datetime(6) not null,
    generation  bigint      not null,
    index saga_by_awaited (awaited),
    index saga_by_wake (wake_at),
    index saga_by_standing (standing, updated_at)
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;

create table outbox (
    number      bigint       not null auto_increment primary key,
    topic       varchar(160) not null,
    command_id  uuid         not null,
    type        varchar(64)  not null,
    payload     longblob     not null,
    request_id  varchar(64)  not null,
    created_at  datetime(6)  not null
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;

-- Holds one row. Whoever has it locked relays the outbox.
create table outbox_relay (
    id  int not null primary key
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;

insert into outbox_relay values (1);

-- Messages that were taken, so that a repeated one is not taken twice.
create table consumed_message (
    id           uuid        not null primary key,
    consumed_at  datetime(6) not null,
    index consumed_by_time (consumed_at)
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;
