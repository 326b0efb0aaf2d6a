-- Network interfaces of servers. Those of deleted servers go when somebody needs an address.
create table port (
    id           uuid         not null primary key,
    instance_id  uuid         not null,
    network_id   uuid         not null,
    mac          varchar(17)  not null,
    address      varchar(45)  null,
    saga_id      uuid         null,
    created_at   datetime(6)  not null,
    index port_by_instance (instance_id, created_at),
    constraint port_address unique (network_id, address)
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;

-- Networks stand in the configuration; this is what one waits for who takes an address.
create table network_lock (
    network_id  uuid not null primary key
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;
