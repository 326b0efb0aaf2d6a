-- A snapshot of what a server was before a revert, and in which power state; and snapshots that may not be deleted.
alter table snapshot
    add column before_revert varchar(16) null,
    add column protected     boolean     not null default false;
