-- What operators say of a host. Heartbeats never write these columns.
alter table host
    add column takes_servers   boolean      not null default true,
    add column disabled_reason varchar(255) null,
    add column forced_down     boolean      not null default false;
