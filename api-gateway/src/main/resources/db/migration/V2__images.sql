-- Images as the image API knows them. The bytes are in the store; `parts` says what a bundle has there.
create table image (
    id               char(36) character set ascii collate ascii_bin not null primary key,
    owner            varchar(64)  not null,
    name             varchar(255) not null,
    status           varchar(16)  not null,
    visibility       varchar(16)  not null,
    protected        boolean      not null,
    hidden           boolean      not null,
    -- '' while not known.
    disk_format      varchar(16)  not null,
    container_format varchar(16)  not null,
    min_disk         int          not null,
    min_ram          int          not null,
    -- null while not known.
    size             bigint       null,
    virtual_size     bigint       null,
    md5              varchar(32)  not null,
    sha512           varchar(128) not null,
    -- JSON, read and written as a whole; what can be searched for stands in image_search too.
    parts            mediumtext   not null,
    properties       mediumtext   not null,
    tags             mediumtext   not null,
    created_at       datetime(6)  not null,
    updated_at       datetime(6)  not null,
    -- Lists are read in these orders, page by page, each from where the last one ended.
    key image_of_owner (owner, created_at, id),
    key image_of_owner_by_name (owner, name, id),
    key image_visible (visibility, created_at, id),
    key image_all (created_at, id),
    key image_by_name (name, id)
) character set utf8mb4 collate utf8mb4_nopad_bin;

-- Finds images by a property or a tag. Follows from the image's row, and is rewritten with it.
create table image_search (
    image_id char(36) character set ascii collate ascii_bin not null,
    kind     char(1)      not null, -- P property, T tag
    name     varchar(255) not null,
    -- The value, or its hash if it is long; '' for a tag.
    value    varchar(255) not null,
    primary key (image_id, kind, name),
    key image_search_value (name, value),
    constraint image_search_image_fk foreign key (image_id) references image (id) on delete cascade
) character set utf8mb4 collate utf8mb4_nopad_bin;

-- Projects that a shared image is shared with.
create table image_member (
    image_id   char(36) character set ascii collate ascii_bin not null,
    project_id varchar(64) not null,
    status     varchar(16) not null, -- pending, accepted, rejected
    created_at datetime(6) not null,
    updated_at datetime(6) not null,
    primary key (image_id, project_id),
    key image_member_project (project_id, status),
    constraint image_member_image_fk foreign key (image_id) references image (id) on delete cascade
) character set utf8mb4 collate utf8mb4_nopad_bin;

-- Uploads that stream now. Whoever carries one renews it; an image whose upload is overdue goes back to queued.
create table image_upload (
    image_id  char(36) character set ascii collate ascii_bin not null primary key,
    upload_id char(36) character set ascii collate ascii_bin not null,
    -- By the database's clock, the only one that all gateways share.
    due_at    datetime(6) not null,
    -- It was overdue, and its reference is being dropped from the store; when it is due again the image is queued.
    dropped   boolean     not null,
    key image_upload_due (due_at),
    constraint image_upload_image_fk foreign key (image_id) references image (id) on delete cascade
) character set utf8mb4 collate utf8mb4_nopad_bin;
