-- Metadata definitions of the image API: what keys and tags may stand on images, volumes and servers, and mean.

create table metadef_namespace (
    id           bigint       not null auto_increment primary key,
    name         varchar(80)  not null,
    display_name varchar(80)  null,
    description  text         null,
    visibility   varchar(16)  not null,
    protected    boolean      not null,
    owner        varchar(64)  not null,
    created_at   datetime(6)  not null,
    updated_at   datetime(6)  not null,
    constraint metadef_namespace_name unique (name)
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;

-- Everything that stands in a namespace.
create table metadef_definition (
    id           bigint       not null auto_increment primary key,
    namespace_id bigint       not null,
    kind         varchar(16)  not null, -- RESOURCE_TYPE, PROPERTY, OBJECT, TAG
    name         varchar(80)  not null,
    -- JSON, read and written as a whole; without the name.
    content      mediumtext   not null,
    created_at   datetime(6)  not null,
    updated_at   datetime(6)  not null,
    constraint metadef_definition_name unique (namespace_id, kind, name),
    constraint metadef_definition_namespace foreign key (namespace_id)
        references metadef_namespace (id) on delete cascade
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;

create table metadef_resource_type (
    name       varchar(80) not null primary key,
    created_at datetime(6) not null
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;

-- Those that clients know. More come with the first namespace that names them.
insert into metadef_resource_type (name, created_at) values
    ('OS::Glance::Image', utc_timestamp(6)),
    ('OS::Cinder::Volume', utc_timestamp(6)),
    ('OS::Nova::Flavor', utc_timestamp(6)),
    ('OS::Nova::Server', utc_timestamp(6));
