package cloud.stasis.gateway.quota;

import cloud.stasis.model.ProjectId;
import java.util.Map;
import java.util.Set;

/// Counts what a project has of some resources. Every resource is counted by exactly one of these.
public interface Usage {
    /// What [#of] tells.
    Set<Resource> counted();

    Map<Resource, Long> of(ProjectId project);
}
