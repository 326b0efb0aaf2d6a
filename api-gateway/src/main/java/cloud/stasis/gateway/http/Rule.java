package cloud.stasis.gateway.http;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;

/// Who may do something, by roles. The tables that say what needs which rule stand with each API.
public enum Rule {
    /// Whoever has a role on the project.
    ANY_ROLE,
    MEMBER,
    ADMIN;

    /// @param policy what is asked for, by the name that OpenStack's policies have for it
    /// @throws StasisException `ACCESS_DENIED`
    public void check(Caller caller, String policy) {
        boolean allowed =
                switch (this) {
                    case ANY_ROLE -> !caller.roles().isEmpty();
                    case MEMBER -> caller.isAdmin() || caller.roles().contains("member");
                    case ADMIN -> caller.isAdmin();
                };
        if (!allowed) {
            throw new StasisException(ErrorCode.ACCESS_DENIED, "Policy doesn't allow " + policy + " to be performed.");
        }
    }
}
