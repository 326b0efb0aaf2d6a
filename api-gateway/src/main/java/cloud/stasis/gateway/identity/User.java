package cloud.stasis.gateway.identity;

import cloud.stasis.model.ProjectId;
import cloud.stasis.model.UserId;
import java.util.Map;
import java.util.Optional;

/// Someone who may log in. How is kept apart: no password and no hash ever stands in this record.
///
/// @param extra what clients keep here and the identity API has no name for
public record User(
        UserId id,
        DomainId domain,
        String name,
        String description,
        String email,
        boolean enabled,
        Optional<ProjectId> defaultProject,
        Map<String, String> extra) {
    public User {
        extra = Map.copyOf(extra);
    }
}
