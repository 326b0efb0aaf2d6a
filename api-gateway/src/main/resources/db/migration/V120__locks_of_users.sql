-- Users are locked like projects are; what is locked is named by its kind and id then.
alter table project_lock modify project_id varchar(80) not null;
