-- What clients keep with users and projects.
alter table identity_user add column extra longtext not null default '{}';
alter table identity_project add column tags longtext not null default '[]';
