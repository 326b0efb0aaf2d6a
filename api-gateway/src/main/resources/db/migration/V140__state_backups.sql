-- Backups of this database in the image store. A restored database finds here those that were known when it was dumped.
create table state_backup (
    id             uuid           not null primary key,
    origin         varchar(16)    not null,
    status         varchar(16)    not null,
    begun_at       datetime(6)    not null,
    size           bigint         null,
    error_code     varchar(64)    null,
    error_message  varchar(1000)  null,
    index state_backup_by_age (begun_at)
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;
