package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.model.ProjectId;
import java.util.Map;

/// The stored limits of types, which go with their types.
public interface TypeQuotaRows {
    record OfType(VolumeTypeId type, Resource resource) {}

    /// The limits of a project's own.
    Map<OfType, Long> overrides(ProjectId project);

    void override(ProjectId project, OfType what, long allowed);

    /// The limits of projects without limits of their own.
    Map<OfType, Long> defaults();

    void overrideDefault(OfType what, long allowed);

    /// A project has no limits of its own any more.
    void reset(ProjectId project);

    /// What a project has of each type, counted from its volumes and snapshots. A snapshot is of its volume's type.
    Map<OfType, Long> used(ProjectId project);
}
