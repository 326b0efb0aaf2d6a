-- How much of each type of volume a project may have.

create table volume_type_quota (
    project_id varchar(64) not null,
    type_id    uuid        not null,
    resource   varchar(32) not null,
    allowed    bigint      not null,
    primary key (project_id, type_id, resource),
    constraint volume_type_quota_type foreign key (type_id) references volume_type (id) on delete cascade
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;
