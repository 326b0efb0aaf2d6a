package cloud.stasis.gateway.quota;

import cloud.stasis.model.ProjectId;
import java.util.Map;

/// Counts what a project has of some resources. Every resource is counted by exactly one of these.
public interface Usage {
    Map<Resource, Long> of(ProjectId project);
}
