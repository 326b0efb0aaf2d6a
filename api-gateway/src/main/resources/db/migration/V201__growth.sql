-- The size that a server will have when what is being done with it is done. vcpus and memory_bytes, which quotas and
-- hosts count, are the larger ones of both until then.
alter table instance
    add column growth longtext null;
