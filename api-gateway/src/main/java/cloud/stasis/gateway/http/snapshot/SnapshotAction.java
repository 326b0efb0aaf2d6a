package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;

/// The policy of the snapshot API: what can be done, and who may. This is the whole table. Whose snapshot it is
/// comes on top: somebody else's is not there, except for administrators.
enum SnapshotAction {
    READ(Rule.ANY_ROLE),
    CHANGE(Rule.MEMBER),
    OPERATE(Rule.ADMIN);

    private enum Rule {
        /// Whoever has a role on the project.
        ANY_ROLE,
        MEMBER,
        ADMIN
    }

    private final Rule who;

    SnapshotAction(Rule who) {
        this.who = who;
    }

    /// @throws StasisException `ACCESS_DENIED`
    void check(Caller caller) {
        boolean allowed =
                switch (who) {
                    case ANY_ROLE -> !caller.roles().isEmpty();
                    case MEMBER -> caller.isAdmin() || caller.roles().contains("member");
                    case ADMIN -> caller.isAdmin();
                };
        if (!allowed) {
            throw new StasisException(
                    ErrorCode.ACCESS_DENIED, "Your roles on this project do not allow this. Ask its administrator.");
        }
    }
}
