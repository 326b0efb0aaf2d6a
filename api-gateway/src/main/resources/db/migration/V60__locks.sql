-- A server that its owner or an administrator keeps as it is.
alter table instance
    add column locked_by     varchar(16)  null after tags,
    add column locked_reason varchar(255) null after locked_by;
