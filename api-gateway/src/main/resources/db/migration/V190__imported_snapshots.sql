-- The image that a snapshot came with, if it was imported.

alter table snapshot add column imported_image uuid null;
