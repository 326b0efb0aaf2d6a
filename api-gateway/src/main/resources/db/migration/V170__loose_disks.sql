-- By which types of volumes choose a backend, and the disks in its directory that are no volumes.
alter table storage_backend
    add column name  varchar(64) not null default 'stasis',
    add column loose longtext    not null default '[]';
