-- What a volume held before it went back to a snapshot.

alter table volume_snapshot add column occasion varchar(16) not null default 'ON_REQUEST';
