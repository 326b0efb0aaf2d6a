package cloud.stasis.gateway.identity;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.UserId;
import java.util.Locale;

/// The policy of the identity API: what can be done, and who may. This is the whole table.
public enum IdentityAction {
    VALIDATE_TOKEN(Rule.OWN_OR_SERVICE),
    REVOKE_TOKEN(Rule.OWN),

    LIST_USERS(Rule.LOOKS_AT_ALL),
    SHOW_USER(Rule.OWN_OR_LOOKS_AT_ALL),
    LIST_USER_PROJECTS(Rule.OWN_OR_LOOKS_AT_ALL),
    LIST_USER_GROUPS(Rule.OWN_OR_LOOKS_AT_ALL),
    CHANGE_USERS(Rule.ADMIN),

    LIST_PROJECTS(Rule.LOOKS_AT_ALL),
    /// Its own scope may be seen by every token; see the resource.
    SHOW_PROJECT(Rule.LOOKS_AT_ALL),
    CHANGE_PROJECTS(Rule.ADMIN),

    LIST_DOMAINS(Rule.LOOKS_AT_ALL),
    SHOW_DOMAIN(Rule.LOOKS_AT_ALL),
    CHANGE_DOMAINS(Rule.ADMIN),

    SHOW_GROUPS(Rule.LOOKS_AT_ALL),
    CHANGE_GROUPS(Rule.ADMIN),

    SHOW_ROLES(Rule.LOOKS_AT_ALL),
    CHANGE_ROLES(Rule.ADMIN),

    SHOW_ASSIGNMENTS(Rule.LOOKS_AT_ALL),
    CHANGE_ASSIGNMENTS(Rule.ADMIN),

    SHOW_APPLICATION_CREDENTIALS(Rule.OWN_OR_LOOKS_AT_ALL),
    /// Nobody makes one for another: it would be a way to act as them.
    CREATE_APPLICATION_CREDENTIAL(Rule.ONLY_OWN),
    DELETE_APPLICATION_CREDENTIAL(Rule.OWN),

    SHOW_SERVICES(Rule.LOOKS_AT_ALL),
    CHANGE_SERVICES(Rule.ADMIN);

    private enum Rule {
        /// The role admin, on whatever scope.
        ADMIN,
        /// Admin, or any role on the system.
        LOOKS_AT_ALL,
        /// What belongs to the caller; admin too.
        OWN,
        ONLY_OWN,
        OWN_OR_LOOKS_AT_ALL,
        /// As above, and the other services of the cloud.
        OWN_OR_SERVICE
    }

    private final Rule rule;

    IdentityAction(Rule rule) {
        this.rule = rule;
    }

    /// @throws StasisException `ACCESS_DENIED` if the holder of the token may not
    public void check(Token token) {
        decide(allows(token, false));
    }

    /// @param owner whom the thing belongs to
    /// @throws StasisException `ACCESS_DENIED` if the holder of the token may not
    public void check(Token token, UserId owner) {
        decide(allows(token, token.user().id().equals(owner)));
    }

    public boolean isAllowed(Token token) {
        return allows(token, false);
    }

    private boolean allows(Token token, boolean own) {
        boolean admin = token.hasRole(Role.ADMIN);
        boolean looksAtAll = admin || token.scope() instanceof Scope.System;
        return switch (rule) {
            case ADMIN -> admin;
            case LOOKS_AT_ALL -> looksAtAll;
            case OWN -> own || admin;
            case ONLY_OWN -> own;
            case OWN_OR_LOOKS_AT_ALL -> own || looksAtAll;
            case OWN_OR_SERVICE -> own || looksAtAll || token.hasRole(Role.SERVICE);
        };
    }

    private void decide(boolean allowed) {
        if (!allowed) {
            throw new StasisException(
                    ErrorCode.ACCESS_DENIED,
                    "You are not authorized to perform the requested action: identity:"
                            + name().toLowerCase(Locale.ROOT) + ".");
        }
    }
}
