-- Who may use this cloud. Names compare byte by byte: "Ops" and "ops" are two users. No-pad collation, so that trailing
-- spaces count.
alter database character set utf8mb4 collate utf8mb4_nopad_bin;

-- Projects, and domains, which are projects that hold others (is_domain). A domain's own domain_id is ''.
create table identity_project (
    id          varchar(64)   not null primary key,
    domain_id   varchar(64)   not null,
    parent_id   varchar(64)   not null,
    name        varchar(64)   not null,
    description varchar(4096) not null,
    enabled     boolean       not null,
    is_domain   boolean       not null,
    -- A token carries the epochs of its user and its scope as they were when it was issued: raising one voids all that
    -- are out. A counter, not a time, because the clocks of several gateways differ.
    token_epoch bigint        not null,
    unique key identity_project_name (domain_id, name, is_domain),
    key identity_project_parent (parent_id),
    key identity_project_by_name (name)
) character set utf8mb4 collate utf8mb4_nopad_bin;

create table identity_user (
    id                 varchar(64)   not null primary key,
    domain_id          varchar(64)   not null,
    name               varchar(255)  not null,
    description        varchar(4096) not null,
    email              varchar(255)  not null,
    enabled            boolean       not null,
    default_project_id varchar(64)   not null,
    -- '' for a user without password, who cannot log in by one.
    password_hash      varchar(255)  not null,
    token_epoch        bigint        not null,
    unique key identity_user_name (domain_id, name),
    key identity_user_by_name (name)
) character set utf8mb4 collate utf8mb4_nopad_bin;

create table identity_group (
    id          varchar(64)   not null primary key,
    domain_id   varchar(64)   not null,
    name        varchar(64)   not null,
    description varchar(4096) not null,
    unique key identity_group_name (domain_id, name)
) character set utf8mb4 collate utf8mb4_nopad_bin;

create table identity_group_member (
    group_id varchar(64) not null,
    user_id  varchar(64) not null,
    primary key (group_id, user_id),
    key identity_group_member_user (user_id),
    constraint identity_group_member_group_fk foreign key (group_id) references identity_group (id) on delete cascade,
    constraint identity_group_member_user_fk foreign key (user_id) references identity_user (id) on delete cascade
) character set utf8mb4 collate utf8mb4_nopad_bin;

-- domain_id is '' for a role of the whole deployment. Only those ever stand in a token.
create table identity_role (
    id          varchar(64)   not null primary key,
    domain_id   varchar(64)   not null,
    name        varchar(255)  not null,
    description varchar(4096) not null,
    unique key identity_role_name (domain_id, name)
) character set utf8mb4 collate utf8mb4_nopad_bin;

-- Who has the prior role has the implied one too.
create table identity_implied_role (
    prior_id   varchar(64) not null,
    implied_id varchar(64) not null,
    primary key (prior_id, implied_id),
    constraint identity_implied_prior_fk foreign key (prior_id) references identity_role (id) on delete cascade,
    constraint identity_implied_implied_fk foreign key (implied_id) references identity_role (id) on delete cascade
) character set utf8mb4 collate utf8mb4_nopad_bin;

create table identity_assignment (
    actor_kind  varchar(8)  not null, -- USER, GROUP
    actor_id    varchar(64) not null,
    target_kind varchar(8)  not null, -- PROJECT, DOMAIN, SYSTEM
    target_id   varchar(64) not null, -- 'all' for SYSTEM
    role_id     varchar(64) not null,
    -- Holds not on the target but on the projects below it.
    inherited   boolean     not null,
    primary key (actor_id, actor_kind, target_id, target_kind, role_id, inherited),
    key identity_assignment_target (target_id, target_kind),
    constraint identity_assignment_role_fk foreign key (role_id) references identity_role (id) on delete cascade
) character set utf8mb4 collate utf8mb4_nopad_bin;

create table identity_application_credential (
    id           varchar(64)   not null primary key,
    user_id      varchar(64)   not null,
    project_id   varchar(64)   not null,
    name         varchar(255)  not null,
    description  varchar(4096) not null,
    secret_hash  varchar(255)  not null,
    expires_at   datetime(6)   null,
    -- May it make and delete other application credentials?
    unrestricted boolean       not null,
    unique key identity_application_credential_name (user_id, name),
    key identity_application_credential_project (project_id),
    constraint identity_application_credential_user_fk foreign key (user_id) references identity_user (id) on delete cascade
) character set utf8mb4 collate utf8mb4_nopad_bin;

create table identity_application_credential_role (
    application_credential_id varchar(64) not null,
    role_id                   varchar(64) not null,
    primary key (application_credential_id, role_id),
    constraint identity_acr_credential_fk foreign key (application_credential_id)
        references identity_application_credential (id) on delete cascade,
    constraint identity_acr_role_fk foreign key (role_id) references identity_role (id) on delete cascade
) character set utf8mb4 collate utf8mb4_nopad_bin;

-- Tokens that were revoked one by one, by audit id; a row may go when the token would have expired anyway.
create table identity_revoked_token (
    audit_id   varchar(64) not null primary key,
    expires_at datetime(6) not null,
    key identity_revoked_token_expiry (expires_at)
) character set utf8mb4 collate utf8mb4_nopad_bin;
