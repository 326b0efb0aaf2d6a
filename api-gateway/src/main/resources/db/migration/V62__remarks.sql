-- What clients say of a server for each other (Remarks).
alter table instance
    add column remarks longtext not null
    default '{"accessIpv4":"","accessIpv6":"","diskConfig":"MANUAL"}' after tags;
