-- What guests of a host see of its CPU if nothing else is said, as its last heartbeat told.
alter table host
    add column cpu longtext null;
