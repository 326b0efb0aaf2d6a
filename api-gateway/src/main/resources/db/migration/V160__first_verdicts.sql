-- What could be made of a snapshot when it had just been taken.

alter table snapshot add column first_verdict longtext null;
