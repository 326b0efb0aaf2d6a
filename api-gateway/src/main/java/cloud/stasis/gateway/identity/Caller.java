package cloud.stasis.gateway.identity;

import cloud.stasis.model.ProjectId;
import cloud.stasis.model.UserId;
import java.util.Set;

/// Who makes a request, as a valid token says, and which request it is.
///
/// @param roles names of the roles that the user has on the project: `admin`, `member`, `reader`, ...
/// @param requestId `req-<uuid>`: in the answer's header, in every log line, on the bus
public record Caller(
        UserId user, String userName, ProjectId project, String projectName, Set<String> roles, String requestId) {
    public Caller {
        roles = Set.copyOf(roles);
    }

    public boolean isAdmin() {
        return roles.contains("admin");
    }
}
