package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.http.Rule;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.model.StasisException;

/// The policy of the block storage API: what can be done, and who may. This is the whole table. Whose volume it is
/// comes on top: somebody else's is not there, except for administrators.
enum VolumeAction {
    READ("volume:get", Rule.ANY_ROLE),
    CHANGE("volume:update", Rule.MEMBER),
    MANAGE("volume_extension:volume_manage", Rule.ADMIN),
    FORCE("volume_extension:volume_admin_actions", Rule.ADMIN),

    READ_TYPES("volume_extension:type_get_all", Rule.ANY_ROLE),
    CHANGE_TYPES("volume_extension:types_manage", Rule.ADMIN),

    READ_QUOTAS("volume_extension:quotas:show", Rule.ANY_ROLE),
    CHANGE_QUOTAS("volume_extension:quotas:update", Rule.ADMIN),
    CHANGE_BACKENDS("volume_extension:services:update", Rule.ADMIN),
    READ_BACKENDS("scheduler_extension:scheduler_stats:get_pools", Rule.ADMIN);

    private final String rule;
    private final Rule who;

    VolumeAction(String rule, Rule who) {
        this.rule = rule;
        this.who = who;
    }

    /// @throws StasisException `ACCESS_DENIED`
    void check(Caller caller) {
        who.check(caller, rule);
    }
}
