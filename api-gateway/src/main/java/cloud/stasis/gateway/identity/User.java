package cloud.stasis.gateway.identity;

import cloud.stasis.model.ProjectId;
import cloud.stasis.model.UserId;
import java.util.Optional;

/// Someone who may log in. How is kept apart: no password and no hash ever stands in this record.
public record User(
        UserId id,
        DomainId domain,
        String name,
        String description,
        String email,
        boolean enabled,
        Optional<ProjectId> defaultProject) {}
