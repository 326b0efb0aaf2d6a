-- What tenants call a volume on its server.

alter table volume add column device_tag varchar(60) null;
