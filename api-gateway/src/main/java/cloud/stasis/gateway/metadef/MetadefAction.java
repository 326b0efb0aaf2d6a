package cloud.stasis.gateway.metadef;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;

/// The policy of metadata definitions: what can be done, and who may. This is the whole table. That a namespace must
/// be visible at all comes before it, and is a 404.
public enum MetadefAction {
    READ("get_metadef_namespace", Rule.ANY_ROLE),
    ADD_NAMESPACE("add_metadef_namespace", Rule.ADMIN),
    CHANGE_NAMESPACE("modify_metadef_namespace", Rule.ADMIN),
    DELETE_NAMESPACE("delete_metadef_namespace", Rule.ADMIN),
    CHANGE_DEFINITIONS("modify_metadef_definitions", Rule.ADMIN);

    private enum Rule {
        /// Whoever has a role on the project.
        ANY_ROLE,
        ADMIN
    }

    private final String rule;
    private final Rule who;

    MetadefAction(String rule, Rule who) {
        this.rule = rule;
        this.who = who;
    }

    /// @throws StasisException `ACCESS_DENIED` if the caller may not
    public void check(Caller caller) {
        boolean allowed = caller.isAdmin()
                || switch (who) {
                    case ANY_ROLE -> !caller.roles().isEmpty();
                    case ADMIN -> false;
                };
        if (!allowed) {
            throw new StasisException(
                    ErrorCode.ACCESS_DENIED, "You are not authorized to complete " + rule + " action.");
        }
    }
}
