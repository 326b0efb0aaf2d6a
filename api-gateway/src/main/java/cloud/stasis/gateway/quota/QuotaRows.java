package cloud.stasis.gateway.quota;

import cloud.stasis.model.ProjectId;
import cloud.stasis.model.UserId;
import java.util.Collection;
import java.util.Map;

/// The stored limits.
public interface QuotaRows {
    /// Nobody else holds the lock of this project before the transaction ends.
    void lock(ProjectId project);

    /// The same for what a user has of its own, in whatever project.
    void lock(UserId user);

    /// The limits of a project's own.
    Map<Resource, Long> overrides(ProjectId project);

    void override(ProjectId project, Resource resource, long allowed);

    /// The limits of projects without limits of their own, where they are not the standard ones.
    Map<Resource, Long> defaults();

    void overrideDefault(Resource resource, long allowed);

    /// Back to the standard limits of these resources.
    void reset(ProjectId project, Collection<Resource> resources);
}
