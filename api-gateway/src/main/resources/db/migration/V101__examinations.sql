-- How a host reads the disks of running machines; and what its last comparison with the tables found.
alter table host
    add column captures varchar(16) null;

create table host_examination (
    host_id   varchar(64)  not null primary key,
    saga_id   uuid         null,
    mending   varchar(16)  not null,
    begun_at  datetime(6)  not null,
    ended_at  datetime(6)  null,
    findings  longtext     null,
    more      int          not null,
    error     varchar(1000) null
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;
