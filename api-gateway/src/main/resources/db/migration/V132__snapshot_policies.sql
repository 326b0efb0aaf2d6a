-- Backups by policy, and what came of them.

create table snapshot_policy (
    id         uuid         not null primary key,
    project_id varchar(64)  not null,
    user_id    varchar(64)  not null,
    terms      longtext     not null,
    next_run   datetime(6)  null,
    last_run   datetime(6)  null,
    created_at datetime(6)  not null,
    updated_at datetime(6)  not null,
    generation bigint       not null,
    index snapshot_policy_by_project (project_id, created_at, id),
    index snapshot_policy_by_next_run (next_run, id)
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;

create table policy_result (
    id         uuid         not null primary key,
    policy_id  uuid         not null,
    due_at     datetime(6)  not null,
    target_id  uuid         not null,
    stage      varchar(16)  not null,
    product_id uuid         null,
    job_id     uuid         null,
    reason     varchar(500) null,
    next_look  datetime(6)  not null,
    generation bigint       not null,
    index policy_result_by_policy (policy_id, due_at),
    index policy_result_by_target (policy_id, target_id, stage),
    index policy_result_by_stage (stage, next_look, id),
    constraint policy_result_policy foreign key (policy_id) references snapshot_policy (id) on delete cascade
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;
