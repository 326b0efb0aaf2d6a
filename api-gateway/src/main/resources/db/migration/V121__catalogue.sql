-- What operators enter into the catalogue beside the services of this cloud.
create table identity_region (
    id          varchar(255)  not null primary key,
    description varchar(4096) not null,
    parent_id   varchar(255)  null
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;

create table identity_service (
    id          varchar(64)   not null primary key,
    type        varchar(255)  not null,
    name        varchar(255)  not null,
    description varchar(4096) not null,
    enabled     boolean       not null
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;

-- service_id may name a service of this cloud itself, which has no row.
create table identity_endpoint (
    id          varchar(64)   not null primary key,
    service_id  varchar(64)   not null,
    access      varchar(16)   not null,
    region_id   varchar(255)  null,
    url         varchar(2048) not null,
    enabled     boolean       not null,
    key identity_endpoint_service (service_id)
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;
