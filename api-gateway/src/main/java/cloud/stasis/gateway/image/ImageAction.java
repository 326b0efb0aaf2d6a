package cloud.stasis.gateway.image;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.identity.Role;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import java.util.Locale;

/// The policy of the image API: what can be done, and who may. This is the whole table. That an image must be
/// visible at all comes before it, and is a 404.
public enum ImageAction {
    LIST(Rule.READER),
    SHOW(Rule.READER),
    DOWNLOAD(Rule.READER),
    CREATE(Rule.MEMBER),
    CHANGE(Rule.OWNER),
    UPLOAD(Rule.OWNER),
    DELETE(Rule.OWNER),
    TAG(Rule.OWNER),
    SHARE(Rule.OWNER),
    DEACTIVATE(Rule.OWNER),
    PUBLISH(Rule.ADMIN),
    SET_OWNER(Rule.ADMIN),
    READ_DEACTIVATED(Rule.ADMIN),
    /// To other stores.
    COPY(Rule.ADMIN);

    private enum Rule {
        /// Any role on the project.
        READER,
        /// The role member, or admin.
        MEMBER,
        /// The role member on the project that owns the image, or admin.
        OWNER,
        ADMIN
    }

    private final Rule rule;

    ImageAction(Rule rule) {
        this.rule = rule;
    }

    public boolean isAllowed(Caller caller, ProjectId owner) {
        boolean member = caller.roles().contains(Role.MEMBER);
        return caller.isAdmin()
                || switch (rule) {
                    case READER -> true;
                    case MEMBER -> member;
                    case OWNER -> member && caller.project().equals(owner);
                    case ADMIN -> false;
                };
    }

    /// @throws StasisException `ACCESS_DENIED` if the caller may not
    public void check(Caller caller, ProjectId owner) {
        if (!isAllowed(caller, owner)) {
            throw new StasisException(
                    ErrorCode.ACCESS_DENIED,
                    "You are not authorized to complete "
                            + name().toLowerCase(Locale.ROOT).replace('_', ' ') + " image action.");
        }
    }
}
