-- Servers that shall share a host, or shall not.
create table server_group (
    id            uuid         not null primary key,
    project_id    varchar(64)  not null,
    user_id       varchar(64)  not null,
    name          varchar(255) not null,
    policy        varchar(32)  not null,
    max_per_host  int          not null,
    created_at    datetime(6)  not null,
    index server_group_by_project (project_id, created_at, id)
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;

-- Deleted servers are no members: whoever reads joins with `instance`.
create table server_group_member (
    instance_id  uuid not null primary key,
    group_id     uuid not null,
    index server_group_member_by_group (group_id),
    constraint server_group_member_group_fk foreign key (group_id) references server_group (id) on delete cascade
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;
