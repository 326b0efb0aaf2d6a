package cloud.stasis.gateway.policy;

import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.quota.Usage;
import cloud.stasis.model.ProjectId;
import java.util.Map;
import java.util.Set;

/// How many policies a project has.
public record PolicyUsage(PolicyRows rows) implements Usage {
    @Override
    public Set<Resource> counted() {
        return Set.of(Resource.SNAPSHOT_POLICIES);
    }

    @Override
    public Map<Resource, Long> of(ProjectId project) {
        return Map.of(Resource.SNAPSHOT_POLICIES, rows.count(project));
    }
}
