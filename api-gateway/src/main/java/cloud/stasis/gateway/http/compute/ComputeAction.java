package cloud.stasis.gateway.http.compute;

import cloud.stasis.gateway.http.Rule;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.model.StasisException;

/// The policy of the compute API: what can be done, and who may. This is the whole table. Whose server it is
/// comes on top: somebody else's is not there, except for administrators.
enum ComputeAction {
    READ_SERVERS("servers:index", Rule.ANY_ROLE),
    READ_SERVERS_OF_ALL("servers:index:get_all_tenants", Rule.ADMIN),
    CREATE_SERVERS("servers:create", Rule.MEMBER),
    CHANGE_SERVERS("servers:update", Rule.MEMBER),
    DELETE_SERVERS("servers:delete", Rule.MEMBER),
    CREATE_IMAGES("servers:create_image", Rule.MEMBER),
    CREATE_BACKUPS("os-create-backup", Rule.MEMBER),
    REBUILD_SERVERS("servers:rebuild", Rule.MEMBER),
    RESIZE_SERVERS("servers:resize", Rule.MEMBER),
    RESCUE_SERVERS("os-rescue", Rule.MEMBER),
    SHELVE_SERVERS("os-shelve:shelve", Rule.MEMBER),
    UNSHELVE_TO_HOST("os-shelve:unshelve_to_host", Rule.ADMIN),
    OFFLOAD_SERVERS("os-shelve:shelve_offload", Rule.ADMIN),
    READ_CONSOLE("os-console-output", Rule.MEMBER),
    READ_ATTACHMENTS("os-volumes-attachments:index", Rule.ANY_ROLE),
    CHANGE_ATTACHMENTS("os-volumes-attachments:create", Rule.MEMBER),
    READ_INTERFACES("os-attach-interfaces:list", Rule.ANY_ROLE),
    CHANGE_INTERFACES("os-attach-interfaces:create", Rule.MEMBER),
    READ_NETWORKS("os-networks:list", Rule.ANY_ROLE),
    LOCK_SERVERS("os-lock-server", Rule.MEMBER),
    RESET_STATE("os-admin-actions:reset_state", Rule.ADMIN),

    READ_FLAVORS("os-flavor-access", Rule.ANY_ROLE),
    CHANGE_FLAVORS("os-flavor-manage", Rule.ADMIN),
    READ_FLAVOR_ACCESS("os-flavor-access", Rule.ADMIN),

    OWN_KEYPAIRS("os-keypairs", Rule.ANY_ROLE),
    READ_SERVER_GROUPS("os-server-groups:index", Rule.ANY_ROLE),
    READ_SERVER_GROUPS_OF_ALL("os-server-groups:index:all_projects", Rule.ADMIN),
    CHANGE_SERVER_GROUPS("os-server-groups:create", Rule.MEMBER),
    READ_USAGE("os-simple-tenant-usage:show", Rule.ANY_ROLE),
    READ_USAGE_OF_ALL("os-simple-tenant-usage:list", Rule.ADMIN),
    READ_QUOTAS("os-quota-sets:show", Rule.ANY_ROLE),
    CHANGE_QUOTAS("os-quota-sets:update", Rule.ADMIN),
    READ_QUOTA_CLASSES("os-quota-class-sets:show", Rule.ADMIN),
    CHANGE_QUOTA_CLASSES("os-quota-class-sets:update", Rule.ADMIN),
    READ_HOSTS("os-hypervisors:list", Rule.ADMIN),
    READ_DIAGNOSTICS("os-server-diagnostics", Rule.ADMIN),
    CHANGE_SERVICES("os-services:update", Rule.ADMIN);

    private final String rule;
    private final Rule who;

    ComputeAction(String rule, Rule who) {
        this.rule = rule;
        this.who = who;
    }

    /// @throws StasisException `ACCESS_DENIED`
    void check(Caller caller) {
        who.check(caller, "os_compute_api:" + rule);
    }
}
